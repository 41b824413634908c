import { expect, test } from 'vitest'
import { toMoney } from '#model/money.ts'
import { sampleTrip } from './sample-trips.ts'
import { groupRows } from './tables.ts'

const trips = [
  sampleTrip({ id: '1', net: 5, fee: 1, instrument: 'A_USDT' }),
  sampleTrip({ id: '2', net: -20, fee: 1, instrument: 'B_USDT' }),
  sampleTrip({ id: '3', net: 7, fee: 1, instrument: 'A_USDT' }),
]

test('rows are ordered by net profit and list instruments without a trade', () => {
  const rows = groupRows(trips, (trip) => [trip.instrumentId], toMoney(1000), ['C_USDT'])
  expect(
    rows.map((row) => [row.key, row.outcome.trades, row.outcome.netProfit, row.costs, row.shareOfCapital]),
  ).toEqual([
    ['A_USDT', 2, toMoney(12), toMoney(2), 0.012],
    ['C_USDT', 0, 0n, 0n, 0],
    ['B_USDT', 1, toMoney(-20), toMoney(1), -0.02],
  ])
})

test('a trade counts once under each of its tags', () => {
  const rows = groupRows(trips.slice(0, 1), () => ['pump', 'fade', 'pump'], toMoney(1000))
  expect(rows.map((row) => [row.key, row.outcome.trades])).toEqual([
    ['fade', 1],
    ['pump', 1],
  ])
})
