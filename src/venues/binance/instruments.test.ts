import { readFileSync } from 'node:fs'
import { describeShared, sharedPath } from '#test/shared.ts'
import { expect, test } from 'vitest'
import { toFutures, toMarginTiers, toSpot } from './instruments.ts'
import { recordedTexts } from '#test/recorded-binance.ts'
import { exchangeInfo, futuresSymbol, spotSymbol } from './wire/market.ts'

const filters = [
  { filterType: 'PRICE_FILTER', minPrice: '556.80', maxPrice: '4529764', tickSize: '0.10' },
  { filterType: 'LOT_SIZE', minQty: '0.001', maxQty: '1000', stepSize: '0.001' },
  { filterType: 'MARKET_LOT_SIZE', minQty: '0.001', maxQty: '120', stepSize: '0.001' },
  { filterType: 'MIN_NOTIONAL', notional: '50' },
  { filterType: 'POSITION_RISK_CONTROL', positionControlSide: 'NONE', note: 'new' },
]
const listed = (changes: object = {}) =>
  futuresSymbol.parse({
    symbol: 'BTCUSDT',
    contractType: 'PERPETUAL',
    status: 'TRADING',
    baseAsset: 'BTC',
    quoteAsset: 'USDT',
    marginAsset: 'USDT',
    pricePrecision: 2,
    quantityPrecision: 3,
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    liquidationFee: '0.012500',
    filters,
    ...changes,
  })
const brackets = [
  { initialLeverage: 125, notionalCap: 50_000, notionalFloor: 0, maintMarginRatio: 0.004, cum: 0 },
  { initialLeverage: 100, notionalCap: 600_000, notionalFloor: 50_000, maintMarginRatio: 0.005, cum: 50 },
  { initialLeverage: 75, notionalCap: 3_000_000, notionalFloor: 600_000, maintMarginRatio: 0.0065, cum: 950 },
]

test('tick, step, least size and least notional come from the filters, not from the precisions', () => {
  const contract = toFutures(listed(), { brackets, fundingIntervalHours: 4 })
  expect(contract).toEqual({
    instrument: {
      id: 'BTC_USDT',
      venue: 'binance-usdm',
      symbol: 'BTCUSDT',
      kind: 'perpetual',
      base: 'BTC',
      quote: 'USDT',
      tickSize: 0.1,
      lotSize: 0.001,
      minQuantity: 0.001,
      minNotional: 50,
      contractSize: 1,
      maxLeverage: 125,
      makerFeeRate: 0.0002,
      takerFeeRate: 0.0005,
      marginTiers: [
        { notionalCap: 50_000, maintenanceRate: 0.004, deduction: 0, maxLeverage: 125 },
        { notionalCap: 600_000, maintenanceRate: 0.005, deduction: 50, maxLeverage: 100 },
        { notionalCap: Infinity, maintenanceRate: 0.0065, deduction: 950, maxLeverage: 75 },
      ],
      liquidationFeeRate: 0.0125,
      fundingIntervalMs: 14_400_000,
    },
    tradable: true,
    status: 'TRADING',
    maxQuantity: 1_000,
    maxMarketQuantity: 120,
  })
})

test('orders of either type fit the coarser grid', () => {
  const coarse = filters.map((filter) =>
    filter.filterType === 'MARKET_LOT_SIZE' ? { ...filter, stepSize: '0.01', minQty: '0.05' } : filter,
  )
  expect(toFutures(listed({ filters: coarse }))?.instrument).toMatchObject({ lotSize: 0.01, minQuantity: 0.05 })
})

test('without keys one cautious tier stands for the brackets, and funding is every eight hours unless told otherwise', () => {
  const instrument = toFutures(listed())?.instrument
  expect(instrument?.marginTiers).toEqual([
    { notionalCap: Infinity, maintenanceRate: 0.025, deduction: 0, maxLeverage: 20 },
  ])
  expect(instrument?.maxLeverage).toBe(20)
  expect(instrument?.fundingIntervalMs).toBe(28_800_000)
})

test('deliveries, shares and what is settled in another coin are none of ours; one that stands still is not tradable', () => {
  expect(toFutures(listed({ contractType: 'CURRENT_QUARTER' }))).toBeNull()
  expect(toFutures(listed({ contractType: 'TRADIFI_PERPETUAL' }))).toBeNull()
  expect(toFutures(listed({ marginAsset: 'BTC' }))).toBeNull()
  expect(toFutures(listed({ filters: filters.slice(1) }))).toBeNull()
  expect(toFutures(listed({ status: 'SETTLING' }))?.tradable).toBe(false)
})

describeShared('recorded listings', () => {
  test('the tiers of every recorded market are continuous over their borders', () => {
    const tiers = JSON.parse(
      readFileSync(sharedPath('wire-samples/freqtrade/binance_leverage_tiers.subset.json'), 'utf8'),
    ) as Record<string, readonly { readonly info: Record<string, string | number> }[]>
    for (const rows of Object.values(tiers)) {
      const told = toMarginTiers(
        rows.map(({ info }) => ({
          initialLeverage: Number(info['initialLeverage']),
          notionalCap: Number(info['notionalCap']),
          notionalFloor: Number(info['notionalFloor']),
          maintMarginRatio: Number(info['maintMarginRatio']),
          cum: Number(info['cum']),
        })),
      )
      for (let at = 1; at < told.length; at++) {
        const border = told[at - 1].notionalCap
        const below = border * told[at - 1].maintenanceRate - told[at - 1].deduction
        expect(border * told[at].maintenanceRate - told[at].deduction).toBeCloseTo(below, 2)
      }
      expect(told.at(-1)?.notionalCap).toBe(Infinity)
    }
    expect(Object.keys(tiers).length).toBeGreaterThan(3)
  })

  test('every perpetual of 2021 has a grid', () => {
    const texts = recordedTexts('wire-samples/cryptofeed/sample_data', 'BINANCE_FUTURES.0')
    const { symbols } = exchangeInfo.parse(JSON.parse(texts[0]))
    const contracts = symbols.map((row) => toFutures(futuresSymbol.parse(row))).filter((contract) => contract !== null)
    expect(contracts.length).toBeGreaterThan(100)
    for (const { instrument, maxMarketQuantity } of contracts) {
      expect(instrument.tickSize).toBeGreaterThan(0)
      expect(instrument.minQuantity).toBeGreaterThanOrEqual(instrument.lotSize)
      expect(maxMarketQuantity).toBeGreaterThan(instrument.minQuantity)
    }
    expect(new Set(contracts.map(({ instrument }) => instrument.id)).size).toBe(contracts.length)
  })

  test('every pair of the spot listing has a grid, and pays no funding', () => {
    const text = readFileSync(sharedPath('wire-samples/cryptofeed/sample_data/BINANCE.0.trimmed.json'), 'utf8')
    const { symbols } = exchangeInfo.parse(JSON.parse(text))
    const contracts = symbols.map((row) => toSpot(spotSymbol.parse(row)))
    expect(contracts).not.toContain(null)
    expect(contracts[0]?.instrument).toMatchObject({ kind: 'spot', maxLeverage: 1, contractSize: 1 })
    expect(contracts[0]?.instrument.fundingIntervalMs).toBeUndefined()
  })
})
