import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { toMoney } from '#model/money.ts'
import { costTableOf } from './costs.ts'
import { sampleTrip } from './sample-trips.ts'

test('costs are listed apart, per trade, and as a share of the profit before them', () => {
  // Net 70 + 10 = 80; costs 6 + 4 + 2 + 5 + 3 = 20; before costs 100.
  const table = costTableOf([
    sampleTrip({ id: '1', net: 70, fee: 4, spread: 4, impact: 2, delay: 6, funding: 3 }),
    sampleTrip({ id: '2', net: 10, fee: 2, delay: -1 }),
  ])
  expect(table.profitBeforeCosts).toBe(toMoney(100))
  expect(table.total).toBe(toMoney(20))
  expect(table.slippage).toBe(toMoney(11)) // 4 + 2 + 5
  expect(table.lines.map(({ name, total, perTrade, shareOfGross }) => [name, total, perTrade, shareOfGross])).toEqual([
    ['fee', toMoney(6), toMoney(3), 0.06],
    ['spread', toMoney(4), toMoney(2), 0.04],
    ['impact', toMoney(2), toMoney(1), 0.02],
    ['delay', toMoney(5), toMoney(2.5), 0.05],
    ['funding', toMoney(3), toMoney(1.5), 0.03],
    ['total', toMoney(20), toMoney(10), 0.2],
  ])
})

test('a run that lost before costs has no share of gross, but still a share of volume', () => {
  // Volume: 1000 in, 1000 − 10 + 1 = 991 out.
  const table = costTableOf([sampleTrip({ net: -10, fee: 1 })])
  expect(table.lines[0]).toMatchObject({ shareOfGross: null })
  expect(table.lines[0]?.shareOfVolume).toBeCloseTo(1 / 1991, 12)
})

test('net profit plus every cost is always the profit before costs, to the last digit', () => {
  const amount = fc.integer({ min: -1e9, max: 1e9 }).map((value) => value / 1e6)
  fc.assert(
    fc.property(
      fc.array(fc.record({ net: amount, fee: amount, spread: amount, impact: amount, delay: amount, funding: amount })),
      (given) => {
        const { lines, netProfit, profitBeforeCosts, total } = costTableOf(given.map((trip) => sampleTrip(trip)))
        const parts = lines.slice(0, -1).reduce((sum, line) => sum + line.total, 0n)
        expect(parts).toBe(total)
        expect(netProfit + parts).toBe(profitBeforeCosts)
      },
    ),
  )
})
