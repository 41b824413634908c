import { describe, expect, test } from 'vitest'
import {
  answers,
  barsOf,
  endAt,
  eventsOf,
  fillRows,
  fillsOf,
  orderOf,
  start,
  takeUntil,
  tradesOf,
  venueOf,
} from './fixtures.ts'

describe('at the end of the data', () => {
  test('a market order fills at once at the last price plus half an assumed spread', () => {
    const venue = venueOf({ reportLatencyMs: 50 })
    venue.load(tradesOf([[0, 100, 500]]))
    venue.load(eventsOf(endAt(1_000)))
    venue.submit(orderOf('o1'), start + 1_000)
    const events = takeUntil(venue, 1_000)
    // 100 · 1.001 = 100.1
    expect(fillRows(events)).toEqual([[1_000, 100.1, 10]])
    expect(fillsOf(events)[0].slippage).toEqual({ delay: 0, spread: expect.closeTo(0.1, 9), impact: 0 })
    expect(answers(events)).toEqual(['orderAccepted@1000'])
  })

  test('the best known touch and the impact of the whole order count', () => {
    const venue = venueOf({ impact: 1 })
    venue.load(
      tradesOf([
        [0, 102, 500, 1],
        [10, 100, 500, -1],
      ]),
    )
    venue.load(eventsOf(endAt(1_000)))
    venue.submit(orderOf('o1'), start + 1_000)
    // One minute of history: σ = |ln(100/102)| · √60 = 0.1534; Q = 10 · 100, V = 102 · 500 + 100 · 500:
    // 102 · (1 + 0.1534 · √(1000 / 101000)) = 103.557
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([[1_000, 103.56, 10]])
  })

  test('exits on their way or half filled are settled there; entries and what rests are canceled', () => {
    const venue = venueOf({ reportLatencyMs: 50 })
    venue.load(
      tradesOf([
        [0, 100, 500],
        [150, 100, 500],
        [400, 100, 40],
        [990, 100, 10],
      ]),
    )
    venue.load(eventsOf(endAt(1_000)))
    venue.submit(orderOf('entry'), start)
    takeUntil(venue, 250)
    const exit = { side: 'sell', reduceOnly: true } as const
    venue.submit(orderOf('half', { ...exit, quantity: 6 }), start + 250)
    venue.submit(orderOf('limit', { ...exit, type: 'limit', price: 120 }), start + 250)
    venue.submit(orderOf('more', { quantity: 50 }), start + 300)
    venue.submit(orderOf('late', { ...exit, quantity: 3 }), start + 950)
    venue.submit(orderOf('later'), start + 950)
    const events = takeUntil(venue, 1_000)
    // 10 % of 40 = 4 for the exit that came first, 10 % of 10 = 1; its last 1 and the late 3 at 100 · 0.999.
    expect(fillsOf(events).map((fill) => [fill.orderId, fill.time - start, fill.price, fill.quantity])).toEqual([
      ['half', 450, 100, 4],
      ['half', 1_000, 100, 1],
      ['half', 1_000, 99.9, 1],
      ['late', 1_000, 99.9, 3],
    ])
    expect(answers(events)).toEqual([
      'orderAccepted@400',
      'orderAccepted@400',
      'orderAccepted@450',
      'orderCanceled:endOfData@1000',
      'orderCanceled:endOfData@1000',
      'orderAccepted@1000',
      'orderAccepted@1000',
      'orderCanceled:endOfData@1000',
    ])
  })

  test('orders that would have to wait are refused', () => {
    const venue = venueOf()
    venue.load(tradesOf([[0, 100, 500]]))
    venue.load(eventsOf(endAt(1_000)))
    venue.submit(orderOf('o1', { type: 'limit', price: 90 }), start + 1_000)
    expect(answers(takeUntil(venue, 1_000))).toEqual(['orderRejected:endOfData@1000'])
  })

  test('bars end at their last close', () => {
    const venue = venueOf()
    venue.load(barsOf([[100, 101, 99, 100, 1_000]]))
    venue.load(eventsOf(endAt(60_000)))
    venue.submit(orderOf('o1', { side: 'sell' }), start + 60_000)
    expect(fillRows(takeUntil(venue, 60_000))).toEqual([[60_000, 99.9, 10]])
  })

  test('data loaded afterwards starts with a fresh history', () => {
    const venue = venueOf({ impact: 1 })
    venue.load(tradesOf([[0, 150, 5_000, 1]]))
    venue.load(eventsOf(endAt(1_000)))
    venue.load(
      tradesOf([
        [2_000, 100, 500],
        [2_200, 100, 500],
      ]),
    )
    venue.submit(orderOf('o1'), start + 2_000)
    // No ask of 150; σ = 5 %, V = 100 · 500, Q = 1000: 100 · (1 + 0.05 · √0.02) = 100.707…
    expect(fillRows(takeUntil(venue, 3_000))).toEqual([[2_200, 100.71, 10]])
  })
})
