import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { instrumentId, venueId } from './ids.ts'
import { decimalsOf, floorQuantity, type Instrument, snapPrice, snapPriceAdverse, snapQuantity } from './instrument.ts'

const instrument: Instrument = {
  id: instrumentId('BTC_USDT'),
  venue: venueId('mexc'),
  symbol: 'BTC_USDT',
  kind: 'perpetual',
  base: 'BTC',
  quote: 'USDT',
  tickSize: 0.1,
  lotSize: 0.0001,
  contractSize: 0.0001,
  minQuantity: 0.0001,
  minNotional: 5,
  maxLeverage: 200,
  makerFeeRate: 0.0006,
  takerFeeRate: 0.0008,
  marginTiers: [],
  liquidationFeeRate: 0,
}

test('a sum of quantities is back on the grid: 0.1 + 0.2 − 0.3 is 0', () => {
  expect(0.1 + 0.2 - 0.3).not.toBe(0)
  expect(snapQuantity(instrument, 0.1 + 0.2 - 0.3)).toBe(0)
  expect(snapQuantity(instrument, 0.1 + 0.2)).toBe(0.3)
})

test('a size is never rounded up, except for what floating point lost', () => {
  expect(floorQuantity(instrument, 0.00019999)).toBe(0.0001)
  expect(floorQuantity(instrument, 0.0003 - Number.EPSILON)).toBe(0.0003)
  expect(floorQuantity({ lotSize: 0.1 }, 0.3)).toBe(0.3)
})

test('a price snaps to the nearest tick, and against the trader where that is asked', () => {
  expect(snapPrice(instrument, 64_123.44)).toBe(64_123.4)
  expect(snapPriceAdverse(instrument, 64_123.41, 'buy')).toBe(64_123.5)
  expect(snapPriceAdverse(instrument, 64_123.49, 'sell')).toBe(64_123.4)
  expect(snapPriceAdverse(instrument, 64_123.4, 'buy')).toBe(64_123.4)
  expect(snapPriceAdverse(instrument, 64_123.4, 'sell')).toBe(64_123.4)
})

test('an unknown value stays unknown', () => {
  expect(snapPrice(instrument, Number.NaN)).toBeNaN()
  expect(snapQuantity(instrument, Number.NaN)).toBeNaN()
})

test('grids in exponent notation have their decimals', () => {
  expect(decimalsOf(1e-7)).toBe(7)
  expect(decimalsOf(2.5e-7)).toBe(8)
  expect(decimalsOf(0.05)).toBe(2)
  expect(decimalsOf(1000)).toBe(0)
  expect(snapPrice({ ...instrument, tickSize: 1e-7 }, 0.00001234)).toBe(0.0000123)
})

test('a thousand lots added one by one are a thousand lots', () => {
  let sum = 0
  for (let index = 0; index < 1_000; index++) sum = snapQuantity(instrument, sum + 0.0001)
  expect(sum).toBe(0.1)
})

test('snapping twice is snapping once, and never moves further than half a step', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (quantity) => {
      const snapped = snapQuantity(instrument, quantity)
      expect(snapQuantity(instrument, snapped)).toBe(snapped)
      expect(Math.abs(snapped - quantity)).toBeLessThanOrEqual(0.00005 + 1e-9)
    }),
  )
})
