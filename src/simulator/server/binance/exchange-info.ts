import { maxQuantityOf } from '../checks.ts'
import type { Exchange } from '../exchange.ts'
import type { MarketState } from '../types.ts'
import { plain } from './decimals.ts'
import type { LimitRules } from './limits.ts'
import type { Listing, Listings } from './listings.ts'

const neverDelivered = 4_133_404_800_000

/** `GET /fapi/v1/exchangeInfo`. */
export function futuresInfo(exchange: Exchange, listings: Listings, limits: LimitRules) {
  const all = listings.all()
  return {
    timezone: 'UTC',
    serverTime: exchange.now(),
    futuresType: 'U_MARGINED',
    rateLimits: [
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: limits.weight },
      ...orderLimits(limits),
    ],
    exchangeFilters: [],
    assets: [...new Set(all.map(({ instrument }) => instrument.quote))].map((asset) => ({
      asset,
      marginAvailable: true,
      autoAssetExchange: '-10000',
    })),
    symbols: all.map((listing) => futuresSymbol(exchange, listing)),
  }
}

/** The two order limits, as exchangeInfo and `rateLimit/order` tell them. */
export function orderLimits(limits: LimitRules) {
  return [
    { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: limits.ordersMinute },
    { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: limits.ordersTenSeconds },
  ]
}

export const futuresStatus = (state: MarketState): string =>
  ({ trading: 'TRADING', halted: 'PENDING_TRADING', delisted: 'SETTLING' })[state]
const spotStatus = (state: MarketState): string => ({ trading: 'TRADING', halted: 'HALT', delisted: 'BREAK' })[state]

/** Highest price that is taken, in ticks a round number. */
export const maxPriceOf = (tickSize: number): number => tickSize * 1e9

function futuresSymbol(exchange: Exchange, listing: Listing) {
  const { instrument, market, symbol } = listing
  const { base, quote, tickSize, lotSize, minQuantity, minNotional, liquidationFeeRate } = instrument
  const { priceBand, maxOpenOrders } = exchange.rules
  return {
    symbol,
    pair: symbol,
    contractType: 'PERPETUAL',
    deliveryDate: market.state === 'delisted' ? exchange.now() : neverDelivered,
    onboardDate: market.listedAt,
    status: futuresStatus(market.state),
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    baseAsset: base,
    quoteAsset: quote,
    marginAsset: quote,
    pricePrecision: Math.min(8, listing.priceDecimals + 1),
    quantityPrecision: listing.quantityDecimals,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    underlyingSubType: [],
    settlePlan: 0,
    triggerProtect: '0.0500',
    liquidationFee: liquidationFeeRate.toFixed(6),
    marketTakeBound: priceBand.toFixed(2),
    maxMoveOrderLimit: 10_000,
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: plain(tickSize),
        maxPrice: plain(Math.round(maxPriceOf(tickSize))),
        tickSize: plain(tickSize),
      },
      {
        filterType: 'LOT_SIZE',
        minQty: plain(minQuantity),
        maxQty: plain(maxQuantityOf(instrument)),
        stepSize: plain(lotSize),
      },
      {
        filterType: 'MARKET_LOT_SIZE',
        minQty: plain(minQuantity),
        maxQty: plain(maxQuantityOf(instrument)),
        stepSize: plain(lotSize),
      },
      { filterType: 'MAX_NUM_ORDERS', limit: maxOpenOrders },
      { filterType: 'MIN_NOTIONAL', notional: plain(minNotional) },
      {
        filterType: 'PERCENT_PRICE',
        multiplierUp: (1 + priceBand).toFixed(4),
        multiplierDown: (1 - priceBand).toFixed(4),
        multiplierDecimal: '4',
      },
      { filterType: 'POSITION_RISK_CONTROL', positionControlSide: 'NONE', note: '' },
    ],
    orderTypes: ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET'],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'],
    permissionSets: ['GRID', 'COPY'],
  }
}

/** `GET /api/v3/exchangeInfo` of some markets. */
export function spotInfo(exchange: Exchange, listings: readonly Listing[], limits: LimitRules) {
  return {
    timezone: 'UTC',
    serverTime: exchange.now(),
    rateLimits: [
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: limits.weight },
      { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 300_000 },
    ],
    exchangeFilters: [],
    symbols: listings.map((listing) => spotSymbol(exchange, listing)),
  }
}

function spotSymbol(exchange: Exchange, { instrument, market, symbol }: Listing) {
  const { base, quote, tickSize, lotSize, minQuantity, minNotional } = instrument
  const { priceBand, maxOpenOrders } = exchange.rules
  const up = plain(Number((1 + priceBand).toFixed(4)))
  const down = plain(Number((1 - priceBand).toFixed(4)))
  const lot = {
    minQty: minQuantity.toFixed(8),
    maxQty: maxQuantityOf(instrument).toFixed(8),
    stepSize: lotSize.toFixed(8),
  }
  return {
    symbol,
    status: spotStatus(market.state),
    baseAsset: base,
    baseAssetPrecision: 8,
    quoteAsset: quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET'],
    icebergAllowed: false,
    ocoAllowed: false,
    otoAllowed: false,
    opoAllowed: false,
    quoteOrderQtyMarketAllowed: false,
    allowTrailingStop: false,
    cancelReplaceAllowed: false,
    amendAllowed: false,
    pegInstructionsAllowed: false,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: tickSize.toFixed(8),
        maxPrice: maxPriceOf(tickSize).toFixed(8),
        tickSize: tickSize.toFixed(8),
      },
      { filterType: 'LOT_SIZE', ...lot },
      { filterType: 'ICEBERG_PARTS', limit: 10 },
      { filterType: 'MARKET_LOT_SIZE', ...lot, minQty: '0.00000000' },
      {
        filterType: 'PERCENT_PRICE_BY_SIDE',
        bidMultiplierUp: up,
        bidMultiplierDown: down,
        askMultiplierUp: up,
        askMultiplierDown: down,
        avgPriceMins: 5,
      },
      {
        filterType: 'NOTIONAL',
        minNotional: minNotional.toFixed(8),
        applyMinToMarket: true,
        maxNotional: '9000000.00000000',
        applyMaxToMarket: false,
        avgPriceMins: 5,
      },
      { filterType: 'MAX_NUM_ORDERS', maxNumOrders: maxOpenOrders },
      { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: 5 },
    ],
    permissions: [],
    permissionSets: [['SPOT']],
    defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
    allowedSelfTradePreventionModes: ['EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'],
  }
}
