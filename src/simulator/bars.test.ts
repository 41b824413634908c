import { describe, expect, test } from 'vitest'
import type { Order } from '#model/order.ts'
import { answers, barsOf, fillRows, fillsOf, orderOf, start, takeUntil, venueOf } from './fixtures.ts'
import type { SimulatedVenue } from './simulator.ts'

const minute = 60_000

type Row = readonly [open: number, high: number, low: number, close: number, volume: number]
/** Closes at 100 one minute after the start. */
const first: Row = [100, 101, 99, 100, 1_000]

function bars(...rows: readonly Row[]): SimulatedVenue {
  const venue = venueOf()
  venue.load(barsOf([first, ...rows]))
  return venue
}

const stop = (changes: Partial<Order> = {}): Order =>
  orderOf('stop', {
    type: 'stopMarket',
    purpose: 'stopLoss',
    side: 'sell',
    stopPrice: 95,
    reduceOnly: true,
    ...changes,
  })

/** Long 10 since the second bar. */
function long(second: Row, ...rows: readonly Row[]): SimulatedVenue {
  const venue = bars(second, ...rows)
  venue.submit(orderOf('entry'), start + minute)
  expect(fillsOf(takeUntil(venue, 2 * minute))).toHaveLength(1)
  return venue
}

describe('where only bars are recorded', () => {
  test('a market order sent at a close fills in the next bar at its open plus half its range, known at its close', () => {
    const venue = bars([100, 104, 98, 101, 60], [101, 102, 100, 101, 1_000])
    venue.submit(orderOf('o1'), start + minute)
    const fills = fillsOf(takeUntil(venue, 10 * minute))
    // 10 % of 60 = 6 at 100 + 3 = 103; then 4 at 101 + 1 = 102 (the high).
    expect(fills.map((fill) => [fill.time - start, fill.price, fill.quantity])).toEqual([
      [2 * minute, 103, 6],
      [3 * minute, 102, 4],
    ])
    expect(fills[0].slippage).toEqual({ delay: 0, spread: 3, impact: 0 })
  })

  test('its price stays within the bar', () => {
    const venue = bars([100, 100.5, 90, 91, 1_000])
    venue.submit(orderOf('o1'), start + minute)
    expect(fillRows(takeUntil(venue, 10 * minute))).toEqual([[2 * minute, 100.5, 10]])
  })

  test('a market order sent while a bar forms pays the worst price of that bar', () => {
    const venue = bars([100, 104, 98, 101, 1_000])
    venue.submit(orderOf('o1', { side: 'sell' }), start + minute + 30_000)
    expect(fillRows(takeUntil(venue, 10 * minute))).toEqual([[2 * minute, 98, 10]])
  })

  test('a limit fills only in a bar that trades strictly through it', () => {
    const venue = bars([100, 101, 99, 100, 1_000], [98, 99, 97, 98, 40], [98, 99, 97, 98, 1_000])
    venue.submit(orderOf('o1', { type: 'limit', price: 99 }), start + minute)
    expect(fillRows(takeUntil(venue, 10 * minute))).toEqual([
      [3 * minute, 99, 4],
      [4 * minute, 99, 6],
    ])
  })

  test('a limit sent while a bar forms waits for the next', () => {
    const venue = bars([100, 101, 90, 100, 1_000], [100, 101, 90, 100, 1_000])
    venue.submit(orderOf('o1', { type: 'limit', price: 99 }), start + minute + 30_000)
    expect(fillRows(takeUntil(venue, 10 * minute))).toEqual([[3 * minute, 99, 10]])
  })

  test('a touched stop fills half a tick beyond itself, rounded against us', () => {
    const venue = long([100, 101, 99, 100, 1_000], [100, 101, 95, 100, 1_000])
    venue.submit(stop(), start + 2 * minute)
    expect(fillRows(takeUntil(venue, 10 * minute))).toEqual([[3 * minute, 94.99, 10]])
  })

  test('a stop behind a gap fills at the open', () => {
    const venue = long([100, 101, 99, 100, 1_000], [90, 97, 88, 96, 1_000])
    venue.submit(stop(), start + 2 * minute)
    expect(fillRows(takeUntil(venue, 10 * minute))).toEqual([[3 * minute, 90, 10]])
  })

  test('a stop too large for its bar goes on at market in the next', () => {
    const venue = long([100, 101, 99, 100, 1_000], [100, 101, 95, 96, 40], [96, 98, 94, 97, 1_000])
    venue.submit(stop(), start + 2 * minute)
    expect(fillRows(takeUntil(venue, 10 * minute))).toEqual([
      [3 * minute, 94.99, 4],
      [4 * minute, 94, 6],
    ])
  })

  test('of a stop and a target in one bar the stop counts', () => {
    const venue = long([100, 101, 99, 100, 1_000], [100, 120, 90, 110, 1_000])
    venue.submit(stop({ orderId: 'target' as never, type: 'limit', price: 110 }), start + 2 * minute)
    venue.submit(stop(), start + 2 * minute)
    const events = takeUntil(venue, 10 * minute)
    expect(fillRows(events)).toEqual([[3 * minute, 94.99, 10]])
    expect(answers(events).at(-1)).toBe('orderExpired:reduceOnlyNoPosition@180000')
  })

  test('a stop whose price the bar of the entry had reached counts as hit: it fills in the next bar, no better than the stop', () => {
    const venue = long([100, 101, 94, 100, 1_000], [105, 106, 104, 105, 1_000])
    venue.submit(stop(), start + 2 * minute)
    expect(fillRows(takeUntil(venue, 10 * minute))).toEqual([[3 * minute, 94.99, 10]])
  })

  test('a later stop is not judged by the bar of the entry', () => {
    const venue = long([100, 101, 94, 100, 1_000], [105, 106, 104, 105, 1_000], [105, 106, 104, 105, 1_000])
    takeUntil(venue, 3 * minute)
    venue.submit(stop(), start + 3 * minute)
    expect(fillRows(takeUntil(venue, 10 * minute))).toEqual([])
  })

  test('liquidation looks at the worst price of the bar', () => {
    const venue = bars([100, 101, 99, 100, 1_000], [100, 101, 92.4, 100, 1_000])
    // At 10× from 101: 101 · 0.9 / 0.989 = 91.9; a second bar low of 91 is enough, 92.4 is not.
    venue.submit(orderOf('entry', { leverage: 10 }), start + minute)
    expect(answers(takeUntil(venue, 10 * minute))).toEqual(['orderAccepted@60100'])
    const deeper = bars([100, 101, 99, 100, 1_000], [100, 101, 91, 100, 1_000])
    deeper.submit(orderOf('entry', { leverage: 10 }), start + minute)
    expect(answers(takeUntil(deeper, 10 * minute))).toEqual(['orderAccepted@60100', 'liquidated@180000'])
  })
})
