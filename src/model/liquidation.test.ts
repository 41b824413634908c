import { expect, test } from 'vitest'
import type { MarginTier } from './instrument.ts'
import { liquidationPrice, maintenanceMargin, tierOf } from './liquidation.ts'

const flat = (maintenanceRate: number): readonly MarginTier[] => [
  { notionalCap: Infinity, maintenanceRate, deduction: 0, maxLeverage: 500 },
]

/** Binance brackets; `cum_2 = 0 + 50 000 × (0.005 − 0.004) = 50` by the recursion of venues/binance.md §13. */
const brackets: readonly MarginTier[] = [
  { notionalCap: 50_000, maintenanceRate: 0.004, deduction: 0, maxLeverage: 125 },
  { notionalCap: 500_000, maintenanceRate: 0.005, deduction: 50, maxLeverage: 100 },
  { notionalCap: Infinity, maintenanceRate: 0.01, deduction: 2_550, maxLeverage: 50 },
]

test('a long follows e·(1 − 1/L)/(1 − mmr − t)', () => {
  const instrument = { marginTiers: flat(0.004), takerFeeRate: 0.0008 }
  // 100 × 0.9 / 0.9952
  expect(liquidationPrice({ instrument, quantity: 1, entryPrice: 100, leverage: 10 })).toBeCloseTo(90.434083601, 9)
})

test('a short follows e·(1 + 1/L)/(1 + mmr + t)', () => {
  const instrument = { marginTiers: flat(0.004), takerFeeRate: 0.0008 }
  // 100 × 1.1 / 1.0048
  expect(liquidationPrice({ instrument, quantity: -1, entryPrice: 100, leverage: 10 })).toBeCloseTo(109.474522293, 9)
})

test("without fees it is Binance's (WB + cum − side·Q·EP) / (Q·(mmr − side)) with the bracket of the notional there", () => {
  const instrument = { marginTiers: brackets, takerFeeRate: 0 }
  // Q 10, EP 20 000, L 20: WB 10 000; (10 000 + 50 − 200 000) / (10 × (0.005 − 1)) = 19 090.452…, notional 190 904 in bracket 2
  const long = liquidationPrice({ instrument, quantity: 10, entryPrice: 20_000, leverage: 20 })
  expect(long).toBeCloseTo((10_000 + 50 - 200_000) / (10 * (0.005 - 1)), 6)
  // side −1: (10 000 + 50 + 200 000) / (10 × 1.005) = 20 900.497…
  const short = liquidationPrice({ instrument, quantity: -10, entryPrice: 20_000, leverage: 20 })
  expect(short).toBeCloseTo((10_000 + 50 + 200_000) / (10 * 1.005), 6)
})

test("it lies within half a percent of MEXC's (MM − margin + avg·size)/size, which takes maintenance at the entry value", () => {
  const fair = (mmr: number, leverage: number): number => 100 * mmr - 100 / leverage + 100
  for (const leverage of [2, 5, 10, 20]) {
    const price = liquidationPrice({
      instrument: { marginTiers: flat(0.004), takerFeeRate: 0.0008 },
      quantity: 3,
      entryPrice: 100,
      leverage,
    })
    expect(Math.abs(price! / fair(0.004, leverage) - 1)).toBeLessThan(0.005)
  }
  // at 10×: MEXC 90.40, ours with the closing fee 90.43, on the safe side
  expect(fair(0.004, 10)).toBeCloseTo(90.4, 9)
})

test('at the price found, margin and unrealised profit equal maintenance margin plus the closing fee', () => {
  const instrument = { marginTiers: brackets, takerFeeRate: 0.0005 }
  for (const quantity of [2, -2, 10, -10, 40, -40]) {
    const price = liquidationPrice({ instrument, quantity, entryPrice: 20_000, leverage: 10 })!
    const notional = Math.abs(quantity) * price
    const left = (Math.abs(quantity) * 20_000) / 10 + quantity * (price - 20_000)
    expect(left).toBeCloseTo(maintenanceMargin(instrument, notional) + notional * 0.0005, 5)
  }
})

test('the bracket is the one at the liquidation price, not the one at the entry', () => {
  const instrument = { marginTiers: brackets, takerFeeRate: 0 }
  // 2.6 × 20 000 = 52 000 enters in bracket 2; falling by about a tenth it is in bracket 1
  const price = liquidationPrice({ instrument, quantity: 2.6, entryPrice: 20_000, leverage: 10 })
  expect(price).toBeCloseTo((20_000 * 0.9) / (1 - 0.004), 6)
})

test('with one rate for the whole position the jump at a tier border already liquidates', () => {
  const marginTiers = [
    { notionalCap: 1_000, maintenanceRate: 0.01, deduction: 0, maxLeverage: 50 },
    { notionalCap: Infinity, maintenanceRate: 0.1, deduction: 0, maxLeverage: 10 },
  ]
  // short 9.5 at 100, L 10: at notional 1 000 margin left is 95 − 50 = 45, less than 100 that tier 2 wants
  const price = liquidationPrice({
    instrument: { marginTiers, takerFeeRate: 0 },
    quantity: -9.5,
    entryPrice: 100,
    leverage: 10,
  })
  expect(price).toBeCloseTo(1_000 / 9.5, 9)
})

test('added margin moves it away from the entry', () => {
  const instrument = { marginTiers: flat(0.01), takerFeeRate: 0 }
  // (90 − 5) / 0.99
  const price = liquidationPrice({ instrument, quantity: 1, entryPrice: 100, leverage: 10, addedMargin: 5 })
  expect(price).toBeCloseTo(85 / 0.99, 9)
})

test('a long at leverage 1 cannot be liquidated, a short at leverage 1 can', () => {
  const instrument = { marginTiers: flat(0.004), takerFeeRate: 0.0008 }
  expect(liquidationPrice({ instrument, quantity: 1, entryPrice: 100, leverage: 1 })).toBeNull()
  // 200 / 1.0048
  expect(liquidationPrice({ instrument, quantity: -1, entryPrice: 100, leverage: 1 })).toBeCloseTo(199.044585987, 9)
})

test('without tiers or with an unknown price it is unknown, never absent', () => {
  const bare = { marginTiers: [], takerFeeRate: 0.0008 }
  expect(liquidationPrice({ instrument: bare, quantity: -1, entryPrice: 100, leverage: 2 })).toBeNaN()
  const instrument = { marginTiers: flat(0.004), takerFeeRate: 0.0008 }
  expect(liquidationPrice({ instrument, quantity: 1, entryPrice: NaN, leverage: 2 })).toBeNaN()
})

test('a notional on the cap belongs to the lower tier', () => {
  expect(tierOf({ marginTiers: brackets }, 50_000)).toBe(brackets[0])
  expect(tierOf({ marginTiers: brackets }, 50_000.01)).toBe(brackets[1])
  expect(tierOf({ marginTiers: brackets }, NaN)).toBeUndefined()
  expect(maintenanceMargin({ marginTiers: [] }, 100)).toBeNaN()
})
