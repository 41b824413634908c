import { toNumber } from '#model/money.ts'
import { product } from '#model/money.ts'
import { spotInfo } from './exchange-info.ts'
import { klines } from './klines.ts'
import type { Listing } from './listings.ts'
import { askedAggTrades, bookOf, isTold, type MarketDeps } from './market-routes.ts'
import { aggTradeRow, dayRow, levelRows, tradeRow } from './market-rows.ts'
import type { Params } from './params.ts'
import { open, type Routes } from './routes.ts'
import { spotIds } from './update-ids.ts'
import { invalidSymbol, notValid, WireError } from './wire-error.ts'

/** Public market data of spot. */
export function spotMarketRoutes({ exchange, listings, aggTrades, limits }: MarketDeps): Routes {
  /** One row for `symbol`, else a list: of `symbols`, else of all. */
  const told = (params: Params, row: (listing: Listing) => unknown): unknown => {
    const one = listings.askedMaybe(params)
    return one === undefined ? chosen(params).map(row) : row(one)
  }
  const chosen = (params: Params): readonly Listing[] => {
    const symbols = params.text('symbols')
    if (symbols === undefined) return listings.all().filter(isTold)
    return symbolList(symbols).map((symbol) => {
      const listing = listings.find(symbol)
      if (listing === undefined) throw invalidSymbol()
      return listing
    })
  }
  const bars = open(2, ({ params }) => klines(listings.asked(params), params, 1000))
  return {
    'GET /api/v3/ping': open(1, () => ({})),
    'GET /api/v3/time': open(1, () => ({ serverTime: exchange.now() })),
    'GET /api/v3/exchangeInfo': open(20, ({ params }) => {
      const one = listings.askedMaybe(params)
      return spotInfo(exchange, one === undefined ? chosen(params) : [one], limits)
    }),
    'GET /api/v3/depth': open(depthWeight, ({ params }) => {
      const listing = listings.asked(params)
      const limit = Math.min(params.limit(100, 1_000_000), 5000)
      const { version, bids, asks } = bookOf(exchange, listing, limit, '/api/v3/depth')
      return { lastUpdateId: spotIds.of(version), bids: levelRows(listing, bids), asks: levelRows(listing, asks) }
    }),
    'GET /api/v3/trades': open(25, ({ params }) => {
      const listing = listings.asked(params)
      return listing.market
        .trades(params.limit(500, 1000))
        .map((trade) => tradeRow(listing, trade, { isBestMatch: true }))
    }),
    'GET /api/v3/historicalTrades': open(25, ({ params }) => {
      const listing = listings.asked(params)
      const limit = params.limit(500, 1000)
      const fromId = params.integer('fromId')
      const trades = listing.market.trades(5_000).filter(({ tradeId }) => Number(tradeId) >= (fromId ?? 0))
      const rows = fromId === undefined ? trades.slice(-limit) : trades.slice(0, limit)
      return rows.map((trade) => tradeRow(listing, trade, { isBestMatch: true }))
    }),
    'GET /api/v3/aggTrades': open(4, ({ params }) => {
      const listing = listings.asked(params)
      return askedAggTrades(aggTrades, listing, params).map((trade) => ({
        ...aggTradeRow(listing, trade, {}),
        M: true,
      }))
    }),
    'GET /api/v3/klines': bars,
    'GET /api/v3/uiKlines': bars,
    'GET /api/v3/avgPrice': open(2, ({ params }) => {
      const listing = listings.asked(params)
      return { mins: 5, price: listing.price(averagePrice(listing, exchange.now())), closeTime: exchange.now() }
    }),
    'GET /api/v3/ticker/24hr': open(dayWeight, ({ params }) => told(params, spotDayRow)),
    'GET /api/v3/ticker/price': open(countWeight(2, 4), ({ params }) =>
      told(params, (listing) => ({
        symbol: listing.symbol,
        price: listing.price(listing.market.last()?.price ?? listing.market.mark().mark),
      })),
    ),
    'GET /api/v3/ticker/bookTicker': open(countWeight(2, 4), ({ params }) => told(params, topRow)),
  }
}

/** Of the last five minutes' prints, else the last price. */
export function averagePrice(listing: Listing, now: number): number {
  let notional = 0
  let quantity = 0
  for (const trade of listing.market.trades(5_000)) {
    if (trade.time < now - 300_000) continue
    notional += toNumber(product(trade.price, trade.quantity))
    quantity += trade.quantity
  }
  return quantity > 0 ? notional / quantity : (listing.market.last()?.price ?? listing.market.mark().mark)
}

function topRow(listing: Listing) {
  const top = listing.market.top()
  return {
    symbol: listing.symbol,
    bidPrice: listing.price(top?.bid ?? 0),
    bidQty: listing.quantity(top?.bidSize ?? 0),
    askPrice: listing.price(top?.ask ?? 0),
    askQty: listing.quantity(top?.askSize ?? 0),
  }
}

function spotDayRow(listing: Listing) {
  const top = topRow(listing)
  const day = dayRow(listing)
  return {
    ...day,
    prevClosePrice: day.openPrice,
    quoteVolume: listing.market.day().notional.toFixed(8),
    bidPrice: top.bidPrice,
    bidQty: top.bidQty,
    askPrice: top.askPrice,
    askQty: top.askQty,
  }
}

function symbolList(text: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(text)
    if (Array.isArray(list) && list.every((symbol) => typeof symbol === 'string')) return list
  } catch {
    throw new WireError(-1100, `Illegal characters found in parameter 'symbols'.`)
  }
  throw notValid('symbols')
}

function depthWeight(params: Params): number {
  const limit = params.integer('limit') ?? 100
  if (limit <= 100) return 5
  if (limit <= 500) return 25
  return limit <= 1000 ? 50 : 250
}

const countWeight =
  (one: number, several: number) =>
  (params: Params): number =>
    params.has('symbol') ? one : several

function dayWeight(params: Params): number {
  if (params.has('symbol')) return 2
  const symbols = params.text('symbols')
  if (symbols === undefined) return 80
  const count = symbolList(symbols).length
  if (count <= 20) return 2
  return count <= 100 ? 40 : 80
}
