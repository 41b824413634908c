import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { toMoney } from '#model/money.ts'
import { breakdownOf, dayCountOf, startOf } from './calendar.ts'
import { day0, sampleTrip } from './sample-trips.ts'

const day = 1440
const capital = toMoney(1000)
const trips = [
  sampleTrip({ id: '1', net: 10, closedAt: 0.5 * day }),
  sampleTrip({ id: '2', net: -30, closedAt: 0.6 * day }),
  sampleTrip({ id: '3', net: 5, closedAt: 2.5 * day }),
  sampleTrip({ id: '4', net: 7, closedAt: 31.5 * day }),
]
const range = { from: day0, to: day0 + 32 * day * 60_000 }

test('every day of the run has a row, by the day of closing', () => {
  const days = breakdownOf(trips, 'day', range, capital)
  expect(days).toHaveLength(32)
  expect(days[0]).toMatchObject({
    label: '2026-01-01',
    trades: 2,
    wins: 1,
    losses: 1,
    netProfit: toMoney(-20),
    shareOfCapital: -0.02,
  })
  expect(days[1]).toMatchObject({ label: '2026-01-02', trades: 0, netProfit: 0n })
  expect(days[31]).toMatchObject({ label: '2026-02-01', trades: 1 })
})

test('a trade closed at the last midnight opens a row of its own', () => {
  expect(
    breakdownOf([sampleTrip({ net: 1, closedAt: day })], 'day', { from: day0, to: day0 + day * 60_000 }, capital),
  ).toHaveLength(2)
})

test('weeks begin on Monday and belong to the year of their Thursday', () => {
  // 2026-01-01 is a Thursday: week 1 began on 2025-12-29.
  const weeks = breakdownOf(trips, 'week', range, capital)
  expect(weeks.map(({ label }) => label)).toEqual(['2026-W01', '2026-W02', '2026-W03', '2026-W04', '2026-W05'])
  expect(weeks[0]).toMatchObject({ from: Date.UTC(2025, 11, 29), trades: 3, netProfit: toMoney(-15) })
  expect(startOf(Date.UTC(2027, 0, 3, 23), 'week')).toBe(Date.UTC(2026, 11, 28)) // 2026-W53
})

test('months follow the calendar', () => {
  expect(breakdownOf(trips, 'month', range, capital).map(({ label, trades }) => [label, trades])).toEqual([
    ['2026-01', 3],
    ['2026-02', 1],
  ])
})

test('days are won, drawn or lost, and the extremes are among days with a trade', () => {
  const count = dayCountOf(breakdownOf(trips, 'day', range, capital))
  expect(count).toMatchObject({ winning: 2, drawn: 29, losing: 1 })
  expect(count.best).toMatchObject({ label: '2026-02-01' })
  expect(count.worst).toMatchObject({ label: '2026-01-01' })
})

test('whatever the period, the rows add up to the whole', () => {
  const some = fc.array(
    fc.record({ net: fc.integer({ min: -100, max: 100 }), closedAt: fc.integer({ min: 0, max: 200 * day }) }),
  )
  fc.assert(
    fc.property(some, fc.constantFrom('day' as const, 'week' as const, 'month' as const), (given, period) => {
      const rows = breakdownOf(
        given.map((trip) => sampleTrip(trip)),
        period,
        range,
        capital,
      )
      expect(rows.reduce((sum, row) => sum + row.netProfit, 0n)).toBe(
        toMoney(given.reduce((sum, { net }) => sum + net, 0)),
      )
      expect(rows.reduce((sum, row) => sum + row.trades, 0)).toBe(given.length)
    }),
  )
})
