import type { Market } from '../types.ts'
import { detailRow } from './detail.ts'
import { pageOf, success } from './envelope.ts'
import type { Fields } from './fields.ts'
import { klineColumns } from './klines.ts'
import { limits } from './limits.ts'
import type { Listing } from './listings.ts'
import { commitRow, cycleOf, dealRow, fundingRow, known, tickerRow } from './market-rows.ts'
import { type Deps, open, type Route } from './routes.ts'
import { delistedContract, parameterError } from './wire-error.ts'

/** How far behind the caches in front of the venue are, in turn: two snapshots may go backwards. */
const cacheAgesMs = [0, 40, 250, 120, 0, 400] as const
const mostLevels = 1_500

/** Everything public under `/api/v1/contract`. */
export function marketRoutes({ exchange, listings, priceBars, isClosedToApi }: Deps): readonly Route[] {
  let snapshots = 0
  const detail = (listing: Listing) => detailRow(listing, isClosedToApi(listing))
  const listed = (symbol: string): Listing => {
    const listing = listings.asked(symbol)
    if (listing.isDelisted) throw delistedContract()
    return listing
  }

  /** Of a delisted contract the book stays empty, with the time it ended. */
  const depth = (listing: Listing, fields: Fields) => {
    const limit = fields.integer('limit') ?? mostLevels
    if (limit < 1) throw parameterError('limit')
    const context = { symbol: listing.symbol, path: 'depth' }
    const fault = exchange.faults.decide('market', context, ['stale-snapshot'])
    const age = fault === null ? cacheAgesMs[snapshots++ % cacheAgesMs.length] : (fault.value ?? 5_000)
    const levels = Math.min(limit, mostLevels)
    const { market, delistedAt } = listing
    const book = age > 0 && delistedAt === null ? market.staleBook(age, levels) : market.book(levels)
    const rows = (side: 'asks' | 'bids') =>
      delistedAt === null ? book[side].map(({ price, size, orders }) => [price, listing.vol(size), orders]) : []
    return {
      cts: null,
      asks: rows('asks'),
      bids: rows('bids'),
      version: book.version,
      timestamp: delistedAt ?? book.time,
    }
  }

  const commits = (market: Market, listing: Listing, limit: number) => {
    const { version } = market.book(1)
    const changes = market.changesAfter(Math.max(0, version - limit)) ?? []
    return changes.map((change) => commitRow(listing, change)).toReversed()
  }

  const details = (fields: Fields) => {
    const symbol = fields.text('symbol')
    return success(symbol === undefined ? listings.listed().map(detail) : detail(listed(symbol)))
  }

  const ticker = (listing: Listing) => {
    const { contractId: _id, ...row } = tickerRow(listing)
    return row
  }

  return [
    open('ping', limits.usual, () => success(exchange.now())),
    open('detail', limits.detail, ({ fields }) => details(fields)),
    open('detail/country', limits.detail, ({ fields }) => details(fields)),
    open('support_currencies', limits.usual, () => {
      return success([...new Set(listings.listed().map(({ instrument }) => instrument.quote))])
    }),
    open('depth/{symbol}', limits.book, ({ fields, path }) => success(depth(listings.asked(path['symbol']), fields))),
    open('depth_commits/{symbol}/{limit}', limits.usual, ({ path }) => {
      const listing = listed(path['symbol'])
      const limit = Number(path['limit'])
      if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) throw parameterError('limit')
      return success(commits(listing.market, listing, limit))
    }),
    open('deals/{symbol}', limits.usual, ({ fields, path }) => {
      const listing = listed(path['symbol'])
      const limit = Math.min(100, fields.integer('limit') ?? 100)
      if (limit < 1) throw parameterError('limit')
      return success(
        listing.market
          .trades(limit)
          .map((trade) => dealRow(listing, trade))
          .toReversed(),
      )
    }),
    open('kline/{symbol}', limits.usual, ({ fields, path }) => {
      const listing = listed(path['symbol'])
      return success(klineColumns(listing, listing.market, fields))
    }),
    ...(['index', 'fair'] as const).map((series) =>
      open(`kline/${series}_price/{symbol}`, limits.usual, ({ fields, path }) => {
        const listing = listed(path['symbol'])
        return success(klineColumns(listing, priceBars.source(listing.id, series), fields))
      }),
    ),
    open('index_price/{symbol}', limits.usual, ({ path }) => {
      const listing = listed(path['symbol'])
      const { index, time } = listing.market.mark()
      return success({ symbol: listing.symbol, indexPrice: known(index), timestamp: time })
    }),
    open('fair_price/{symbol}', limits.usual, ({ path }) => {
      const listing = listed(path['symbol'])
      const { mark, time } = listing.market.mark()
      return success({ symbol: listing.symbol, fairPrice: known(mark), timestamp: time })
    }),
    open('funding_rate', limits.usual, () =>
      success(listings.listed().map((listing) => fundingRow(listing, exchange.now()))),
    ),
    open('funding_rate/history', limits.usual, ({ fields }) => {
      const listing = listed(fields.required('symbol'))
      const { page, size } = fields.page(1_000)
      const rows = listing.market
        .fundings()
        .map(({ rate, time }) => ({
          symbol: listing.symbol,
          fundingRate: rate,
          settleTime: time,
          collectCycle: cycleOf(listing),
        }))
        .toReversed()
      return success(pageOf(rows, page, size))
    }),
    open('funding_rate/{symbol}', limits.usual, ({ path }) =>
      success(fundingRow(listed(path['symbol']), exchange.now())),
    ),
    open('ticker', limits.book, ({ fields }) => {
      const symbol = fields.text('symbol')
      return success(symbol === undefined ? listings.all().map(ticker) : ticker(listed(symbol)))
    }),
  ]
}

/** What a spot client asks before anything else; there are no spot markets here. */
export function spotRoutes({ exchange }: Deps): readonly Route[] {
  const spot = (path: string, answer: () => unknown): Route => ({
    method: 'GET',
    path: `/api/v3/${path}`,
    limit: limits.usual,
    permission: null,
    handle: () => ({ status: 200, body: JSON.stringify(answer()), headers: { 'content-type': 'application/json' } }),
  })
  return [
    spot('ping', () => ({})),
    spot('time', () => ({ serverTime: exchange.now() })),
    spot('exchangeInfo', () => ({
      timezone: 'CST',
      serverTime: exchange.now(),
      rateLimits: [],
      exchangeFilters: [],
      symbols: [],
    })),
    spot('capital/config/getall', () => []),
  ]
}
