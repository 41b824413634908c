import { describe, expect, test } from 'vitest'
import { toMoney } from '#model/money.ts'
import type { Order } from '#model/order.ts'
import {
  answers,
  type PrintRow,
  bookAt,
  eventsOf,
  fillRows,
  fillsOf,
  orderOf,
  start,
  takeUntil,
  tradesOf,
  venueOf,
} from './fixtures.ts'

const limit = (changes: Partial<Order> = {}): Order => orderOf('o1', { type: 'limit', price: 99, ...changes })

function playPrints(order: Order, rows: readonly PrintRow[]): ReturnType<typeof takeUntil> {
  const venue = venueOf()
  venue.load(tradesOf(rows))
  venue.submit(order, start)
  return takeUntil(venue, 10_000)
}

describe('a resting limit order', () => {
  test('fills only when traded through, at its limit, as maker, a tenth of each print', () => {
    const events = playPrints(limit(), [
      [0, 100, 500],
      [200, 99, 9_000],
      [300, 98.5, 40],
      [400, 97, 500],
    ])
    expect(fillRows(events)).toEqual([
      [300, 99, 4],
      [400, 99, 6],
    ])
    expect(fillsOf(events).map((fill) => [fill.liquidity, fill.fee, fill.slippage])).toEqual([
      ['maker', toMoney(99 * 4 * 0.0002), { delay: -1, spread: 0, impact: 0 }],
      ['maker', toMoney(99 * 6 * 0.0002), { delay: -1, spread: 0, impact: 0 }],
    ])
  })

  test('mirrors for a sell', () => {
    const events = playPrints(limit({ side: 'sell', price: 101 }), [
      [0, 100, 500],
      [200, 101, 900],
      [300, 101.01, 500],
    ])
    expect(fillRows(events)).toEqual([[300, 101, 10]])
  })

  test('post-only is refused when it would take, and rests when it would not', () => {
    const rows: readonly PrintRow[] = [
      [0, 100, 500, 1],
      [200, 98, 500],
    ]
    expect(answers(playPrints(limit({ timeInForce: 'postOnly', price: 100 }), rows))).toEqual([
      'orderRejected:postOnlyWouldTake@100',
    ])
    expect(fillRows(playPrints(limit({ timeInForce: 'postOnly' }), rows))).toEqual([[200, 99, 10]])
  })

  test('expires by its own clock', () => {
    const events = playPrints(limit({ expiresAt: start + 250 }), [
      [0, 100, 500],
      [300, 98, 500],
    ])
    expect(answers(events)).toEqual(['orderAccepted@100', 'orderExpired:timeout@250'])
  })
})

describe('a limit order that is marketable on arrival', () => {
  test('takes up to its limit, and rests from the first print that costs more', () => {
    const events = playPrints(limit({ price: 101 }), [
      [0, 100, 500, 1],
      [200, 100.5, 30],
      [300, 102, 50],
      [400, 101, 500],
      [500, 100.99, 500],
    ])
    expect(fillRows(events)).toEqual([
      [200, 100.5, 3],
      [500, 101, 7],
    ])
    expect(fillsOf(events).map((fill) => fill.liquidity)).toEqual(['taker', 'maker'])
  })

  test('immediate-or-cancel takes for a second, then the rest expires', () => {
    const events = playPrints(limit({ price: 101, timeInForce: 'ioc' }), [
      [0, 100, 500, 1],
      [200, 100, 30],
      [1_101, 100, 500],
    ])
    expect(fillRows(events)).toEqual([[200, 100, 3]])
    expect(answers(events)).toEqual(['orderAccepted@100', 'orderExpired:iocUnfilled@1100'])
  })

  test('fill-or-kill needs one print whose share covers it whole', () => {
    const rows: readonly PrintRow[] = [
      [0, 100, 500, 1],
      [200, 100, 30],
      [300, 100, 100],
    ]
    expect(fillRows(playPrints(limit({ price: 101, timeInForce: 'fok' }), rows))).toEqual([[300, 100, 10]])
    const killed = playPrints(limit({ price: 101, timeInForce: 'fok', quantity: 11 }), rows)
    expect(fillRows(killed)).toEqual([])
    expect(answers(killed)).toEqual(['orderAccepted@100', 'orderExpired:fokUnfilled@1100'])
  })

  test('immediate orders that are not marketable expire on arrival', () => {
    const rows: readonly PrintRow[] = [
      [0, 100, 500, 1],
      [200, 90, 500],
    ]
    expect(answers(playPrints(limit({ timeInForce: 'ioc' }), rows))).toEqual([
      'orderAccepted@100',
      'orderExpired:iocUnfilled@100',
    ])
    expect(answers(playPrints(limit({ timeInForce: 'fok' }), rows))).toEqual([
      'orderAccepted@100',
      'orderExpired:fokUnfilled@100',
    ])
  })
})

describe('with a recorded book', () => {
  const bids = [
    [99, 50],
    [98, 100],
  ] as const
  const asks = [
    [101, 40],
    [102, 80],
    [103, 1_000],
  ] as const

  test('a market order walks the levels it finds on arrival, a tenth of each, and the rest waits for new liquidity', () => {
    const venue = venueOf()
    venue.load(
      eventsOf(bookAt(0, true, bids, asks), bookAt(200, false, [], [[101, 40]]), bookAt(300, false, [], [[101, 60]])),
    )
    venue.submit(orderOf('o1', { quantity: 120 }), start)
    const events = takeUntil(venue, 250)
    // 4 of 40, 8 of 80, 100 of 1000; the update at 200 shows nothing new.
    expect(fillRows(events)).toEqual([
      [100, 101, 4],
      [100, 102, 8],
      [100, 103, 100],
    ])
    // mid 100, best ask 101.
    expect(fillsOf(events).map((fill) => fill.slippage)).toEqual([
      { delay: 0, spread: 1, impact: 0 },
      { delay: 0, spread: 1, impact: 1 },
      { delay: 0, spread: 1, impact: 2 },
    ])
    // The level grows by 20: two more.
    expect(fillRows(takeUntil(venue, 300))).toEqual([[300, 101, 2]])
  })

  test('a level that vanished and came back is new liquidity', () => {
    const venue = venueOf()
    venue.load(
      eventsOf(
        bookAt(0, true, bids, [[101, 40]]),
        bookAt(
          200,
          false,
          [],
          [
            [101, 0],
            [104, 10],
          ],
        ),
        bookAt(300, false, [], [[101, 40]]),
      ),
    )
    venue.submit(orderOf('o1', { quantity: 8 }), start)
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([
      [100, 101, 4],
      [200, 104, 1],
      [300, 101, 3],
    ])
  })

  test('prints do not fill a taker twice while the book is fresh', () => {
    const venue = venueOf()
    venue.load(eventsOf(bookAt(0, true, bids, [[101, 40]])))
    venue.load(tradesOf([[200, 101, 500]]))
    venue.submit(orderOf('o1'), start)
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([[100, 101, 4]])
  })

  test('a resting order waits behind the size found at its price, then fills at the touch', () => {
    const venue = venueOf()
    venue.load(eventsOf(bookAt(0, true, bids, asks)))
    venue.load(
      tradesOf([
        [200, 99, 30, -1],
        [300, 99, 10, 1],
        [400, 99, 40, -1],
        [500, 99, 50, -1],
      ]),
    )
    venue.submit(limit(), start)
    // 50 ahead: 30 trade, the buyer at 300 is no seller, of the 40 at 400 20 are left over → 2; then 5.
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([
      [400, 99, 2],
      [500, 99, 5],
    ])
  })

  test('cancels at its price count as behind it, as far as the level still allows', () => {
    const venue = venueOf()
    venue.load(eventsOf(bookAt(0, true, bids, asks), bookAt(150, false, [[99, 20]], [])))
    venue.load(tradesOf([[200, 99, 30, -1]]))
    venue.submit(limit(), start)
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([[200, 99, 1]])
  })

  test('a book that comes through a resting order fills it at its limit', () => {
    const venue = venueOf()
    venue.load(
      eventsOf(
        bookAt(0, true, bids, asks),
        bookAt(
          200,
          true,
          [[97, 10]],
          [
            [98, 30],
            [98.5, 20],
          ],
        ),
      ),
    )
    venue.submit(limit(), start)
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([
      [200, 99, 3],
      [200, 99, 2],
    ])
  })

  test('fill-or-kill looks at all levels within its limit', () => {
    for (const [quantity, filled] of [
      [12, 12],
      [13, 0],
    ] as const) {
      const venue = venueOf()
      venue.load(eventsOf(bookAt(0, true, bids, asks)))
      venue.submit(limit({ price: 102, timeInForce: 'fok', quantity }), start)
      const fills = fillsOf(takeUntil(venue, 1_000))
      expect(fills.reduce((sum, fill) => sum + fill.quantity, 0)).toBe(filled)
    }
  })

  test('after a gap the book is unknown and prints count again', () => {
    const venue = venueOf()
    const gap = { type: 'feedGap', instrumentId: limit().instrumentId, from: start + 10, time: start + 20 } as const
    venue.load(eventsOf(bookAt(0, true, bids, asks), gap))
    venue.load(tradesOf([[200, 101.5, 500]]))
    venue.submit(orderOf('o1'), start)
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([[200, 101.5, 10]])
  })

  test('depth loaded long before the order is caught up with from its last snapshot', () => {
    const venue = venueOf()
    const updates = Array.from({ length: 200 }, (_, index) =>
      bookAt(index * 10, index === 150, bids, [[101 + index, 40]]),
    )
    venue.load(eventsOf(...updates.slice(0, 100)))
    venue.load(eventsOf(...updates.slice(100)))
    venue.submit(orderOf('o1', { quantity: 4, decisionPrice: 250 }), start + 2_000)
    expect(fillRows(takeUntil(venue, 3_000))).toEqual([[2_100, 251, 4]])
  })
})
