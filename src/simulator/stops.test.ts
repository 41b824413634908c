import { describe, expect, test } from 'vitest'
import { toMoney } from '#model/money.ts'
import type { Order } from '#model/order.ts'
import {
  answers,
  bookAt,
  eventsOf,
  fillRows,
  markAt,
  orderOf,
  type PrintRow,
  start,
  takeUntil,
  tradesOf,
  venueOf,
} from './fixtures.ts'
import type { SimulatedVenue } from './simulator.ts'

const stop = (changes: Partial<Order> = {}): Order =>
  orderOf('stop', {
    type: 'stopMarket',
    purpose: 'stopLoss',
    side: 'sell',
    stopPrice: 95,
    reduceOnly: true,
    ...changes,
  })

/** Long 10 from 100 since 200 ms; `rows` follow. */
function long(rows: readonly PrintRow[], leverage = 1): SimulatedVenue {
  const venue = venueOf()
  venue.load(tradesOf([[0, 100, 500], [200, 100, 500], ...rows]))
  venue.submit(orderOf('entry', { leverage }), start)
  expect(fillRows(takeUntil(venue, 250))).toEqual([[200, 100, 10]])
  return venue
}

describe('a stop', () => {
  test('triggers on the last print and fills from the next one: after a gap at the first tradable price', () => {
    const venue = long([
      [400, 95.01, 500],
      [500, 80, 500],
      [600, 79, 60],
      [700, 81, 500],
    ])
    venue.submit(stop(), start + 250)
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([
      [600, 79, 6],
      [700, 81, 4],
    ])
  })

  test('takes nothing of the sweep that triggered it: prints of that very millisecond are gone', () => {
    const venue = long([
      [400, 95, 500, -1],
      [400, 94, 500, -1],
      [400, 90, 500, -1],
      [401, 89, 500, -1],
    ])
    venue.submit(stop(), start + 250)
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([[401, 89, 10]])
  })

  test('with a recorded book walks the levels of the next update: those before the trigger have been swept', () => {
    const venue = long([[400, 95, 500, -1]])
    venue.load(
      eventsOf(
        bookAt(300, true, [[99, 200]], [[101, 200]]),
        bookAt(
          450,
          true,
          [
            [93, 60],
            [92, 500],
          ],
          [[96, 200]],
        ),
      ),
    )
    venue.submit(stop(), start + 250)
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([
      [450, 93, 6],
      [450, 92, 4],
    ])
  })

  test('by mark price ignores prints while the mark is fresh', () => {
    const venue = long([
      [400, 80, 500],
      [600, 99, 500],
    ])
    venue.load(eventsOf(markAt(300, 100), markAt(500, 95)))
    venue.submit(stop({ trigger: 'mark' }), start + 250)
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([[600, 99, 10]])
  })

  test('by mark price falls back to prints where no mark is recorded', () => {
    const venue = long([
      [400, 94, 500],
      [600, 93, 500],
    ])
    venue.submit(stop({ trigger: 'mark' }), start + 250)
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([[600, 93, 10]])
  })

  test('that is already passed on arrival triggers at once', () => {
    const venue = long([
      [300, 90, 500],
      [400, 91, 500],
    ])
    venue.submit(stop(), start + 250)
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([[400, 91, 10]])
  })

  test('is cut to the position: it never flips', () => {
    const venue = long([
      [400, 90, 500],
      [500, 89, 5_000],
      [600, 88, 5_000],
    ])
    venue.submit(stop({ quantity: 400 }), start + 250)
    const events = takeUntil(venue, 1_000)
    expect(fillRows(events)).toEqual([[500, 89, 10]])
    expect(answers(events)).toEqual(['orderAccepted@350', 'orderExpired:reduceOnlyNoPosition@500'])
  })
})

describe('reduce-only', () => {
  test('expires on arrival where there is nothing to reduce', () => {
    const venue = venueOf()
    venue.load(
      tradesOf([
        [0, 100, 500],
        [200, 100, 500],
      ]),
    )
    venue.submit(stop(), start)
    expect(answers(takeUntil(venue, 1_000))).toEqual(['orderAccepted@100', 'orderExpired:reduceOnlyNoPosition@100'])
  })

  test('orders on the side of the position have nothing to reduce either', () => {
    const venue = long([])
    venue.submit(stop({ side: 'buy', stopPrice: 120 }), start + 250)
    expect(answers(takeUntil(venue, 1_000))).toEqual(['orderAccepted@350', 'orderExpired:reduceOnlyNoPosition@350'])
  })

  test('all resting ones of an instrument expire when its position becomes flat', () => {
    const venue = long([[500, 100, 500]])
    venue.submit(stop(), start + 250)
    venue.submit(stop({ orderId: 'target' as never, type: 'limit', price: 130 }), start + 250)
    venue.submit(orderOf('exit', { side: 'sell', reduceOnly: true }), start + 300)
    const events = takeUntil(venue, 1_000)
    expect(fillRows(events)).toEqual([[500, 100, 10]])
    expect(answers(events)).toEqual([
      'orderAccepted@350',
      'orderAccepted@350',
      'orderAccepted@400',
      'orderExpired:reduceOnlyNoPosition@500',
      'orderExpired:reduceOnlyNoPosition@500',
    ])
  })

  test('a rest below the minimum notional can still be closed', () => {
    const venue = long([
      [500, 0.1, 500],
      [600, 0.1, 500],
    ])
    venue.submit(stop({ type: 'market', quantity: 10 }), start + 250)
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([[500, 0.1, 10]])
  })
})

describe('liquidation', () => {
  // Long 10 from 100 at 10×: (100 · 0.9) / (1 − 0.01 − 0.001) = 91.0010; bankrupt at 90.
  const stopless = 10

  test('triggers on the mark price, cancels what works, and costs the whole margin and its fees', () => {
    const venue = long(
      [
        [500, 91.5, 500],
        [600, 91, 500],
        [700, 95, 500],
      ],
      stopless,
    )
    venue.submit(stop({ stopPrice: 85 }), start + 250)
    const events = takeUntil(venue, 1_000)
    expect(answers(events)).toEqual(['orderAccepted@350', 'orderCanceled:liquidated@600', 'liquidated@700'])
    expect(events.at(-1)).toMatchObject({ price: 90, quantity: 10, fee: toMoney(90 * 10 * 0.006) })
  })

  test('looks at the recorded mark, not at a stray print', () => {
    const venue = long(
      [
        [500, 50, 500],
        [700, 95, 500],
      ],
      stopless,
    )
    venue.load(eventsOf(markAt(300, 100), markAt(600, 91.01)))
    expect(answers(takeUntil(venue, 1_000))).toEqual([])
  })

  test('never happens to a long at leverage 1', () => {
    const venue = long([
      [500, 0.01, 500],
      [700, 0.01, 500],
    ])
    expect(answers(takeUntil(venue, 1_000))).toEqual([])
  })

  test('happens to a short at leverage 1 near twice its price', () => {
    const venue = venueOf()
    venue.load(
      tradesOf([
        [0, 100, 500],
        [200, 100, 500],
        [300, 197, 500],
        [400, 198, 500],
        [500, 150, 500],
      ]),
    )
    venue.submit(orderOf('short', { side: 'sell' }), start)
    // 100 · 2 / (1 + 0.011) = 197.82; bankrupt at 200.
    const events = takeUntil(venue, 1_000)
    expect(answers(events)).toEqual(['orderAccepted@100', 'liquidated@500'])
    expect(events.at(-1)).toMatchObject({ price: 200, quantity: 10 })
  })

  test('refuses new orders until the position is taken over', () => {
    const venue = long([[600, 91, 500]], stopless)
    takeUntil(venue, 600)
    venue.submit(orderOf('again'), start + 600)
    expect(answers(takeUntil(venue, 1_000))).toEqual(['orderRejected:liquidating@700'])
  })
})
