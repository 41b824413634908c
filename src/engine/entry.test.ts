import { describe, expect, test } from 'vitest'
import { doge, between, exampleInstrument, exampleStrategy, lastPrice, second, pepe, scripted } from './example.ts'
import { ExampleFloor } from './example-floor.ts'

/** At second 2 the signal came and the entry was sent. */
function enteringFloor(...args: ConstructorParameters<typeof ExampleFloor>): ExampleFloor {
  const floor = new ExampleFloor(...args)
  floor.trade(1, 100)
  floor.trade(2, 100)
  return floor
}

describe('a signal', () => {
  test('without an entry group becomes an order at once, and every step is told', () => {
    const floor = enteringFloor()
    expect(floor.outputs.map(({ type }) => type)).toEqual([
      'posted',
      'signalDetected',
      'transitioned',
      'riskDecided',
      'transitioned',
      'submitOrder',
    ])
    expect(floor.path()).toEqual(['watching → signaled (signal)', 'signaled → entering (noEntryGroup)'])
    expect(floor.last('entry')).toEqual({
      orderId: '7-o1',
      instanceId: 'pump@pump0123/PEPE_USDT',
      instrumentId: pepe,
      signalId: '7-s1',
      purpose: 'entry',
      side: 'buy',
      type: 'market',
      timeInForce: 'gtc',
      quantity: 10,
      reduceOnly: false,
      leverage: 1,
      decisionPrice: 100,
      decidedAt: second(2),
      expiresAt: second(62),
      status: 'submitted',
      filledQuantity: 0,
      averagePrice: null,
      submittedAt: second(2),
      updatedAt: second(2),
      cancelRequested: false,
    })
    expect(floor.of('signalDetected')[0]).toMatchObject({
      time: second(2),
      price: 100,
      verdicts: [{ group: 'signal', reading: 'go', value: 1, threshold: 1, verdict: 'met', margin: 0 }],
    })
    expect(floor.of('riskDecided')[0].checks.every(({ ok }) => ok)).toBe(true)
  })

  test('waits for its entry group, and is dropped when its time is over', () => {
    const strategy = exampleStrategy(
      {
        entry: { when: { reading: 'dip', is: 'lte', value: 95 }, size: { notional: 1_000 } },
        cancel: { timeoutMs: 10_000, cooldownMs: 30_000 },
      },
      { dip: lastPrice },
    )
    const floor = enteringFloor({ strategies: [strategy] })
    expect(floor.phase()).toBe('signaled')
    floor.timer(11)
    expect(floor.phase()).toBe('signaled')
    floor.timer(12)
    expect(floor.path().slice(1)).toEqual(['signaled → cooling (signalTimeout)'])
    expect(floor.of('entryAbandoned')).toEqual([
      {
        type: 'entryAbandoned',
        time: second(12),
        instanceId: floor.instance(),
        instrumentId: pepe,
        signalId: '7-s1',
        code: 'signalTimeout',
        price: 100,
      },
    ])
    floor.timer(41)
    expect(floor.phase()).toBe('cooling')
    floor.timer(42)
    expect(floor.path().at(-1)).toBe('cooling → watching (cooldownOver)')
    expect(floor.orders()).toEqual([])
  })

  test('enters on its entry group with the verdicts of that moment', () => {
    const strategy = exampleStrategy(
      { entry: { when: { reading: 'dip', is: 'lte', value: 95 }, size: { notional: 1_000 } } },
      { dip: lastPrice },
    )
    const floor = enteringFloor({ strategies: [strategy] })
    floor.trade(3.5, 95)
    expect(floor.path().slice(1)).toEqual(['signaled → entering (entry)'])
    expect(floor.of('transitioned').at(-1)?.verdicts).toMatchObject([
      { group: 'entry', reading: 'dip', value: 95, margin: 0 },
    ])
    expect(floor.last('entry')).toMatchObject({ quantity: 10.5, decisionPrice: 95 })
  })

  test('is withdrawn by its cancel group before the entry group is asked', () => {
    const strategy = exampleStrategy(
      {
        cancel: { when: { reading: 'off', is: 'gte', value: 1 }, cooldownMs: 5_000 },
        entry: { when: { reading: 'on', is: 'gte', value: 1 }, size: { notional: 1_000 } },
      },
      { off: between('off', 5), on: between('on', 5) },
    )
    const floor = enteringFloor({ strategies: [strategy] })
    floor.timer(5)
    expect(floor.path().slice(1)).toEqual(['signaled → cooling (canceledByGroup)'])
    expect(floor.of('transitioned').at(-1)).toMatchObject({
      group: 'cancel',
      verdicts: [{ group: 'cancel', verdict: 'met' }],
    })
    expect(floor.orders()).toEqual([])
  })

  test('of a short strategy sells, with its stop above', () => {
    const floor = enteringFloor({ strategies: [exampleStrategy({ direction: 'short' })] })
    const entry = floor.last('entry')
    expect(entry.side).toBe('sell')
    floor.fill(entry, 10, 100)
    expect(floor.last('stopLoss')).toMatchObject({ side: 'buy', stopPrice: 105, reduceOnly: true, quantity: 10 })
  })
})

describe('a limit entry', () => {
  test('stands its offset away from the last price, rounded against us', () => {
    const strategy = exampleStrategy({
      entry: { order: { type: 'limit', offsetPct: -0.333 }, size: { notional: 1_000 } },
    })
    expect(enteringFloor({ strategies: [strategy] }).last('entry')).toMatchObject({
      type: 'limit',
      price: 99.67,
      quantity: 10,
    })
  })

  test('takes its price from a reading, or from the last price while that is pending', () => {
    const strategy = (value: number) =>
      exampleStrategy(
        { entry: { order: { type: 'limit', priceReading: 'level' }, size: { notional: 1_000 } } },
        { level: scripted('level', () => value) },
      )
    expect(enteringFloor({ strategies: [strategy(98)] }).last('entry').price).toBe(98)
    expect(enteringFloor({ strategies: [strategy(Number.NaN)] }).last('entry').price).toBe(100)
  })

  test('not filled in time is canceled, and cools down once the venue says so', () => {
    const strategy = exampleStrategy({
      entry: { order: { type: 'limit', offsetPct: -1 }, timeoutMs: 20_000, size: { notional: 1_000 } },
    })
    const floor = enteringFloor({ strategies: [strategy] })
    const entry = floor.last('entry')
    floor.accept(entry)
    floor.timer(21)
    expect(floor.canceled()).toEqual([])
    floor.timer(22)
    expect(floor.of('cancelOrder')).toEqual([
      { type: 'cancelOrder', time: second(22), orderId: entry.orderId, instrumentId: pepe, reason: 'timeout' },
    ])
    floor.timer(23)
    expect(floor.canceled()).toHaveLength(1)
    expect(floor.phase()).toBe('entering')
    floor.cancel(entry)
    expect(floor.of('entryAbandoned')[0]).toMatchObject({ code: 'entryTimeout', signalId: '7-s1' })
    expect(floor.path().at(-1)).toBe('entering → cooling (entryTimeout)')
  })

  test('canceled with a part filled keeps that part', () => {
    const strategy = exampleStrategy({
      entry: { order: { type: 'limit', offsetPct: -1 }, timeoutMs: 20_000, size: { notional: 990 } },
    })
    const floor = enteringFloor({ strategies: [strategy] })
    const entry = floor.last('entry')
    floor.fill(entry, 4, 99)
    floor.timer(22)
    expect(floor.canceled()).toEqual([entry.orderId])
    floor.cancel(entry)
    expect(floor.path().at(-1)).toBe('entering → holding (entryFilled)')
    expect(floor.engine.positions()[0]).toMatchObject({ quantity: 4, entryPrice: 99 })
    expect(floor.live('stopLoss')).toHaveLength(1)
  })
})

describe('an entry that is refused', () => {
  test('by risk sends nothing, says every reason, and cools down', () => {
    const strategy = exampleStrategy({
      entry: { leverage: 10, size: { notional: 1_000 } },
      protection: { stopLoss: { distancePct: 9 } },
    })
    const floor = enteringFloor({
      strategies: [strategy],
      limits: { ...new ExampleFloor().setup.limits, maxEntriesPerMinute: 0 },
    })
    expect(floor.orders()).toEqual([])
    expect(floor.of('orderDenied').map(({ reasons }) => reasons.map(({ code }) => code))).toEqual([
      ['maxEntriesPerMinute', 'liquidationReserve'],
    ])
    expect(floor.of('riskDecided')[0]).toMatchObject({ ok: false, draft: { quantity: 10 } })
    expect(floor.of('riskDecided')[0].checks.length).toBeGreaterThan(10)
    expect(floor.path()).toEqual(['watching → signaled (signal)', 'signaled → cooling (denied)'])
  })

  test('because the price ran away from the signal', () => {
    const strategy = exampleStrategy(
      { entry: { when: { reading: 'on', is: 'gte', value: 1 }, maxChasePct: 2, size: { notional: 1_000 } } },
      { on: between('on', 4) },
    )
    const floor = enteringFloor({ strategies: [strategy] })
    floor.trade(4, 102.01)
    expect(floor.of('orderDenied')[0].reasons).toMatchObject([{ code: 'maxChase', limit: 0.02 }])
    const near = enteringFloor({ strategies: [strategy] })
    near.trade(4, 102)
    expect(near.orders('entry')).toHaveLength(1)
  })

  test('by the venue is abandoned', () => {
    const floor = enteringFloor()
    floor.reject(floor.last('entry'))
    expect(floor.of('entryAbandoned')[0].code).toBe('rejected')
    expect(floor.path().at(-1)).toBe('entering → cooling (rejected)')
    floor.timer(32)
    expect(floor.phase()).toBe('watching')
  })

  test('by the venue after a part was filled keeps that part protected', () => {
    const floor = enteringFloor()
    const entry = floor.last('entry')
    floor.fill(entry, 3, 100)
    floor.reject(entry)
    expect(floor.phase()).toBe('holding')
    expect(floor.live('stopLoss')).toHaveLength(1)
  })

  test('when there is no price yet', () => {
    const quotes = exampleStrategy({}, { go: between('go', 0) })
    const floor = new ExampleFloor({ strategies: [quotes] })
    floor.send({ type: 'quote', instrumentId: pepe, time: second(2), bid: 99, ask: 101, bidSize: 1, askSize: 1 })
    expect(floor.orders()).toEqual([])
    expect(floor.of('orderDenied')[0].reasons.map(({ code }) => code)).toContain('unknownInput')
  })
})

describe('an entry while bid and ask are crossed', () => {
  const codesWith = (...quotes: readonly (readonly [at: number, bid: number, ask: number])[]): readonly string[] => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    for (const [at, bid, ask] of quotes)
      floor.send({ type: 'quote', instrumentId: pepe, time: second(at), bid, ask, bidSize: 1, askSize: 1 })
    floor.trade(2, 100)
    return floor.of('orderDenied').flatMap(({ reasons }) => reasons.map(({ code }) => code))
  }

  test('is denied, also when they are equal', () => {
    expect(codesWith([1.5, 100.01, 100])).toEqual(['crossedQuote'])
    expect(codesWith([1.5, 100, 100])).toEqual(['crossedQuote'])
  })

  test('is not when they have parted, or where there are no quotes', () => {
    expect(codesWith([1.5, 99.99, 100])).toEqual([])
    expect(codesWith([1.5, 100.01, 100], [1.6, 99.99, 100])).toEqual([])
    expect(codesWith()).toEqual([])
  })

  test('tells by how much', () => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    floor.send({ type: 'quote', instrumentId: pepe, time: second(1), bid: 101, ask: 100, bidSize: 1, askSize: 1 })
    floor.trade(2, 100)
    expect(floor.of('orderDenied')[0].reasons).toMatchObject([{ code: 'crossedQuote', value: -0.01, limit: 1e-9 }])
  })
})

describe('a signal is skipped', () => {
  const always = exampleStrategy({}, { go: between('go', 2) })
  const reasonsAt2 = (floor: ExampleFloor): readonly (readonly string[])[] => {
    floor.trade(2, 100)
    return floor.of('signalSkipped').map(({ reasons }) => reasons)
  }

  test('while entries are paused, and taken when they resume', () => {
    const floor = new ExampleFloor({ strategies: [always] })
    floor.trade(1, 100)
    floor.command({ command: 'pauseEntries' })
    expect(reasonsAt2(floor)).toEqual([['paused']])
    expect(floor.phase()).toBe('watching')
    floor.command({ command: 'resumeEntries' })
    floor.trade(3, 100)
    expect(floor.phase()).toBe('entering')
  })

  test('while the strategy is stopped', () => {
    const floor = new ExampleFloor({ strategies: [always] })
    floor.trade(1, 100)
    floor.command({ command: 'stopStrategy', instanceId: floor.instance() })
    expect(reasonsAt2(floor)).toEqual([['paused']])
    floor.command({ command: 'startStrategy', instanceId: floor.instance() })
    floor.trade(3, 100)
    expect(floor.phase()).toBe('entering')
  })

  test('after the emergency stop', () => {
    const floor = new ExampleFloor({ strategies: [always] })
    floor.trade(1, 100)
    floor.command({ command: 'emergencyStop' })
    expect(reasonsAt2(floor)).toEqual([['killed']])
  })

  test('before the time entries are allowed from', () => {
    const floor = new ExampleFloor({ strategies: [always], entriesFrom: second(4) })
    floor.trade(1, 100)
    expect(reasonsAt2(floor)).toEqual([['warmingUp']])
    floor.timer(4)
    expect(floor.phase()).toBe('entering')
  })

  test('while the feed is stale', () => {
    const floor = new ExampleFloor({ strategies: [always] })
    floor.trade(1, 100)
    floor.send({ type: 'feedStale', instrumentId: pepe, time: second(1.5), stale: true })
    expect(reasonsAt2(floor)).toEqual([['staleData']])
    floor.send({ type: 'feedStale', instrumentId: pepe, time: second(2.5), stale: false })
    floor.trade(3, 100)
    expect(floor.phase()).toBe('entering')
  })

  test('while another strategy has the instrument, from its signal until it is flat', () => {
    const other = exampleStrategy({ name: 'other' }, { go: between('go2', 3) })
    const floor = new ExampleFloor({ strategies: [exampleStrategy(), other] })
    floor.trade(1, 100)
    floor.trade(2, 100)
    floor.trade(3, 100)
    expect(floor.of('signalSkipped')).toMatchObject([{ instanceId: floor.instance(1), reasons: ['instrumentLocked'] }])
    const entry = floor.last('entry')
    floor.fill(entry, 10, 100)
    floor.fill(floor.last('stopLoss'), 10, 95)
    expect(floor.phase()).toBe('cooling')
    floor.trade(4, 95)
    expect(floor.phase(floor.instance(1))).toBe('entering')
  })

  test('when as many signals are in flight as may be', () => {
    const floor = new ExampleFloor({
      strategies: [always],
      instruments: [exampleInstrument(pepe), exampleInstrument(doge)],
      limits: { ...new ExampleFloor().setup.limits, maxConcurrentSignals: 1 },
    })
    floor.trade(1, 100)
    floor.trade(1, 100, doge)
    floor.trade(2, 100, doge)
    expect(floor.phase(floor.instance(0, doge))).toBe('entering')
    floor.timer(2)
    expect(floor.of('signalSkipped')).toMatchObject([{ instrumentId: pepe, reasons: ['noSlot'] }])
    floor.fill(floor.last('entry'), 10, 100)
    floor.trade(3, 100)
    expect(floor.phase()).toBe('entering')
  })

  test('for every reason at once, told again only when they change or after a minute', () => {
    const floor = new ExampleFloor({ strategies: [always] })
    floor.trade(1, 100)
    floor.command({ command: 'emergencyStop' })
    floor.command({ command: 'pauseEntries' })
    floor.timer(61)
    expect(floor.of('signalSkipped').map(({ reasons }) => reasons)).toEqual([['killed', 'paused']])
    floor.command({ command: 'resumeEntries' })
    floor.timer(62)
    expect(floor.of('signalSkipped').map(({ reasons }) => reasons)).toEqual([['killed', 'paused'], ['killed']])
    floor.timer(122)
    expect(floor.of('signalSkipped').map(({ time }) => time)).toEqual([second(2), second(62), second(122)])
  })
})

describe('a feed', () => {
  const waiting = exampleStrategy(
    { entry: { when: { reading: 'on', is: 'gte', value: 1 }, size: { notional: 1_000 } } },
    { on: between('on', 5) },
  )

  test('that has a gap withdraws a waiting signal', () => {
    const floor = enteringFloor({ strategies: [waiting] })
    floor.send({ type: 'feedGap', instrumentId: pepe, from: second(2), time: second(4) })
    expect(floor.of('entryAbandoned')).toMatchObject([{ code: 'dataGap', time: second(4) }])
    expect(floor.phase()).toBe('cooling')
  })

  test('that is stale lets no waiting signal enter', () => {
    const floor = enteringFloor({ strategies: [waiting] })
    floor.send({ type: 'feedStale', instrumentId: pepe, time: second(3), stale: true })
    floor.timer(5)
    expect(floor.orders()).toEqual([])
    expect(floor.of('orderDenied')[0].reasons).toMatchObject([{ code: 'staleData', value: null }])
  })

  test('that ends withdraws a waiting signal', () => {
    const floor = enteringFloor({ strategies: [waiting] })
    floor.send({ type: 'feedEnded', instrumentId: pepe, time: second(2) })
    expect(floor.of('entryAbandoned')).toMatchObject([{ code: 'endOfData' }])
  })

  test('that ends cancels a working entry, and closes what it still fills', () => {
    const floor = enteringFloor()
    const entry = floor.last('entry')
    floor.send({ type: 'feedEnded', instrumentId: pepe, time: second(2) })
    expect(floor.canceled()).toEqual([entry.orderId])
    expect(floor.phase()).toBe('exiting')
    floor.fill(entry, 4, 100)
    expect(floor.last('exit')).toMatchObject({ quantity: 4, type: 'market', reduceOnly: true })
    floor.cancel(entry)
    floor.fill(floor.last('exit'), 4, 100)
    expect(floor.closed()).toMatchObject([{ quantity: 4, exitReason: 'endOfData' }])
    expect(floor.phase()).toBe('cooling')
  })

  test('that ends before the entry filled at all abandons it', () => {
    const floor = enteringFloor()
    floor.send({ type: 'feedEnded', instrumentId: pepe, time: second(2) })
    floor.cancel(floor.last('entry'))
    expect(floor.of('entryAbandoned')).toMatchObject([{ code: 'endOfData' }])
    expect(floor.phase()).toBe('cooling')
  })
})
