import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dailyCloses, dailyReturns, dayMs } from './daily.ts'
import { cagrOf, calmarOf, recoveryOf, sharpeOf, sortinoOf } from './ratios.ts'

// 15 days of +2 % and 15 of −1 %: mean 0.005; sample variance 30 · 0.015² / 29 = 0.00023276, deviation 0.0152564.
const month = Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? 0.02 : -0.01))

describe('UTC-daily returns', () => {
  test('a day without a point keeps the equity of the day before', () => {
    const time = [0, dayMs - 1, 3 * dayMs + 5]
    expect(dailyCloses({ time, equity: [100, 110, 121] })).toEqual({
      days: [0, dayMs, 2 * dayMs, 3 * dayMs],
      closes: [110, 110, 110, 121],
    })
    // 110/100, flat, flat, 121/110.
    const returns = dailyReturns({ time, equity: [100, 110, 121] })
    expect(returns.map((value) => value.toFixed(12))).toEqual([
      '0.100000000000',
      '0.000000000000',
      '0.000000000000',
      '0.100000000000',
    ])
  })

  test('a point at midnight closes the day before, so two full days are two returns', () => {
    expect(dailyReturns({ time: [0, dayMs, 2 * dayMs], equity: [100, 101, 101] })).toHaveLength(2)
  })

  test('returns end at ruin', () => {
    expect(dailyReturns({ time: [0, dayMs + 1, 2 * dayMs + 1, 3 * dayMs + 1], equity: [100, 0, 50, 60] })).toEqual([
      0, -1,
    ])
  })
})

describe('Sharpe and Sortino', () => {
  test('Sharpe is the mean over the sample deviation, by the root of 365', () => {
    // 0.005 / 0.01525643 · 19.10497 = 6.26133 without a riskless rate.
    expect(sharpeOf(month, 0)).toBeCloseTo(6.2613, 4)
    // (0.005 − 0.02/365) / 0.01525643 · 19.10497 = 0.004945205 · 1252.2571 = 6.19268
    expect(sharpeOf(month)).toBeCloseTo(6.1927, 3)
  })

  test('Sortino divides by the downside over all days, not only over the losing ones', () => {
    // Target 0: √(15 · 0.0001 / 30) = 0.00707107; 0.005 / 0.00707107 · 19.10497 = 13.50926.
    expect(sortinoOf(month, 0)).toBeCloseTo(13.5093, 4)
  })

  test('under 30 days both are undefined', () => {
    expect(sharpeOf(month.slice(1))).toBeNull()
    expect(sortinoOf(month.slice(1))).toBeNull()
  })

  test('without variation, or without a day below the target, there is no ratio', () => {
    expect(sharpeOf(Array(40).fill(0.01))).toBeNull()
    expect(sortinoOf(Array(40).fill(0.01))).toBeNull()
  })

  test('the order of the days does not matter', () => {
    const returns = fc.array(
      fc.integer({ min: -500, max: 500 }).map((value) => value / 10_000),
      { minLength: 30, maxLength: 60 },
    )
    fc.assert(
      fc.property(returns, (days) => {
        expect(sharpeOf(days.toReversed())).toBe(sharpeOf(days))
        expect(sortinoOf(days.toReversed())).toBe(sortinoOf(days))
      }),
    )
  })
})

describe('growth', () => {
  test('CAGR compounds over 365 days', () => {
    expect(cagrOf(100, 110, 365 * dayMs)).toBeCloseTo(0.1, 12)
    // 1.1^(365/73) = 1.1^5 = 1.61051
    expect(cagrOf(100, 110, 73 * dayMs)).toBeCloseTo(0.61051, 10)
    // 1.21^(1/2) over two years.
    expect(cagrOf(100, 121, 730 * dayMs)).toBeCloseTo(0.1, 12)
  })

  test('CAGR is −1 at ruin and undefined under 30 days', () => {
    expect(cagrOf(100, 0, 40 * dayMs)).toBe(-1)
    expect(cagrOf(100, 110, 30 * dayMs - 1)).toBeNull()
    expect(cagrOf(100, 110, 30 * dayMs)).toBeGreaterThan(2)
  })

  test('Calmar is CAGR over max drawdown, undefined under 30 days or without a drawdown', () => {
    expect(calmarOf(0.6, 0.2, 30)).toBeCloseTo(3, 12)
    expect(calmarOf(0.6, 0.2, 29)).toBeNull()
    expect(calmarOf(0.6, 0, 90)).toBeNull()
  })

  test('recovery factor is net profit over max drawdown, both in money', () => {
    expect(recoveryOf(300, 120)).toBe(2.5)
    expect(recoveryOf(300, 0)).toBeNull()
  })
})
