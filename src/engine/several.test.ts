import { describe, expect, test } from 'vitest'
import {
  between,
  countedTrades,
  doge,
  exampleInstrument,
  exampleStrategy,
  lastPrice,
  pepe,
  scripted,
  second,
} from './example.ts'
import { ExampleFloor, holdingFloor } from './example-floor.ts'

const both = [exampleInstrument(pepe), exampleInstrument(doge)]

describe('several instruments', () => {
  test('have instances, positions and prices of their own', () => {
    const floor = new ExampleFloor({ instruments: both })
    floor.trade(1, 100)
    floor.trade(1, 50, doge)
    floor.timer(2)
    expect(floor.orders('entry')).toMatchObject([
      { instrumentId: pepe, quantity: 10, decisionPrice: 100 },
      { instrumentId: doge, quantity: 20, decisionPrice: 50 },
    ])
    floor.fill(floor.last('entry', doge), 20, 50)
    floor.fill(floor.last('entry', pepe), 10, 100)
    expect(floor.engine.positions().map(({ instrumentId }) => instrumentId)).toEqual([doge, pepe])
    expect(floor.last('stopLoss', doge).stopPrice).toBe(47.5)
    floor.trade(3, 60, doge)
    expect(floor.engine.account().equity).toBe(100_000 + 20 * 10 - 2)
  })

  test('are gone through in the order of time, and of the setup at equal times', () => {
    const floor = new ExampleFloor({ instruments: both })
    floor.trade(1, 100, doge)
    floor.trade(1.2, 100)
    floor.timer(5)
    expect(floor.of('signalDetected').map(({ time, instrumentId }) => [time, instrumentId])).toEqual([
      [second(2), pepe],
      [second(2), doge],
    ])
  })

  test('at equal times what happened comes before the grid', () => {
    const floor = new ExampleFloor({ instruments: both })
    floor.trade(1, 100)
    floor.trade(1, 100, doge)
    floor.trade(2, 100, doge)
    floor.timer(2)
    expect(floor.of('signalDetected').map(({ instrumentId }) => instrumentId)).toEqual([doge, pepe])
  })

  test('whose data comes late are not held up by each other, and late prints happen now', () => {
    const floor = new ExampleFloor({ instruments: both })
    floor.trade(1, 100)
    floor.trade(6, 100)
    floor.trade(1.5, 100, doge)
    floor.trade(2.2, 100, doge)
    expect(floor.of('signalDetected').map(({ time, instrumentId }) => [time, instrumentId])).toEqual([
      [second(2), pepe],
      [second(2.2), doge],
    ])
  })

  test('a venue whose clock is ahead moves no print', () => {
    const floor = holdingFloor()
    floor.now = 9
    floor.send({ type: 'balanceReported', currency: 'USDT', balance: 1n, time: second(9) })
    floor.trade(3.1, 100)
    floor.trade(3.2, 94)
    floor.trade(5.2, 94)
    expect(floor.last('exit').decidedAt).toBe(second(5.2))
  })

  test('an unknown one is a broken invariant', () => {
    const floor = new ExampleFloor()
    expect(() => floor.trade(1, 100, doge)).toThrow('unknown instrument DOGE_USDT')
  })
})

describe('several strategies', () => {
  test('share a column, but not what depends on the position', () => {
    let made = 0
    const shared = {
      ...lastPrice,
      create: (...args: Parameters<typeof lastPrice.create>) => (made++, lastPrice.create(...args)),
    }
    const seen: string[] = []
    const own = (name: string) => ({
      ...lastPrice,
      id: 'own',
      create: () => ({
        kind: 'state' as const,
        read: (_: number, view: { quantity: number }) => (seen.push(`${name} ${view.quantity}`), view.quantity),
      }),
    })
    const strategy = (name: string, at: number) =>
      exampleStrategy(
        {
          name,
          emergency: {
            when: {
              any: [
                { reading: 'price', is: 'lt', value: 0 },
                { reading: 'held', is: 'lt', value: -1e9 },
              ],
            },
          },
        },
        { go: between(`go${name}`, at), price: shared, held: own(name) },
      )
    const floor = holdingFloor({ strategies: [strategy('a', 2), strategy('b', 1e6)] })
    expect(made).toBe(1)
    floor.trade(3, 100)
    expect(seen).toEqual(['a 10'])
  })

  test('of one name and version are a broken invariant', () => {
    expect(() => new ExampleFloor({ strategies: [exampleStrategy(), exampleStrategy()] })).toThrow(
      'two strategies are pump@pump0123/PEPE_USDT',
    )
  })
})

describe('a failing indicator', () => {
  const failing = scripted('failing', (ms) => {
    if (ms >= 5_000 && ms < 8_000) throw new Error('no root of −1')
    return 1
  })
  const strategies = [
    exampleStrategy(
      {
        signal: {
          when: {
            all: [
              { reading: 'go', is: 'gte', value: 1 },
              { reading: 'bad', is: 'gte', value: 1 },
            ],
          },
        },
      },
      { go: between('go', 6), bad: failing },
    ),
  ]

  test('is told at each instant, switched off for a minute after three, and stops nothing else', () => {
    const floor = new ExampleFloor({ strategies, instruments: both })
    floor.trade(4, 100)
    floor.timer(20)
    expect(floor.of('indicatorFailed')).toEqual(
      [5, 6, 7].map((at) => ({
        type: 'indicatorFailed',
        time: second(at),
        instrumentId: pepe,
        indicator: 'failing',
        message: 'no root of −1',
        switchedOffUntil: at === 7 ? second(67) : null,
      })),
    )
    floor.trade(50, 100, doge)
    expect(floor.phase(floor.instance(0, doge))).toBe('entering')
    expect(floor.phase()).toBe('watching')
    floor.trade(66, 100)
    expect(floor.phase()).toBe('watching')
    floor.timer(67)
    expect(floor.phase()).toBe('entering')
  })

  test('is pending, with the reason', () => {
    const floor = new ExampleFloor({ strategies })
    floor.trade(4, 100)
    floor.timer(6)
    const [{ pendingShare }] = floor.engine.nearMisses().filter(({ reading }) => reading === 'bad')
    expect(pendingShare).toBe(1 / 2)
  })

  test('that depends on the position is isolated as well', () => {
    const strategy = exampleStrategy(
      { exit: { when: { reading: 'own', is: 'gte', value: 1 } } },
      {
        own: {
          ...failing,
          create: () => ({
            kind: 'state',
            read: () => {
              throw new Error('never')
            },
          }),
        },
      },
    )
    const floor = holdingFloor({ strategies: [strategy] })
    floor.timer(10)
    expect(floor.of('indicatorFailed').map(({ time }) => time)).toEqual([3, 4, 5].map(second))
    floor.timer(70)
    expect(floor.of('indicatorFailed')).toHaveLength(6)
    expect(floor.phase()).toBe('holding')
  })
})

describe('a gap', () => {
  test('starts readings with a memory anew, and they cross nothing over it', () => {
    const strategy = exampleStrategy(
      { signal: { when: { reading: 'count', is: 'crossesBelow', value: 3 } } },
      { count: countedTrades },
    )
    const floor = new ExampleFloor({ strategies: [strategy] })
    for (const at of [1, 2, 3, 4]) floor.trade(at, 100)
    floor.send({ type: 'feedGap', instrumentId: pepe, from: second(4), time: second(10) })
    floor.trade(11, 100)
    floor.trade(12, 100)
    floor.trade(13, 100)
    expect(floor.of('signalDetected')).toEqual([])
    const [{ bestValue }] = floor.engine.nearMisses()
    expect(bestValue).toBe(1)
  })

  test('breaks what must hold for a time', () => {
    const strategy = exampleStrategy(
      { signal: { when: { reading: 'go', is: 'gte', value: 1, forMs: 5_000 } } },
      { go: between('go', 0) },
    )
    const floor = new ExampleFloor({ strategies: [strategy] })
    floor.trade(1, 100)
    floor.timer(3)
    floor.send({ type: 'feedGap', instrumentId: pepe, from: second(3), time: second(4) })
    floor.trade(4.4, 100)
    floor.timer(9)
    expect(floor.phase()).toBe('watching')
    floor.timer(10)
    expect(floor.of('signalDetected')).toMatchObject([{ time: second(10), verdicts: [{ heldMs: 5_600 }] }])
  })
})

test('the ledger sums to zero over a whole day of trading, and its cash is the account', () => {
  const floor = new ExampleFloor({
    strategies: [exampleStrategy({ exit: { cooldownMs: 0 } }, { go: between('go', 2) })],
  })
  for (let at = 1; at < 400; at += 1) {
    floor.trade(at, 100 + (at % 7))
    for (const { orderId } of floor.live()) {
      const order = floor.live().find((live) => live.orderId === orderId)
      if (!order) continue
      if (order.status === 'submitted') floor.accept(order)
      if (order.cancelRequested) floor.cancel(order)
      else if (order.purpose === 'entry')
        floor.fill(order, Math.min(3.3, order.quantity - order.filledQuantity), 100 + (at % 7))
      else if (order.purpose === 'exit') floor.fill(order, order.quantity - order.filledQuantity, 100)
      else if (order.purpose === 'stopLoss' && at % 9 === 0 && floor.phase() === 'holding')
        floor.fill(order, floor.engine.positions()[0].quantity, 95)
    }
  }
  expect(floor.closed().length).toBeGreaterThan(10)
  const { unbalanced, sum, cash } = floor.ledger()
  expect({ unbalanced, sum }).toEqual({ unbalanced: 0, sum: 0n })
  const open = floor.engine.positions().reduce((total, { cost }) => total + cost, 0n)
  expect(cash + open).toBe(floor.engine.account().cash)
})
