import { expect, test } from 'vitest'
import { denialCodes, type DenialCode } from '#model/codes.ts'
import type { CheckRecord } from '#model/events.ts'
import type { Instrument } from '#model/instrument.ts'
import { defaultLimits, type RiskLimits } from '#model/limits.ts'
import type { OrderDraft } from '#model/order.ts'
import { exampleDraft, exampleExposure, exampleInstrument } from './example.ts'
import { checkEntry, type ExposureView } from './risk.ts'

interface Case {
  readonly draft?: Partial<OrderDraft>
  readonly instrument?: Partial<Instrument>
  readonly stopPrice?: number
  readonly exposure?: Partial<ExposureView>
  readonly limits?: Partial<RiskLimits>
}

function check({ draft, instrument, stopPrice = 90, exposure, limits }: Case): readonly CheckRecord[] {
  return checkEntry(
    exampleDraft(draft),
    { ...exampleInstrument, ...instrument },
    stopPrice,
    exampleExposure(exposure),
    { ...defaultLimits, ...limits },
  )
}

const deniedBy = (change: Case): readonly DenialCode[] =>
  check(change)
    .filter(({ ok }) => !ok)
    .map(({ code }) => code)

const recordOf = (code: DenialCode, change: Case): CheckRecord | undefined =>
  check(change).find((record) => record.code === code)

/** At the limit with headroom 0, and one step beyond; the example draft has margin 500 and notional 1 000. */
const limits: readonly { code: DenialCode; at: Case; beyond: Case; value: number; limit: number }[] = [
  {
    code: 'maxPositionSize',
    at: { draft: { quantity: 20 } },
    beyond: { draft: { quantity: 20.1 } },
    value: 0.1,
    limit: 0.1,
  },
  {
    code: 'maxOpenPositions',
    at: { exposure: { openPositions: 2 } },
    beyond: { exposure: { openPositions: 3 } },
    value: 3,
    limit: 3,
  },
  {
    code: 'maxConcentration',
    at: { exposure: { instrumentMargin: 2_500 } },
    beyond: { exposure: { instrumentMargin: 2_500.01 } },
    value: 0.3,
    limit: 0.3,
  },
  {
    code: 'maxDailyLoss',
    at: { exposure: { dayBaseline: 10_000, equity: 9_500 } },
    beyond: { exposure: { dayBaseline: 10_000, equity: 9_499.99 } },
    value: 0.05,
    limit: 0.05,
  },
  {
    code: 'maxDrawdown',
    at: { exposure: { peakEquity: 20_000, equity: 17_000, dayBaseline: 17_000 } },
    beyond: { exposure: { peakEquity: 20_000, equity: 16_999.99, dayBaseline: 17_000 } },
    value: 0.15,
    limit: 0.15,
  },
  {
    code: 'maxMarginUse',
    at: { exposure: { marginUsed: 7_500 } },
    beyond: { exposure: { marginUsed: 7_500.01 } },
    value: 0.8,
    limit: 0.8,
  },
  {
    code: 'maxEntriesPerMinute',
    at: { exposure: { entriesLastMinute: 9 } },
    beyond: { exposure: { entriesLastMinute: 10 } },
    value: 10,
    limit: 10,
  },
  {
    code: 'priceCollar',
    at: { draft: { type: 'limit', price: 95 } },
    beyond: { draft: { type: 'limit', price: 94.99 } },
    value: 0.05,
    limit: 0.05,
  },
  {
    code: 'maxChase',
    at: { exposure: { signalPrice: 80, maxChase: 0.25 } },
    beyond: { exposure: { signalPrice: 79.99, maxChase: 0.25 } },
    value: 0.25,
    limit: 0.25,
  },
  {
    code: 'staleData',
    at: { exposure: { lastDataTime: 1_699_999_990_000 } },
    beyond: { exposure: { lastDataTime: 1_699_999_989_999 } },
    value: 10_000,
    limit: 10_000,
  },
  {
    code: 'maxDirectionalShare',
    at: {
      exposure: { openPositions: 2, longNotional: 500, shortNotional: 500 },
      limits: { maxDirectionalShare: 0.75 },
    },
    beyond: {
      exposure: { openPositions: 2, longNotional: 500.01, shortNotional: 500 },
      limits: { maxDirectionalShare: 0.75 },
    },
    value: 0.75,
    limit: 0.75,
  },
  {
    code: 'maxStrategyAllocation',
    at: { exposure: { strategyMargin: 1_500 }, limits: { maxStrategyAllocation: 0.2 } },
    beyond: { exposure: { strategyMargin: 1_500.01 }, limits: { maxStrategyAllocation: 0.2 } },
    value: 0.2,
    limit: 0.2,
  },
  {
    code: 'crossedQuote',
    at: { exposure: { spread: 1e-9 } },
    beyond: { exposure: { spread: 0 } },
    value: 1e-9,
    limit: 1e-9,
  },
  {
    code: 'tradingState',
    at: { exposure: { tradingState: 'active' } },
    beyond: { exposure: { tradingState: 'reducing' } },
    value: 0,
    limit: 0,
  },
  {
    // 5 USDT at the stop of 90 are 0.0555… base, 0.1 on the grid of 0.1
    code: 'belowMinimum',
    at: { draft: { quantity: 0.1 } },
    beyond: { draft: { quantity: 0.1 }, instrument: { minNotional: 9.01 } },
    value: 0.1,
    limit: 0.1,
  },
  {
    // no fee and no maintenance: liquidation at 50; the stop at 60 keeps 10 of 50
    code: 'liquidationReserve',
    at: {
      stopPrice: 60,
      instrument: {
        takerFeeRate: 0,
        marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0, deduction: 0, maxLeverage: 50 }],
      },
    },
    beyond: {
      stopPrice: 59.99,
      instrument: {
        takerFeeRate: 0,
        marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0, deduction: 0, maxLeverage: 50 }],
      },
    },
    value: 0.2,
    limit: 0.2,
  },
]

test.each(limits)('$code passes at its limit with headroom 0', ({ code, at, value, limit }) => {
  const record = recordOf(code, at)
  expect(record).toEqual({ code, ok: true, value: expect.closeTo(value, 12), limit, headroom: 0 })
  expect(deniedBy(at)).toEqual([])
})

test.each(limits)('$code alone denies one step beyond its limit', ({ code, beyond }) => {
  expect(deniedBy(beyond)).toEqual([code])
  expect(recordOf(code, beyond)!.headroom).toBeLessThan(0)
})

test('every denial code has a case here', () => {
  expect(new Set([...limits.map(({ code }) => code), 'unknownInput'])).toEqual(new Set(denialCodes))
})

test('all checks are recorded, passed ones too, with value, limit and headroom', () => {
  expect(check({ exposure: { marginUsed: 1_500, openPositions: 1 } })).toEqual([
    { code: 'tradingState', ok: true, value: 0, limit: 0, headroom: 0 },
    { code: 'maxDailyLoss', ok: true, value: 0, limit: 0.05, headroom: 0.05 },
    { code: 'maxDrawdown', ok: true, value: 0, limit: 0.15, headroom: 0.15 },
    { code: 'maxOpenPositions', ok: true, value: 2, limit: 3, headroom: 1 },
    { code: 'maxMarginUse', ok: true, value: 0.2, limit: 0.8, headroom: expect.closeTo(0.6, 12) },
    { code: 'maxPositionSize', ok: true, value: 0.05, limit: 0.1, headroom: 0.05 },
    { code: 'maxConcentration', ok: true, value: 0.05, limit: 0.3, headroom: 0.25 },
    { code: 'maxStrategyAllocation', ok: true, value: 0.05, limit: 1, headroom: 0.95 },
    { code: 'maxDirectionalShare', ok: true, value: 1, limit: 1, headroom: 0 },
    { code: 'maxEntriesPerMinute', ok: true, value: 1, limit: 10, headroom: 9 },
    { code: 'staleData', ok: true, value: 0, limit: 10_000, headroom: 10_000 },
    { code: 'priceCollar', ok: true, value: 0, limit: 0.05, headroom: 0.05 },
    { code: 'belowMinimum', ok: true, value: 10, limit: 0.1, headroom: 9.9 },
    { code: 'unknownInput', ok: true, value: 0.1, limit: 0, headroom: 0.1 },
    // liquidation at 50 / 0.989
    {
      code: 'liquidationReserve',
      ok: true,
      value: expect.closeTo(0.79775, 5),
      limit: 0.2,
      headroom: expect.anything(),
    },
  ])
})

test('an entry is denied with every limit it breaks', () => {
  expect(deniedBy({ draft: { quantity: 100 }, exposure: { openPositions: 3, tradingState: 'halted' } })).toEqual([
    'tradingState',
    'maxOpenPositions',
    'maxPositionSize',
    'maxConcentration',
  ])
})

const unknowns: readonly { name: keyof ExposureView; codes: readonly DenialCode[] }[] = [
  {
    name: 'equity',
    codes: [
      'maxDailyLoss',
      'maxDrawdown',
      'maxMarginUse',
      'maxPositionSize',
      'maxConcentration',
      'maxStrategyAllocation',
    ],
  },
  { name: 'peakEquity', codes: ['maxDrawdown'] },
  { name: 'dayBaseline', codes: ['maxDailyLoss'] },
  { name: 'marginUsed', codes: ['maxMarginUse'] },
  { name: 'openPositions', codes: ['maxOpenPositions'] },
  { name: 'instrumentMargin', codes: ['maxConcentration'] },
  { name: 'strategyMargin', codes: ['maxStrategyAllocation'] },
  { name: 'longNotional', codes: ['maxDirectionalShare'] },
  { name: 'shortNotional', codes: ['maxDirectionalShare'] },
  { name: 'entriesLastMinute', codes: ['maxEntriesPerMinute'] },
  { name: 'lastPrice', codes: ['priceCollar'] },
  { name: 'lastDataTime', codes: ['staleData'] },
  { name: 'signalPrice', codes: ['maxChase'] },
]

test.each(unknowns)('an unknown $name denies, with no value invented', ({ name, codes }) => {
  const change: Case = { exposure: { maxChase: 0.5, [name]: Number.NaN } }
  expect(deniedBy(change)).toEqual(codes)
  for (const code of codes) expect(recordOf(code, change)).toMatchObject({ ok: false, value: null, headroom: null })
})

test('no equity at all denies, although a share of a negative number is below every limit', () => {
  expect(deniedBy({ exposure: { equity: -5 } })).toContain('maxPositionSize')
  expect(deniedBy({ exposure: { equity: 0 } })).toContain('maxMarginUse')
})

test('an entry without a known stop, or with one on the winning side, is denied', () => {
  expect(deniedBy({ stopPrice: Number.NaN })).toEqual(['belowMinimum', 'unknownInput', 'liquidationReserve'])
  expect(deniedBy({ stopPrice: 100 })).toEqual(['unknownInput'])
  expect(deniedBy({ draft: { side: 'sell' }, stopPrice: 99 })).toEqual(['unknownInput'])
})

test('an unknown liquidation price denies', () => {
  expect(recordOf('liquidationReserve', { instrument: { marginTiers: [] } })).toMatchObject({ ok: false, value: null })
})

test('a stop beyond the liquidation price is denied', () => {
  // leverage 20: liquidation at 95 / 0.989 = 96.06
  expect(deniedBy({ draft: { leverage: 20, quantity: 10 }, stopPrice: 96 })).toEqual(['liquidationReserve'])
  // short: liquidation at 105 / 1.011 = 103.86
  expect(deniedBy({ draft: { leverage: 20, side: 'sell' }, stopPrice: 104 })).toEqual(['liquidationReserve'])
})

test('leverage so high that the entry is liquidated at once has no reserve', () => {
  const marginTiers = [{ notionalCap: Infinity, maintenanceRate: 0.05, deduction: 0, maxLeverage: 50 }]
  const record = recordOf('liquidationReserve', { draft: { leverage: 50 }, stopPrice: 99, instrument: { marginTiers } })
  expect(record).toMatchObject({ ok: false, value: -1 })
})

test('running away from the signal counts in the direction of the trade only', () => {
  const exposure = { signalPrice: 110, maxChase: 0.05 }
  expect(deniedBy({ exposure })).toEqual([])
  expect(deniedBy({ exposure, draft: { side: 'sell' }, stopPrice: 110 })).toEqual(['maxChase'])
})

test('a strategy without maxChasePct has no chase check', () => {
  expect(recordOf('maxChase', { exposure: { maxChase: null } })).toBeUndefined()
})

test('two positions may point the same way, the third one is counted', () => {
  const exposure = { longNotional: 1_000, shortNotional: 0 }
  const limits = { maxDirectionalShare: 0.7 }
  expect(deniedBy({ exposure: { ...exposure, openPositions: 1 }, limits })).toEqual([])
  expect(deniedBy({ exposure: { ...exposure, openPositions: 2 }, limits })).toEqual(['maxDirectionalShare'])
})

test('an entry on the smaller side is not denied for the larger one', () => {
  const exposure = { openPositions: 2, longNotional: 9_000, shortNotional: 0 }
  const change: Case = { draft: { side: 'sell' }, stopPrice: 110, exposure, limits: { maxDirectionalShare: 0.7 } }
  expect(recordOf('maxDirectionalShare', change)).toMatchObject({ ok: true, value: 0.1 })
})

test('a position that could not be closed at its stop is denied at the entry', () => {
  // 0.5 at 11 is worth 5.5, but 4.5 at the stop
  const draft = { quantity: 0.5, decisionPrice: 11 }
  expect(deniedBy({ draft, stopPrice: 9, exposure: { lastPrice: 11 } })).toEqual(['belowMinimum'])
  expect(recordOf('belowMinimum', { draft, stopPrice: 9 })).toMatchObject({ value: 0.5, limit: 0.6 })
})
