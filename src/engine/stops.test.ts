import { describe, expect, test } from 'vitest'
import type { Order } from '#model/order.ts'
import { exampleStrategy, scripted, second } from './example.ts'
import { ExampleFloor, holdingFloor } from './example-floor.ts'

/** Stops the venue has accepted and not yet canceled. */
const workingStops = (floor: ExampleFloor): readonly Order[] =>
  floor.live('stopLoss').filter(({ status }) => status === 'accepted')
const trailing = exampleStrategy({
  protection: { stopLoss: { distancePct: 5 }, trailingStop: { activatePct: 2, distancePct: 1 } },
})

describe('the stop', () => {
  test('rests from the first fill on, for the whole order', () => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    floor.trade(2, 100)
    const entry = floor.last('entry')
    floor.accept(entry)
    const outputs = floor.fill(entry, 1, 100)
    expect(outputs.map(({ type }) => type)).toEqual([
      'orderUpdated',
      'posted',
      'posted',
      'positionOpened',
      'submitOrder',
      'stopMoved',
    ])
    expect(floor.last('stopLoss')).toMatchObject({
      side: 'sell',
      type: 'stopMarket',
      stopPrice: 95,
      trigger: 'last',
      quantity: 10,
      reduceOnly: true,
      decisionPrice: 95,
      signalId: entry.signalId,
    })
    floor.fill(entry, 9, 100)
    expect(floor.orders('stopLoss')).toHaveLength(1)
    expect(floor.path().at(-1)).toBe('entering → holding (entryFilled)')
  })

  test('stands at its reading as it is at the fill, and at its distance while that is pending', () => {
    const level = scripted('level', (ms) => (ms < 5_000 ? 90 + ms / 1_000 : Number.NaN))
    const strategy = exampleStrategy(
      { protection: { stopLoss: { distancePct: 5, priceReading: 'level' }, takeProfit: { distancePct: 3, scaling: { reading: 'wide', points: [[0, 1], [1, 2]] } } } }, // prettier-ignore
      { level, wide: scripted('wide', (ms) => Number(ms >= 4_000)) },
    )
    for (const [at, stop, target] of [
      [3, 93, 103],
      [4, 94, 106],
      [6, 95, 106],
    ] as const) {
      const floor = new ExampleFloor({ strategies: [strategy] })
      floor.trade(1, 100)
      floor.trade(2, 100)
      floor.timer(at)
      floor.now = at + 0.3
      floor.fill(floor.last('entry'), 10, 100)
      expect(floor.last('stopLoss').stopPrice).toBe(stop)
      expect(floor.last('takeProfit').price).toBe(target)
    }
  })

  test('moves to the price really paid: the new one is accepted before the old one is canceled', () => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    floor.trade(2, 100)
    const entry = floor.last('entry')
    floor.fill(entry, 5, 100)
    const first = floor.last('stopLoss')
    floor.accept(first)
    floor.fill(entry, 5, 102)
    const second = floor.last('stopLoss')
    // average 101
    expect(second).toMatchObject({ stopPrice: 95.95, quantity: 10 })
    expect(floor.canceled()).toEqual([])
    floor.accept(second)
    expect(floor.canceled()).toEqual([first.orderId])
  })

  test('that fills closes the position as a stop loss, and everything else is canceled', () => {
    const floor = holdingFloor({
      strategies: [exampleStrategy({ protection: { stopLoss: { distancePct: 5 }, takeProfit: { distancePct: 10 } } })],
    })
    const target = floor.last('takeProfit')
    floor.trade(5, 94.9)
    floor.fill(floor.last('stopLoss'), 10, 94.8)
    expect(floor.canceled()).toEqual([target.orderId])
    expect(floor.closed()).toMatchObject([{ exitReason: 'stopLoss', exitPrice: 94.8, quantity: 10 }])
    expect(floor.path().slice(-2)).toEqual(['holding → exiting (stopLoss)', 'exiting → cooling (exitFilled)'])
    expect(floor.orders('exit')).toEqual([])
    expect(floor.ledger()).toMatchObject({ unbalanced: 0, sum: 0n })
  })

  test('that fills in parts is given its time; what it leaves when it dies goes at market', () => {
    const floor = holdingFloor()
    const stop = floor.last('stopLoss')
    floor.trade(5, 94)
    floor.fill(stop, 4, 94)
    expect(floor.path().at(-1)).toBe('holding → exiting (stopLoss)')
    floor.timer(6)
    expect(floor.orders('exit')).toEqual([])
    floor.cancel(stop)
    expect(floor.last('exit')).toMatchObject({ quantity: 6, type: 'market' })
    floor.fill(floor.last('exit'), 6, 93)
    expect(floor.closed()).toMatchObject([{ exitReason: 'stopLoss', quantity: 10 }])
  })

  test('that stands still after a part is overtaken as well, whatever the price does', () => {
    const floor = holdingFloor()
    floor.trade(5, 94)
    floor.fill(floor.last('stopLoss'), 4, 94)
    floor.trade(6.9, 99)
    expect(floor.orders('exit')).toEqual([])
    floor.trade(7, 99)
    expect(floor.last('exit')).toMatchObject({ quantity: 6, type: 'market' })
  })

  test('that does not act within two seconds of the breach is overtaken by an exit at market', () => {
    const floor = holdingFloor()
    floor.trade(5, 95)
    floor.trade(6.9, 94)
    expect(floor.orders('exit')).toEqual([])
    floor.trade(7, 94)
    expect(floor.last('exit')).toMatchObject({ type: 'market', quantity: 10, decidedAt: second(7) })
    expect(floor.path().at(-1)).toBe('holding → exiting (stopLoss)')
    // the stop still rests until the position is flat
    expect(floor.canceled()).toEqual([])
    floor.fill(floor.last('exit'), 10, 93)
    expect(floor.canceled()).toEqual([floor.last('stopLoss').orderId])
  })

  test('that the venue has not accepted by then is not waited for', () => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    floor.trade(2, 100)
    floor.fill(floor.last('entry'), 10, 100)
    floor.trade(3, 95)
    expect(floor.last('exit')).toMatchObject({ decidedAt: second(3) })
  })

  test('on mark price is triggered by the mark, not by the last trade', () => {
    const floor = holdingFloor({
      strategies: [exampleStrategy({ protection: { stopLoss: { distancePct: 5, trigger: 'mark' } } })],
    })
    expect(floor.last('stopLoss').trigger).toBe('mark')
    floor.mark(3, 99)
    floor.trade(4, 90)
    floor.trade(7, 90)
    expect(floor.orders('exit')).toEqual([])
    floor.mark(8, 94)
    floor.mark(10, 94)
    expect(floor.orders('exit')).toHaveLength(1)
  })
})

describe('a trailing stop', () => {
  test('follows the best price, and there is never a moment without a working stop', () => {
    const floor = holdingFloor({ strategies: [trailing] })
    const stops = [floor.last('stopLoss')]
    for (const [at, price] of [
      [3, 101],
      [4, 102],
      [5, 103],
      [6, 101.5],
      [7, 104],
    ] as const) {
      floor.trade(at, price)
      expect(workingStops(floor).length).toBeGreaterThan(0)
      const stop = floor.last('stopLoss')
      if (stop.orderId === stops.at(-1)?.orderId) continue
      floor.accept(stop)
      for (const old of floor.live('stopLoss').filter(({ cancelRequested }) => cancelRequested)) floor.cancel(old)
      expect(workingStops(floor).map(({ orderId }) => orderId)).toEqual([stop.orderId])
      stops.push(stop)
    }
    expect(stops.map(({ stopPrice }) => stopPrice)).toEqual([95, 100.98, 101.97, 102.96])
    expect(floor.of('stopMoved').map(({ why }) => why)).toEqual(['entry', 'trailing', 'trailing', 'trailing'])
    floor.trade(8, 102.9)
    floor.fill(floor.last('stopLoss'), 10, 102.9)
    expect(floor.closed()).toMatchObject([{ exitReason: 'trailingStop' }])
  })

  test('while the entry still fills covers all that may come', () => {
    const floor = new ExampleFloor({ strategies: [trailing] })
    floor.trade(1, 100)
    floor.trade(2, 100)
    const entry = floor.last('entry')
    floor.accept(entry)
    floor.fill(entry, 2, 100)
    floor.accept(floor.last('stopLoss'))
    floor.trade(3, 103)
    expect(floor.last('stopLoss')).toMatchObject({ stopPrice: 101.97, quantity: 10 })
    floor.accept(floor.last('stopLoss'))
    floor.fill(entry, 8, 103)
    expect(workingStops(floor).at(-1)).toMatchObject({ stopPrice: 101.97, quantity: 10 })
  })

  test('that was moved is not loosened when the entry completes', () => {
    const floor = new ExampleFloor({ strategies: [trailing] })
    floor.trade(1, 100)
    floor.trade(2, 100)
    const entry = floor.last('entry')
    floor.fill(entry, 2, 100)
    floor.accept(floor.last('stopLoss'))
    floor.trade(3, 103)
    floor.accept(floor.last('stopLoss'))
    floor.fill(entry, 8, 100)
    expect(floor.last('stopLoss').stopPrice).toBe(101.97)
    floor.trade(4, 101)
    floor.fill(floor.last('stopLoss'), 10, 101)
    expect(floor.closed()).toMatchObject([{ exitReason: 'trailingStop' }])
  })

  test('whose replacement is refused keeps the old stop, which is no unprotected position', () => {
    const floor = holdingFloor({ strategies: [trailing] })
    const first = floor.last('stopLoss')
    floor.trade(3, 103)
    floor.reject(floor.last('stopLoss'), 'wouldTrigger')
    expect(floor.canceled()).toEqual([])
    expect(floor.of('unprotected')).toEqual([])
    floor.timer(8)
    expect(floor.orders('exit')).toEqual([])
    // beyond the level that was wanted: the engine acts where the old stop does not
    floor.trade(9, 101)
    floor.trade(11, 101)
    expect(floor.last('exit')).toMatchObject({ quantity: 10, type: 'market' })
    floor.fill(floor.last('exit'), 10, 101)
    expect(floor.canceled()).toEqual([first.orderId])
  })
})

describe('replacing stops', () => {
  test('faster than the venue accepts leaves none behind', () => {
    const floor = holdingFloor()
    const [first] = floor.orders('stopLoss')
    floor.command({ command: 'adjustStop', instanceId: floor.instance(), stopPrice: 96 })
    floor.command({ command: 'adjustStop', instanceId: floor.instance(), stopPrice: 97 })
    const [, second, third] = floor.orders('stopLoss')
    floor.accept(second)
    floor.accept(third)
    expect([...floor.canceled()].sort()).toEqual([first.orderId, second.orderId])
    floor.command({ command: 'closePosition', instanceId: floor.instance() })
    floor.fill(floor.last('exit'), 10, 100)
    expect([...floor.canceled()].sort()).toEqual([first.orderId, second.orderId, third.orderId])
  })

  test('cancels every one of them once flat', () => {
    const floor = holdingFloor()
    for (const stopPrice of [96, 97, 98])
      floor.command({ command: 'adjustStop', instanceId: floor.instance(), stopPrice })
    floor.command({ command: 'closePosition', instanceId: floor.instance() })
    floor.fill(floor.last('exit'), 10, 100)
    expect([...floor.canceled()].sort()).toEqual(floor.orders('stopLoss').map(({ orderId }) => orderId))
  })
})

describe('a stop the venue refuses', () => {
  test('is told, tried again every second, and given up for an exit at market after the third', () => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    floor.trade(2, 100)
    floor.fill(floor.last('entry'), 10, 100)
    floor.reject(floor.last('stopLoss'))
    expect(floor.of('unprotected')).toMatchObject([{ time: second(2), quantity: 10 }])
    floor.timer(3)
    expect(floor.orders('stopLoss')).toHaveLength(2)
    floor.reject(floor.last('stopLoss'))
    floor.timer(4)
    expect(floor.orders('stopLoss')).toHaveLength(3)
    expect(floor.orders('exit')).toEqual([])
    floor.reject(floor.last('stopLoss'))
    expect(floor.last('exit')).toMatchObject({ quantity: 10, type: 'market', decidedAt: second(4) })
    expect(floor.path().at(-1)).toBe('holding → exiting (emergency)')
  })

  test('is forgiven once one is accepted', () => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    floor.trade(2, 100)
    floor.fill(floor.last('entry'), 10, 100)
    for (const at of [3, 4]) {
      floor.reject(floor.last('stopLoss'))
      floor.timer(at)
    }
    floor.accept(floor.last('stopLoss'))
    floor.cancel(floor.last('stopLoss'))
    floor.timer(5)
    expect(floor.orders('stopLoss')).toHaveLength(4)
    expect(floor.phase()).toBe('holding')
  })

  test('while the entry still fills is placed again for the whole order', () => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    floor.trade(2, 100)
    floor.fill(floor.last('entry'), 3, 100)
    floor.reject(floor.last('stopLoss'))
    floor.timer(3)
    expect(floor.last('stopLoss')).toMatchObject({ quantity: 10 })
  })
})

describe('a stop moved by command', () => {
  test.each([
    [94, false],
    [95, false],
    [Number.NaN, false],
    [97.004, true],
  ])('to %f is taken when it is tighter: %s', (stopPrice, taken) => {
    const floor = holdingFloor()
    floor.command({ command: 'adjustStop', instanceId: floor.instance(), stopPrice })
    expect(floor.of('commandRefused').map(({ code }) => code)).toEqual(taken ? [] : ['notPossibleNow'])
    expect(floor.orders('stopLoss').map((order) => order.stopPrice)).toEqual(taken ? [95, 97] : [95])
  })

  test('of nobody is refused', () => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    floor.command({ command: 'adjustStop', instanceId: floor.instance(), stopPrice: 96 })
    expect(floor.of('commandRefused')).toMatchObject([{ code: 'notPossibleNow' }])
  })
})
