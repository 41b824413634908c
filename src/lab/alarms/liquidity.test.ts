import { expect, test } from 'vitest'
import type { BarColumns } from '#model/market.ts'
import { type LiquidityMeasures, liquidityOf, LiquidityTally } from './liquidity.ts'

function barsOf(closes: readonly number[], volumes: readonly number[], intervalMs = 60_000): BarColumns {
  const column = Float64Array.from(closes)
  const time = Float64Array.from(closes, (_, at) => (at + 1) * intervalMs)
  return {
    intervalMs,
    time,
    open: column,
    high: column,
    low: column,
    close: column,
    volume: Float64Array.from(volumes),
  }
}

const usual: LiquidityMeasures = { bars: 1_440, emptyShare: 0, turnoverPerDay: 80_000, movePct: 0.2 }
const classOf = (change: Partial<LiquidityMeasures>, quote = 'USDT') => liquidityOf({ ...usual, ...change }, { quote })

test('bars add up to the share of empty ones, the turnover of a day and the mean move of a minute', () => {
  const tally = new LiquidityTally()
  tally.add(barsOf([100, 100, 100 * Math.E ** 0.01], [5, 0, 5]))
  tally.add(barsOf([100], [0]))
  const { bars, emptyShare, turnoverPerDay, movePct } = tally.measures()
  expect({ bars, emptyShare }).toEqual({ bars: 4, emptyShare: 0.5 })
  expect(turnoverPerDay).toBeCloseTo((500 + 500 * Math.E ** 0.01) * 360, 6)
  expect(movePct).toBeCloseTo(0.5, 9)
})

test('moves of longer bars are scaled to a minute by the square root of time', () => {
  const tally = new LiquidityTally()
  tally.add(barsOf([100, 100 * Math.E ** 0.01], [1, 1], 240_000))
  expect(tally.measures().movePct).toBeCloseTo(0.5, 9)
})

test('a market with a fifth of its bars empty is thin, whatever it turns over', () => {
  expect(classOf({ emptyShare: 0.2, turnoverPerDay: 1e9 })).toBe('thin')
  expect(classOf({ emptyShare: 0.199 })).toBe('small')
})

test('a market is larger when it turns over millions of dollars, or when it hardly moves', () => {
  expect(classOf({ turnoverPerDay: 5_000_000 })).toBe('larger')
  expect(classOf({ movePct: 0.099 })).toBe('larger')
  expect(classOf({})).toBe('small')
})

test('turnover in another currency than dollars says nothing by itself', () => {
  expect(classOf({ turnoverPerDay: 5_000_000 }, 'BTC')).toBe('small')
})
