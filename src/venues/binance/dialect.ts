import { type VenueId, venueId } from '#model/ids.ts'
import { type ChainRule, contiguousVersions, previousVersion } from '../link/chain-rules.ts'
import type { Limit } from '../link/weight-budget.ts'

/** What is subscribed for a feed: the venue's stream without the symbol. */
export type Channel = 'aggTrade' | 'depth@100ms' | 'bookTicker' | 'markPrice@1s' | 'kline_1m'
/** Futures streams live on separate addresses, and on a wrong one they are silent for ever. */
export type StreamPath = 'public' | 'market' | 'private'

/** How the two markets of this venue differ: addresses, limits, weights, book rules. */
export interface Dialect {
  readonly venue: VenueId
  readonly hosts: { readonly rest: string; readonly stream: string }
  /** Before every public REST path. */
  readonly root: string
  readonly limits: readonly Limit[]
  readonly weights: {
    readonly exchangeInfo: number
    readonly depth: number
    readonly aggTrades: number
    readonly klines: number
    readonly bookTicker: number
  }
  readonly barsPerPage: number
  /** Aggregate trades are told no longer than this; null = all of them. */
  readonly tradeHistoryMs: number | null
  readonly bookRule: ChainRule
  /** Address of the sockets that carry a stream. */
  readonly streamUrl: (host: string, path: StreamPath) => string
  /** Control frames a second that the venue takes, less what pings need. */
  readonly framesPerSecond: number
}

const minuteMs = 60_000

export const usdm: Dialect = {
  venue: venueId('binance-usdm'),
  hosts: { rest: 'https://fapi.binance.com', stream: 'wss://fstream.binance.com' },
  root: '/fapi/v1',
  limits: [
    { id: 'weight', capacity: 2_400, windowMs: minuteMs },
    { id: 'orders10s', capacity: 300, windowMs: 10_000 },
    { id: 'orders1m', capacity: 1_200, windowMs: minuteMs },
    { id: 'funding', capacity: 500, windowMs: 5 * minuteMs },
  ],
  weights: { exchangeInfo: 1, depth: 10, aggTrades: 20, klines: 10, bookTicker: 2 },
  barsPerPage: 1_500,
  tradeHistoryMs: 48 * 60 * minuteMs,
  bookRule: previousVersion,
  streamUrl: (host, path) => `${host}/${path}/ws`,
  framesPerSecond: 5,
}

export const spot: Dialect = {
  venue: venueId('binance-spot'),
  hosts: { rest: 'https://api.binance.com', stream: 'wss://stream.binance.com:9443' },
  root: '/api/v3',
  limits: [
    { id: 'weight', capacity: 6_000, windowMs: minuteMs },
    { id: 'raw', capacity: 300_000, windowMs: 5 * minuteMs },
  ],
  weights: { exchangeInfo: 20, depth: 25, aggTrades: 4, klines: 2, bookTicker: 2 },
  barsPerPage: 1_000,
  tradeHistoryMs: null,
  bookRule: contiguousVersions,
  streamUrl: (host) => `${host}/ws`,
  framesPerSecond: 3,
}

/** Which address carries a channel of the futures market. */
export const pathOf: Readonly<Record<Channel | '!contractInfo', StreamPath>> = {
  'depth@100ms': 'public',
  bookTicker: 'public',
  aggTrade: 'market',
  'markPrice@1s': 'market',
  kline_1m: 'market',
  '!contractInfo': 'market',
}
