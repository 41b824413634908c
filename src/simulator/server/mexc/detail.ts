import { decimalsOf } from '#model/instrument.ts'
import type { MarketState } from '../types.ts'
import type { Listing } from './listings.ts'
import { mexcRules } from './rules.ts'

/** What stands for no limit at the last tier, in quote units. */
const endless = 1e10
const states: Readonly<Record<MarketState, number>> = { trading: 0, halted: 4, delisted: 3 }

/** A tier as `riskLimitCustom` and `account/risk_limit` tell it; `maxVol` is in quote units (`BY_VALUE`). */
export function riskRows(listing: Listing) {
  const { marginTiers, maxLeverage } = listing.instrument
  const tiers =
    marginTiers.length > 0 ? marginTiers : [{ notionalCap: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage }]
  return tiers.map(({ notionalCap, maintenanceRate, maxLeverage: leverage }, index) => ({
    level: index + 1,
    maxVol: Math.min(notionalCap, endless),
    mmr: maintenanceRate,
    imr: Number((1 / leverage).toPrecision(8)),
    maxLeverage: leverage,
  }))
}

/** One row of `contract/detail`. Its fees are the web's: orders of the API pay the account's. */
export function detailRow(listing: Listing, isClosedToApi: boolean) {
  const { instrument, market } = listing
  const { symbol, base, quote, tickSize, minQuantity, maxLeverage, makerFeeRate, takerFeeRate } = instrument
  const [first, ...more] = riskRows(listing)
  const largest = Number((listing.volUnit * 1e8).toPrecision(12))
  return {
    symbol,
    displayName: `${symbol}永续`,
    displayNameEn: `${symbol} PERPETUAL`,
    positionOpenType: 3,
    baseCoin: base,
    quoteCoin: quote,
    baseCoinName: base,
    quoteCoinName: quote,
    settleCoin: quote,
    contractSize: instrument.contractSize,
    futureType: 1,
    type: 1,
    minLeverage: 1,
    maxLeverage,
    countryConfigContractMaxLeverage: 0,
    priceScale: decimalsOf(tickSize),
    volScale: listing.volScale,
    amountScale: 4,
    priceUnit: tickSize,
    volUnit: listing.volUnit,
    minVol: listing.vol(minQuantity),
    maxVol: largest,
    limitMaxVol: largest,
    bidLimitPriceRate: mexcRules.priceBand,
    askLimitPriceRate: mexcRules.priceBand,
    takerFeeRate,
    makerFeeRate,
    maintenanceMarginRate: first.mmr,
    initialMarginRate: first.imr,
    // derived tiers are not told where the custom ones hold
    riskBaseVol: 0,
    riskIncrVol: 0,
    riskLongShortSwitch: 0,
    riskIncrMmr: 0,
    riskIncrImr: 0,
    riskLevelLimit: more.length + 1,
    riskLimitType: 'BY_VALUE',
    riskLimitMode: 'CUSTOM',
    riskLimitCustom: [first, ...more],
    priceCoefficientVariation: 0.1,
    indexOrigin: ['BINANCE', 'BYBIT', 'MEXC'],
    state: states[market.state],
    isNew: false,
    isHot: false,
    isHidden: false,
    isMaxLeverage: false,
    conceptPlate: [],
    conceptPlateId: [],
    riskLimitSwitch: 0,
    maxNumOrders: [mexcRules.maxOpenOrders, mexcRules.maxConditionalOrders],
    marketOrderMaxLevel: 20,
    marketOrderPriceLimitRate1: mexcRules.priceBand,
    marketOrderPriceLimitRate2: 0.005,
    triggerProtect: 0.1,
    automaticDelivery: 0,
    apiAllowed: !isClosedToApi,
    depthStepList: [1, 10, 100, 1000].map((steps) => String(Number((steps * tickSize).toPrecision(12)))),
    liquidationFeeRate: instrument.liquidationFeeRate,
    feeRateMode: 'NORMAL',
    isZeroFeeRate: makerFeeRate === 0 && takerFeeRate === 0,
    isZeroFeeSymbol: makerFeeRate === 0 && takerFeeRate === 0,
    stopOnlyFair: false,
    preMarket: false,
    openingTime: 0,
    createTime: market.listedAt,
  }
}
