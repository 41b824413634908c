import type { Instrument } from './instrument.ts'
import type { InstrumentId, UnixMs } from './ids.ts'

export type Side = 'buy' | 'sell'
/** Signed direction of a side. */
export const signOf = (side: Side): 1 | -1 => (side === 'buy' ? 1 : -1)

/** A public print on the tape. `side` is the taker's; absent when the source does not say. */
export interface Trade {
  readonly type: 'trade'
  readonly instrumentId: InstrumentId
  readonly time: UnixMs
  readonly price: number
  readonly quantity: number
  readonly side?: Side
  readonly tradeId?: string
}

/** Best bid and ask with their sizes in base units. */
export interface Quote {
  readonly type: 'quote'
  readonly instrumentId: InstrumentId
  readonly time: UnixMs
  readonly bid: number
  readonly ask: number
  readonly bidSize: number
  readonly askSize: number
}

/** Changed levels as `[price, size]`, size 0 = gone. A snapshot replaces the whole book. */
export interface BookUpdate {
  readonly type: 'bookUpdate'
  readonly instrumentId: InstrumentId
  readonly time: UnixMs
  readonly snapshot: boolean
  readonly bids: readonly (readonly [price: number, size: number])[]
  readonly asks: readonly (readonly [price: number, size: number])[]
}

/** A closed OHLCV bar; `time` is its close (exclusive end), so nothing later than `time` is in it. */
export interface Bar {
  readonly type: 'bar'
  readonly instrumentId: InstrumentId
  readonly time: UnixMs
  readonly intervalMs: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  /** Base units. */
  readonly volume: number
}

export interface MarkPrice {
  readonly type: 'markPrice'
  readonly instrumentId: InstrumentId
  readonly time: UnixMs
  readonly price: number
}

/** Paid at `time`: position × mark × rate; longs pay when positive. */
export interface Funding {
  readonly type: 'funding'
  readonly instrumentId: InstrumentId
  readonly time: UnixMs
  readonly rate: number
  readonly markPrice: number
}

export interface InstrumentChanged {
  readonly type: 'instrumentChanged'
  readonly time: UnixMs
  readonly instrument: Instrument
}

/** Data between `from` and `time` is missing: windows refill before they are ready again. */
export interface FeedGap {
  readonly type: 'feedGap'
  readonly instrumentId: InstrumentId
  readonly from: UnixMs
  readonly time: UnixMs
}

/** The stream is silent (or speaks again): no entry is decided on it meanwhile. */
export interface FeedStale {
  readonly type: 'feedStale'
  readonly instrumentId: InstrumentId
  readonly time: UnixMs
  readonly stale: boolean
}

/** The recording ends here: an open position is closed at the last price and marked as such. */
export interface FeedEnded {
  readonly type: 'feedEnded'
  readonly instrumentId: InstrumentId
  readonly time: UnixMs
}

export type MarketEvent =
  | Trade
  | Quote
  | BookUpdate
  | Bar
  | MarkPrice
  | Funding
  | InstrumentChanged
  | FeedGap
  | FeedStale
  | FeedEnded

/** What a source can deliver; a strategy that needs more is refused at start. */
export type Feed = 'trade' | 'side' | 'quote' | 'book' | 'bar' | 'markPrice' | 'funding'

/** Taker side as the tape's columns carry it: 1 buy, −1 sell, 0 unknown. */
export type SideCode = 1 | -1 | 0

/** Trades as columns, ascending by time; all arrays have the same length. */
export interface TradeColumns {
  readonly time: Float64Array
  readonly price: Float64Array
  /** Base units. */
  readonly quantity: Float64Array
  /** `SideCode` of the taker. */
  readonly side: Int8Array
}

export interface QuoteColumns {
  readonly time: Float64Array
  readonly bid: Float64Array
  readonly ask: Float64Array
  readonly bidSize: Float64Array
  readonly askSize: Float64Array
}

/** Bars of one interval as columns; `time` is the close. */
export interface BarColumns {
  readonly intervalMs: number
  readonly time: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

/**
 * A stretch of one instrument's recording. Either trades with optional quotes and depth, or bars.
 * At equal times trades come before quotes and depth, which describe the state after them.
 */
export interface MarketBlock {
  readonly instrumentId: InstrumentId
  readonly trades?: TradeColumns
  readonly quotes?: QuoteColumns
  readonly bars?: BarColumns
  /** Everything rarer, ascending by time: depth, mark prices, funding, gaps, ends. */
  readonly events?: readonly MarketEvent[]
}
