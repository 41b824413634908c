import { describe, expect, test } from 'vitest'
import { toMoney } from '#model/money.ts'
import { between, exampleInstrument, exampleStrategy, gainPercent, pepe, scripted, second } from './example.ts'
import { ExampleFloor, holdingFloor } from './example-floor.ts'

const e1 = (at: number) => ({ when: { reading: `alarm${at}`, is: 'gte', value: 1 }, cooldownMs: 600_000 }) as const
const alarm = (at: number, to?: number) => ({ [`alarm${at}`]: between(`alarm${at}`, at, to) })
const ze1 = { when: { reading: 'gain', is: 'gte', value: 3 }, cooldownMs: 60_000 } as const

describe('take profit', () => {
  const strategies = [exampleStrategy({ protection: { stopLoss: { distancePct: 5 }, takeProfit: { distancePct: 3 } } })]

  test('rests as a limit order once the entry is complete', () => {
    const floor = new ExampleFloor({ strategies })
    floor.trade(1, 100)
    floor.trade(2, 100)
    floor.fill(floor.last('entry'), 4, 100)
    expect(floor.orders('takeProfit')).toEqual([])
    floor.fill(floor.last('entry'), 6, 100)
    expect(floor.last('takeProfit')).toMatchObject({
      type: 'limit',
      price: 103,
      quantity: 10,
      reduceOnly: true,
      side: 'sell',
    })
  })

  test('that fills closes the position, and the stop goes', () => {
    const floor = holdingFloor({ strategies })
    floor.trade(5, 103)
    expect(floor.orders('exit')).toEqual([])
    floor.fill(floor.last('takeProfit'), 10, 103)
    expect(floor.closed()).toMatchObject([{ exitReason: 'takeProfit' }])
    expect(floor.canceled()).toEqual([floor.last('stopLoss').orderId])
    expect(floor.phase()).toBe('cooling')
  })

  test('filled in part leaves the rest to the stop when the price comes back', () => {
    const floor = holdingFloor({ strategies })
    floor.trade(5, 103)
    floor.fill(floor.last('takeProfit'), 4, 103)
    expect(floor.phase()).toBe('holding')
    floor.trade(6, 95)
    floor.fill(floor.last('stopLoss'), 6, 95)
    expect(floor.closed()).toMatchObject([{ exitReason: 'stopLoss', quantity: 10, exitPrice: 98.2 }])
    expect(floor.canceled()).toEqual([floor.last('stopLoss').orderId, floor.last('takeProfit').orderId])
  })

  test('that the venue refused is done by the engine', () => {
    const floor = holdingFloor({ strategies })
    floor.reject(floor.last('takeProfit'))
    floor.trade(5, 102.99)
    expect(floor.orders('exit')).toEqual([])
    floor.trade(6, 103)
    expect(floor.last('exit')).toMatchObject({ type: 'market' })
    floor.fill(floor.last('exit'), 10, 103)
    expect(floor.closed()).toMatchObject([{ exitReason: 'takeProfit' }])
  })
})

describe('the end of a position', () => {
  test('by its time limit', () => {
    const floor = holdingFloor({
      strategies: [exampleStrategy({ protection: { stopLoss: { distancePct: 5 }, timeLimitMs: 30_000 } })],
    })
    floor.timer(31)
    expect(floor.phase()).toBe('holding')
    floor.timer(32)
    expect(floor.path().at(-1)).toBe('holding → exiting (timeLimit)')
    floor.fill(floor.last('exit'), 10, 100)
    expect(floor.closed()).toMatchObject([{ exitReason: 'timeLimit' }])
  })

  test('because liquidation is near', () => {
    const floor = holdingFloor({
      strategies: [
        exampleStrategy({
          entry: { leverage: 10, size: { notional: 1_000 } },
          protection: { stopLoss: { distancePct: 6 } },
        }),
      ],
    })
    const liquidation = floor.engine.positions()[0].liquidationPrice ?? 0
    expect(liquidation).toBeCloseTo(91.0, 1)
    floor.mark(3, liquidation + (100 - liquidation) * 0.11)
    expect(floor.phase()).toBe('holding')
    floor.mark(4, liquidation + (100 - liquidation) * 0.09)
    expect(floor.path().at(-1)).toBe('holding → exiting (liquidationDistance)')
  })

  test('by its exit group, with the verdicts', () => {
    const floor = holdingFloor({ strategies: [exampleStrategy({ exit: ze1 }, { gain: gainPercent })] })
    floor.trade(5, 102)
    floor.trade(6, 103)
    expect(floor.of('transitioned').at(-1)).toMatchObject({
      cause: 'exitSignal',
      group: 'exit',
      verdicts: [{ group: 'exit', reading: 'gain', verdict: 'met' }],
    })
    floor.fill(floor.last('exit'), 10, 103)
    expect(floor.closed()).toMatchObject([{ exitReason: 'exitSignal' }])
    floor.timer(65)
    expect(floor.phase()).toBe('cooling')
    floor.timer(66)
    expect(floor.phase()).toBe('watching')
  })

  test('by its emergency group, with the long cooldown', () => {
    const floor = holdingFloor({ strategies: [exampleStrategy({ emergency: e1(5) }, alarm(5))] })
    floor.timer(5)
    expect(floor.of('transitioned').at(-1)).toMatchObject({ cause: 'emergency', group: 'emergency' })
    floor.fill(floor.last('exit'), 10, 99)
    expect(floor.closed()).toMatchObject([{ exitReason: 'emergency' }])
    floor.timer(604)
    expect(floor.phase()).toBe('cooling')
    floor.timer(605)
    expect(floor.phase()).toBe('watching')
  })

  test('while it is still being entered cancels the entry and closes what there is', () => {
    const floor = new ExampleFloor({ strategies: [exampleStrategy({ emergency: e1(5) }, alarm(5))] })
    floor.trade(1, 100)
    floor.trade(2, 100)
    const entry = floor.last('entry')
    floor.fill(entry, 4, 100)
    floor.timer(5)
    expect(floor.canceled()).toEqual([entry.orderId])
    expect(floor.last('exit')).toMatchObject({ quantity: 4 })
    floor.fill(entry, 3, 100)
    floor.fill(floor.last('exit'), 4, 99)
    expect(floor.last('exit')).toMatchObject({ quantity: 3 })
    floor.cancel(entry)
    floor.fill(floor.last('exit'), 3, 99)
    expect(floor.closed()).toMatchObject([{ quantity: 7, exitReason: 'emergency' }])
    expect(floor.phase()).toBe('cooling')
    expect(floor.live('entry')).toEqual([])
  })

  test('by the emergency before anything was filled', () => {
    const floor = new ExampleFloor({ strategies: [exampleStrategy({ emergency: e1(5) }, alarm(5))] })
    floor.trade(1, 100)
    floor.trade(2, 100)
    floor.timer(5)
    floor.cancel(floor.last('entry'))
    expect(floor.of('entryAbandoned')).toMatchObject([{ code: 'emergency' }])
    expect(floor.orders('exit')).toEqual([])
    floor.timer(604)
    expect(floor.phase()).toBe('cooling')
  })

  test('by force of the venue', () => {
    const floor = holdingFloor()
    floor.now = 5
    floor.send({
      type: 'liquidated',
      instrumentId: pepe,
      tradeId: 'liq1',
      time: second(5),
      price: 80,
      quantity: 10,
      fee: toMoney(3),
    })
    expect(floor.closed()).toMatchObject([{ exitReason: 'liquidated', exitPrice: 80 }])
    expect(floor.path().slice(-2)).toEqual(['holding → exiting (liquidated)', 'exiting → cooling (exitFilled)'])
    expect(floor.canceled()).toEqual([floor.last('stopLoss').orderId])
    expect(floor.ledger()).toMatchObject({ unbalanced: 0, sum: 0n })
    floor.send({
      type: 'liquidated',
      instrumentId: pepe,
      tradeId: 'liq1',
      time: second(5),
      price: 80,
      quantity: 10,
      fee: toMoney(3),
    })
    expect(floor.closed()).toHaveLength(1)
  })

  test('in part by force: the rest is what the position readings see', () => {
    const half = scripted('half', () => 0)
    const quantities: number[] = []
    const strategy = exampleStrategy(
      { exit: { when: { reading: 'held', is: 'gte', value: 1e9 } } },
      {
        held: {
          ...half,
          create: () => ({ kind: 'state', read: (_, { quantity }) => (quantities.push(quantity), quantity) }),
        },
      },
    )
    const floor = holdingFloor({ strategies: [strategy] })
    floor.trade(3, 100)
    floor.now = 3
    floor.send({
      type: 'liquidated',
      instrumentId: pepe,
      tradeId: 'liq1',
      time: second(3),
      price: 80,
      quantity: 4,
      fee: toMoney(3),
    })
    expect(floor.of('positionUpdated').at(-1)?.position.quantity).toBe(6)
    floor.trade(4, 100)
    expect(quantities.slice(-2)).toEqual([10, 6])
    floor.command({ command: 'closePosition', instanceId: floor.instance() })
    expect(floor.last('exit').quantity).toBe(6)
  })
})

describe('precedence', () => {
  test('protective exits come before the emergency, and that before the exit group', () => {
    const both = { exit: { when: { reading: 'alarm5', is: 'gte', value: 1 } }, emergency: e1(5) } as const
    const timed = exampleStrategy(
      { ...both, protection: { stopLoss: { distancePct: 5 }, timeLimitMs: 3_000 } },
      alarm(5),
    )
    const floor = holdingFloor({ strategies: [timed] })
    floor.timer(5)
    expect(floor.path().at(-1)).toBe('holding → exiting (timeLimit)')
    const untimed = holdingFloor({ strategies: [exampleStrategy(both, alarm(5))] })
    untimed.timer(5)
    expect(untimed.path().at(-1)).toBe('holding → exiting (emergency)')
    expect(untimed.orders('exit')).toHaveLength(1)
  })

  test('the emergency turns a patient exit into one at market', () => {
    const floor = holdingFloor({
      strategies: [
        exampleStrategy(
          { exit: { ...ze1, order: { type: 'limit', adjustPct: 1 } }, emergency: e1(8) },
          { gain: gainPercent, ...alarm(8) },
        ),
      ],
    })
    floor.trade(5, 103)
    const patient = floor.last('exit')
    expect(patient).toMatchObject({ type: 'limit', price: 104.03, expiresAt: second(15) })
    floor.accept(patient)
    floor.timer(8)
    expect(floor.canceled()).toEqual([patient.orderId])
    expect(floor.last('exit')).toMatchObject({ type: 'market', quantity: 10 })
    floor.timer(9)
    expect(floor.orders('exit')).toHaveLength(2)
    floor.cancel(patient)
    floor.fill(floor.last('exit'), 10, 100)
    expect(floor.closed()).toMatchObject([{ exitReason: 'emergency' }])
    floor.timer(500)
    expect(floor.phase()).toBe('cooling')
  })

  test('a stop that fills while a patient exit waits is a stop loss', () => {
    const floor = holdingFloor({
      strategies: [
        exampleStrategy(
          { exit: { ...ze1, order: { type: 'limit', adjustPct: 1, timeoutMs: 60_000 } } },
          { gain: gainPercent },
        ),
      ],
    })
    floor.trade(5, 103)
    floor.accept(floor.last('exit'))
    floor.trade(6, 95)
    floor.fill(floor.last('stopLoss'), 10, 95)
    expect(floor.closed()).toMatchObject([{ exitReason: 'stopLoss' }])
    expect(floor.canceled()).toContain(floor.last('exit').orderId)
  })
})

describe('an exit order', () => {
  const patient = [exampleStrategy({ exit: { ...ze1, order: { type: 'limit', adjustPct: 1 } } }, { gain: gainPercent })]

  test('that waited its time goes at market', () => {
    const floor = holdingFloor({ strategies: patient })
    floor.trade(5, 103)
    const limit = floor.last('exit')
    floor.fill(limit, 4, 104.03)
    floor.timer(15)
    expect(floor.canceled()).toEqual([limit.orderId])
    floor.cancel(limit)
    expect(floor.last('exit')).toMatchObject({ type: 'market', quantity: 6 })
    floor.fill(floor.last('exit'), 6, 102)
    expect(floor.closed()).toMatchObject([{ exitReason: 'exitSignal', quantity: 10 }])
  })

  test('that the venue refuses comes again after a pause that doubles, up to half a minute, and never ends', () => {
    const floor = holdingFloor({ strategies: [exampleStrategy({ emergency: e1(5) }, alarm(5))] })
    floor.timer(5)
    const sentAt: number[] = []
    for (let at = 5; at <= 160; at++) {
      if (at > 5) floor.timer(at)
      const [exit] = floor.live('exit')
      if (!exit) continue
      sentAt.push(at)
      floor.reject(exit, 'reduceOnlyNoPosition')
    }
    expect(sentAt).toEqual([5, 6, 8, 12, 20, 36, 66, 96, 126, 156])
    expect(floor.of('exitRefused').slice(0, 2)).toEqual([
      {
        type: 'exitRefused',
        time: second(5),
        instanceId: floor.instance(),
        instrumentId: pepe,
        signalId: '7-s1',
        orderId: floor.orders('exit')[0].orderId,
        code: 'reduceOnlyNoPosition',
        attempt: 1,
        againAt: second(6),
      },
      expect.objectContaining({ time: second(6), attempt: 2, againAt: second(8) }),
    ])
    expect(floor.of('exitRefused').at(-1)).toMatchObject({ time: second(156), attempt: 10, againAt: second(186) })
    // the stop had closed it
    floor.fill(floor.last('stopLoss'), 10, 95)
    floor.timer(190)
    expect(floor.orders('exit')).toHaveLength(10)
    expect(floor.phase()).toBe('cooling')
  })

  test('that the venue accepts makes the next refusal the first again', () => {
    const floor = holdingFloor({ strategies: [exampleStrategy({ emergency: e1(5) }, alarm(5))] })
    floor.timer(5)
    floor.reject(floor.last('exit'))
    floor.timer(6)
    floor.reject(floor.last('exit'))
    floor.timer(8)
    floor.accept(floor.last('exit'))
    floor.fill(floor.last('exit'), 4, 99)
    floor.cancel(floor.last('exit'))
    floor.timer(9)
    floor.reject(floor.last('exit'))
    expect(floor.of('exitRefused').map(({ attempt }) => attempt)).toEqual([1, 2, 1])
    floor.timer(10)
    expect(floor.last('exit')).toMatchObject({ quantity: 6, decidedAt: second(10) })
  })

  test('never asks risk, whatever the limits and the trading state', () => {
    const floor = holdingFloor({ strategies: [exampleStrategy({ emergency: e1(5) }, alarm(5))] })
    const { limits } = floor.setup
    floor.send({
      type: 'limitsChanged',
      time: second(3),
      limits: { ...limits, maxOpenPositions: 0, maxDrawdown: 0, maxEntriesPerMinute: 0 },
      tradingState: 'halted',
    })
    floor.send({ type: 'feedStale', instrumentId: pepe, time: second(4), stale: true })
    floor.command({ command: 'pauseEntries' })
    floor.timer(5)
    expect(floor.last('exit')).toMatchObject({ quantity: 10, type: 'market' })
    expect(floor.of('riskDecided')).toHaveLength(1)
  })

  test('uses the instrument as it is now', () => {
    const floor = holdingFloor({ strategies: patient })
    floor.send({ type: 'instrumentChanged', time: second(3), instrument: exampleInstrument(pepe, { tickSize: 0.5 }) })
    floor.trade(5, 103)
    expect(floor.last('exit').price).toBe(104)
  })
})
