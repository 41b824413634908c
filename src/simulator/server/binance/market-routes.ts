import type { Exchange } from '../exchange.ts'
import type { BookSnapshot } from '../types.ts'
import type { AggTrades } from './agg-trades.ts'
import { futuresInfo } from './exchange-info.ts'
import { klines, klineWeight } from './klines.ts'
import type { LimitRules } from './limits.ts'
import type { Listing, Listings } from './listings.ts'
import type { MarkBars } from './mark-bars.ts'
import { aggTradeRow, dayRow, levelRows, openInterestRow, premiumRow, tradeRow } from './market-rows.ts'
import type { Params } from './params.ts'
import { open, type Routes } from './routes.ts'
import { futuresIds } from './update-ids.ts'
import { notValid, WireError } from './wire-error.ts'

const hour = 3_600_000

/** What market routes read. */
export interface MarketDeps {
  readonly exchange: Exchange
  readonly listings: Listings
  readonly aggTrades: AggTrades
  readonly limits: LimitRules
}

/** Public market data of USDⓈ-M futures. */
export function futuresMarketRoutes(deps: MarketDeps & { readonly markBars: MarkBars }): Routes {
  const { exchange, listings, aggTrades, limits, markBars } = deps
  const oneOrAll = (params: Params, row: (listing: Listing) => unknown): unknown => {
    const one = listings.askedMaybe(params)
    return one === undefined ? listings.all().filter(isTold).map(row) : row(one)
  }
  const depth = open(depthWeight, ({ params }) => {
    const listing = listings.asked(params)
    const limit = params.integer('limit') ?? 500
    if (![5, 10, 20, 50, 100, 500, 1000].includes(limit)) throw new WireError(-4021, 'Invalid depth limit.')
    const { version, time, bids, asks } = bookOf(exchange, listing, limit, '/fapi/v1/depth')
    return {
      lastUpdateId: futuresIds.of(version),
      E: exchange.now(),
      T: time,
      bids: levelRows(listing, bids),
      asks: levelRows(listing, asks),
    }
  })
  return {
    'GET /fapi/v1/ping': open(1, () => ({})),
    'GET /fapi/v1/time': open(1, () => ({ serverTime: exchange.now() })),
    'GET /fapi/v1/exchangeInfo': open(1, () => futuresInfo(exchange, listings, limits)),
    'GET /fapi/v1/depth': depth,
    'GET /fapi/v1/rpiDepth': { ...depth, weight: 20 },
    'GET /fapi/v1/trades': open(5, ({ params }) => {
      const listing = listings.asked(params)
      return listing.market
        .trades(params.limit(500, 1000))
        .map((trade) => tradeRow(listing, trade, { isRPITrade: false }))
    }),
    'GET /fapi/v1/historicalTrades': {
      weight: 20,
      security: 'key',
      handle: ({ params }) => {
        const listing = listings.asked(params)
        const limit = params.limit(100, 500)
        const fromId = params.integer('fromId')
        const trades = listing.market.trades(5_000).filter(({ tradeId }) => Number(tradeId) >= (fromId ?? 0))
        const told = fromId === undefined ? trades.slice(-limit) : trades.slice(0, limit)
        return told.map((trade) => tradeRow(listing, trade, { isRPITrade: false }))
      },
    },
    'GET /fapi/v1/aggTrades': open(20, ({ params }) => {
      const listing = listings.asked(params)
      return askedAggTrades(aggTrades, listing, params).map((trade) =>
        aggTradeRow(listing, trade, { nq: listing.quantity(trade.quantity) }),
      )
    }),
    'GET /fapi/v1/klines': open(klineWeight, ({ params }) => klines(listings.asked(params), params, 1500)),
    'GET /fapi/v1/continuousKlines': open(klineWeight, ({ params }) => {
      if (params.required('contractType') !== 'PERPETUAL') throw notValid('contractType')
      return klines(listings.asked(params, 'pair'), params, 1500)
    }),
    'GET /fapi/v1/markPriceKlines': open(klineWeight, ({ params }) =>
      markBars.klines(listings.asked(params), params, 'mark'),
    ),
    'GET /fapi/v1/indexPriceKlines': open(klineWeight, ({ params }) =>
      markBars.klines(listings.asked(params, 'pair'), params, 'index'),
    ),
    'GET /fapi/v1/premiumIndexKlines': open(klineWeight, ({ params }) =>
      markBars.klines(listings.asked(params), params, 'premium'),
    ),
    'GET /fapi/v1/premiumIndex': open(symbolWeight(1, 10), ({ params }) =>
      oneOrAll(params, (listing) => premiumRow(listing, exchange.now())),
    ),
    'GET /fapi/v1/ticker/24hr': open(symbolWeight(1, 40), ({ params }) => oneOrAll(params, dayRow)),
    'GET /fapi/v1/ticker/price': open(symbolWeight(1, 2), ({ params }) => oneOrAll(params, priceRow)),
    'GET /fapi/v2/ticker/price': open(symbolWeight(1, 2), ({ params }) => oneOrAll(params, priceRow)),
    'GET /fapi/v1/ticker/bookTicker': open(symbolWeight(2, 5), ({ params }) =>
      oneOrAll(params, (listing) => {
        const top = listing.market.top()
        return {
          symbol: listing.symbol,
          bidPrice: listing.price(top?.bid ?? 0),
          bidQty: listing.quantity(top?.bidSize ?? 0),
          askPrice: listing.price(top?.ask ?? 0),
          askQty: listing.quantity(top?.askSize ?? 0),
          time: top?.time ?? exchange.now(),
        }
      }),
    ),
    'GET /fapi/v1/openInterest': open(1, ({ params }) => openInterestRow(listings.asked(params), exchange.now())),
    'GET /futures/data/openInterestHist': open(0, ({ params }) =>
      markBars.openInterest(listings.asked(params), params),
    ),
  }
}

/** The book for a snapshot request; the fault plan may answer with an old one. */
export function bookOf(exchange: Exchange, listing: Listing, limit: number, path: string): BookSnapshot {
  const fault = exchange.faults.decide('market', { action: 'snapshot', symbol: listing.id, path })
  if (fault?.kind === 'stale-snapshot') return listing.market.staleBook(fault.value ?? 5_000, limit)
  return listing.market.book(limit)
}

/** `fromId`, or a time span below an hour, or the newest. */
export function askedAggTrades(aggTrades: AggTrades, listing: Listing, params: Params) {
  const limit = params.limit(500, 1000)
  const fromId = params.integer('fromId')
  const from = params.integer('startTime')
  const to = params.integer('endTime')
  const tape = aggTrades.of(listing.id)
  if (fromId !== undefined) {
    if (from !== undefined || to !== undefined)
      throw new WireError(-1128, 'Combination of optional parameters invalid.')
    return tape.after(fromId - 1).slice(0, limit)
  }
  if (from === undefined && to === undefined) return tape.after(0).slice(-limit)
  if (from !== undefined && to !== undefined && to - from > hour)
    throw new WireError(-1127, 'More than 1 hours between startTime and endTime.')
  const found = tape.after(0).filter(({ time }) => time >= (from ?? 0) && time <= (to ?? Infinity))
  return from === undefined ? found.slice(-limit) : found.slice(0, limit)
}

/** Another weight without a symbol. */
export function symbolWeight(one: number, all: number): (params: Params) => number {
  return (params) => (params.has('symbol') ? one : all)
}

/** A delisted market is only told when asked by name. */
export const isTold = (listing: Listing): boolean => listing.market.state !== 'delisted'

function depthWeight(params: Params): number {
  const limit = params.integer('limit') ?? 500
  if (limit <= 50) return 2
  if (limit <= 100) return 5
  return limit <= 500 ? 10 : 20
}

function priceRow(listing: Listing) {
  const last = listing.market.last()
  return {
    symbol: listing.symbol,
    price: listing.price(last?.price ?? listing.market.mark().mark),
    time: last?.time ?? listing.market.listedAt,
  }
}
