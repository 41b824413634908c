import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultLimits } from '#model/limits.ts'
import { exampleDraft, exampleExposure, exampleInstrument } from './example.ts'
import { checkEntry, sizeEntry, type SizeRequest, unscaled } from './risk.ts'

const wide = { ...defaultLimits, maxPositionSize: 1, maxMarginUse: 1 }

function request(changes: Partial<SizeRequest> = {}): SizeRequest {
  return {
    instrument: { ...exampleInstrument, takerFeeRate: 0 },
    direction: 'long',
    entryPrice: 100,
    stopPrice: 90,
    size: { riskPct: 1 },
    scale: unscaled,
    leverage: 1,
    exposure: exampleExposure(),
    limits: wide,
    ...changes,
  }
}

test('one percent of 10 000 at risk with a stop 10 away is 10 units', () => {
  expect(sizeEntry(request())).toEqual({
    record: {
      basis: 'riskPct',
      equity: 10_000,
      scale: 1,
      scaleAssumed: false,
      stopDistance: 10,
      wantedNotional: 1_000,
      caps: [],
      notional: 1_000,
      quantity: 10,
      lossAtStop: 0.01,
    },
    quantity: 10,
    stopDistance: 10,
    refusal: null,
  })
})

test('the taker fee of both sides is part of the loss', () => {
  // 100 / (10 + 0.001 × 190) = 9.813…
  const { quantity, record } = sizeEntry(request({ instrument: exampleInstrument }))
  expect(quantity).toBe(9.8)
  expect(record.lossAtStop).toBeCloseTo((9.8 * 10.19) / 10_000, 12)
})

test('a short is sized by its distance to the stop above', () => {
  expect(sizeEntry(request({ direction: 'short', stopPrice: 120 })).quantity).toBe(5)
})

test('leverage changes the margin of a risk-sized position, not its size', () => {
  for (const leverage of [1, 5, 10]) expect(sizeEntry(request({ leverage })).quantity).toBe(10)
})

test('a share of equity is margin: leverage multiplies the notional it says', () => {
  expect(sizeEntry(request({ size: { equityPct: 5 }, leverage: 4 })).record).toMatchObject({
    basis: 'equityPct',
    wantedNotional: 2_000,
    quantity: 20,
    lossAtStop: 0.02,
  })
})

test('a fixed notional is what it says', () => {
  expect(sizeEntry(request({ size: { notional: 255 } }))).toMatchObject({
    quantity: 2.5,
    record: { basis: 'notional' },
  })
})

test('the scale multiplies the size, and an assumed one is recorded', () => {
  expect(sizeEntry(request({ scale: { value: 0.55, assumed: true } })).record).toMatchObject({
    scale: 0.55,
    scaleAssumed: true,
    wantedNotional: expect.closeTo(550, 9),
    quantity: 5.5,
  })
})

test('each cap that bit is named and the smallest decides', () => {
  const { record } = sizeEntry(
    request({
      size: { notional: 50_000 },
      leverage: 5,
      maxNotional: 3_000,
      maxVolumeShare: 0.1,
      exposure: exampleExposure({ marginUsed: 9_600, lastMinuteQuoteVolume: 25_000 }),
      limits: { ...defaultLimits, maxMarginUse: 1 },
      instrument: {
        ...exampleInstrument,
        takerFeeRate: 0,
        marginTiers: [
          { notionalCap: 20_000, maintenanceRate: 0.01, deduction: 0, maxLeverage: 10 },
          { notionalCap: Infinity, maintenanceRate: 0.1, deduction: 0, maxLeverage: 4 },
        ],
      },
    }),
  )
  expect(record.caps).toEqual([
    { name: 'maxNotional', notional: 3_000 },
    { name: 'maxPositionSize', notional: 5_000 },
    { name: 'freeMargin', notional: 2_000 },
    { name: 'leverage', notional: 20_000 },
    { name: 'volumeShare', notional: 2_500 },
  ])
  expect(record).toMatchObject({ notional: 2_000, quantity: 20 })
})

test('free margin also pays the entry fee', () => {
  // (0.8 × 10 000 − 7 000) / (1/2 + 0.001) = 1 996.007…
  const { record } = sizeEntry(
    request({
      size: { notional: 5_000 },
      leverage: 2,
      instrument: exampleInstrument,
      exposure: exampleExposure({ marginUsed: 7_000 }),
      limits: { ...wide, maxMarginUse: 0.8 },
    }),
  )
  expect(record.caps).toEqual([{ name: 'freeMargin', notional: expect.closeTo(1_996.007984, 6) }])
  expect(record.quantity).toBe(19.9)
})

test('what is too small for the venue is refused, with the smallest quantity that would do', () => {
  const sizing = sizeEntry(request({ size: { notional: 5 }, stopPrice: 40 }))
  expect(sizing.quantity).toBe(0)
  expect(sizing.record.quantity).toBe(0)
  // 5 / 40 = 0.125, 0.2 on the grid
  expect(sizing.refusal).toEqual({
    code: 'belowMinimum',
    ok: false,
    value: 0,
    limit: 0.2,
    headroom: -0.2,
  })
})

test('no room left is refused as below the minimum, with the cap that took it', () => {
  const sizing = sizeEntry(request({ exposure: exampleExposure({ marginUsed: 10_000 }) }))
  expect(sizing).toMatchObject({ quantity: 0, refusal: { code: 'belowMinimum' } })
  expect(sizing.record.caps).toEqual([{ name: 'freeMargin', notional: 0 }])
})

test('a leverage the venue does not offer leaves no room', () => {
  expect(sizeEntry(request({ leverage: 51 }))).toMatchObject({
    quantity: 0,
    record: { caps: [{ name: 'leverage', notional: 0 }] },
  })
})

test('an unknown volume refuses where the strategy asks for a share of it', () => {
  const exposure = exampleExposure({ lastMinuteQuoteVolume: Number.NaN })
  expect(sizeEntry(request({ exposure })).quantity).toBe(10)
  expect(sizeEntry(request({ exposure, maxVolumeShare: 0.1 }))).toMatchObject({
    quantity: 0,
    record: { caps: [{ name: 'volumeUnknown', notional: 0 }] },
  })
})

test.each([
  ['equity', { exposure: exampleExposure({ equity: Number.NaN }) }],
  ['margin in use', { exposure: exampleExposure({ marginUsed: Number.NaN }) }],
  ['stop', { stopPrice: Number.NaN, size: { notional: 100 } }],
  ['entry price', { entryPrice: Number.NaN, size: { notional: 100 } }],
] as const)('an unknown %s is refused as such', (_, changes) => {
  expect(sizeEntry(request(changes))).toMatchObject({ quantity: 0, refusal: { code: 'unknownInput', value: null } })
})

test('a stop on the winning side is refused', () => {
  expect(sizeEntry(request({ stopPrice: 101 }))).toMatchObject({
    quantity: 0,
    stopDistance: null,
    refusal: { code: 'unknownInput' },
  })
})

const anyRequest = fc
  .record({
    equity: fc.double({ min: 50, max: 1e7, noNaN: true }),
    used: fc.double({ min: 0, max: 1, noNaN: true }),
    entryTicks: fc.integer({ min: 10, max: 10_000_000 }),
    stopShare: fc.double({ min: 0.001, max: 0.9, noNaN: true }),
    isLong: fc.boolean(),
    riskPct: fc.double({ min: 0.01, max: 10, noNaN: true }),
    scale: fc.double({ min: 0, max: 3, noNaN: true }),
    leverage: fc.integer({ min: 1, max: 10 }),
    takerFeeRate: fc.constantFrom(0, 0.0005, 0.0008, 0.001),
    lotSize: fc.constantFrom(0.001, 0.1, 1, 10),
  })
  .map((given) => {
    const entryPrice = given.entryTicks / 100
    return request({
      instrument: {
        ...exampleInstrument,
        takerFeeRate: given.takerFeeRate,
        lotSize: given.lotSize,
        minQuantity: given.lotSize,
      },
      direction: given.isLong ? 'long' : 'short',
      entryPrice,
      stopPrice: entryPrice * (1 + (given.isLong ? -1 : 1) * given.stopShare),
      size: { riskPct: given.riskPct },
      scale: { value: given.scale, assumed: false },
      leverage: given.leverage,
      exposure: exampleExposure({ equity: given.equity, marginUsed: given.equity * given.used, lastPrice: entryPrice }),
      limits: defaultLimits,
    })
  })

/** Quote units lost when the stop fills at its price and both fees are the taker's. */
function lossOf({ instrument, entryPrice, stopPrice }: SizeRequest, quantity: number): number {
  return quantity * (Math.abs(entryPrice - stopPrice) + instrument.takerFeeRate * (entryPrice + stopPrice))
}

test('the loss at the stop, fees included, is never above the risk budget', () => {
  fc.assert(
    fc.property(anyRequest, (given) => {
      const { quantity, record } = sizeEntry(given)
      const riskPct = 'riskPct' in given.size ? given.size.riskPct : 0
      const budget = ((given.exposure.equity * riskPct) / 100) * given.scale.value
      expect(lossOf(given, quantity)).toBeLessThanOrEqual(budget * (1 + 1e-9))
      expect(record.lossAtStop! * given.exposure.equity).toBeCloseTo(lossOf(given, quantity), 6)
    }),
  )
})

test('more leverage never makes the loss at the stop exceed the budget, and without caps leaves it as it is', () => {
  fc.assert(
    fc.property(anyRequest, (given) => {
      const free = { ...given, limits: { ...defaultLimits, maxPositionSize: 1e9, maxMarginUse: 1e9 } }
      expect(sizeEntry({ ...free, leverage: 10 }).quantity).toBe(sizeEntry({ ...free, leverage: 1 }).quantity)
    }),
  )
})

test('more equity never makes the size smaller', () => {
  fc.assert(
    fc.property(anyRequest, fc.double({ min: 0, max: 1e6, noNaN: true }), (given, more) => {
      const richer = { ...given, exposure: { ...given.exposure, equity: given.exposure.equity + more } }
      expect(sizeEntry(richer).quantity).toBeGreaterThanOrEqual(sizeEntry(given).quantity)
    }),
  )
})

test('whatever comes out is on the lot grid, affordable, and never denied for a size or margin', () => {
  fc.assert(
    fc.property(anyRequest, (given) => {
      const { quantity } = sizeEntry(given)
      fc.pre(quantity > 0)
      const { instrument, entryPrice, leverage, exposure, stopPrice } = given
      expect(Number((Math.round(quantity / instrument.lotSize) * instrument.lotSize).toFixed(3))).toBe(quantity)
      const draft = exampleDraft({
        side: given.direction === 'long' ? 'buy' : 'sell',
        quantity,
        leverage,
        decisionPrice: entryPrice,
      })
      const denied = checkEntry(draft, instrument, stopPrice, exposure, defaultLimits).filter(({ ok }) => !ok)
      const sized = new Set(['maxPositionSize', 'maxMarginUse', 'belowMinimum', 'unknownInput'])
      expect(denied.filter(({ code }) => sized.has(code))).toEqual([])
    }),
  )
})
