import type { UnixMs } from './ids.ts'
import type { Feed } from './market.ts'

/** Unit of an output; thresholds, scales and allowed roles follow from it. */
export type Unit =
  | 'price'
  /** A difference of prices, quote per base: a range or a gap, never a level. */
  | 'priceDistance'
  | 'percent'
  | 'percentPerSecond'
  | 'ratio'
  /** 0–100. */
  | 'score'
  /** −100…100. */
  | 'balance'
  | 'quantity'
  | 'quantityPerSecond'
  | 'notional'
  | 'notionalPerSecond'
  | 'count'
  | 'perMinute'
  | 'seconds'

/** What a named reading is for in a strategy. */
export type Role = 'general' | 'risk' | 'price' | 'stopLoss' | 'takeProfit' | 'closeOrder'

/** Roles an output of this unit may play. */
export function rolesOf(unit: Unit): readonly Role[] {
  if (unit === 'price') return ['general', 'price', 'stopLoss', 'takeProfit', 'closeOrder']
  return unit === 'score' ? ['general', 'risk'] : ['general']
}

/** Why a reading has no value; index 0 means it has one. */
export const pendingReasons = [
  'ready',
  'warmingUp',
  'noTrades',
  'noQuotes',
  'noBook',
  'noBars',
  'noBaseline',
  'noPosition',
  'noSignal',
  'undefined',
  'failed',
  'switchedOff',
] as const
export type PendingReason = (typeof pendingReasons)[number]
/** Index into `pendingReasons`. */
export const pending = Object.fromEntries(pendingReasons.map((reason, index) => [reason, index])) as Record<
  PendingReason,
  number
>

export interface ParameterSpec {
  readonly name: string
  readonly description: string
  /** `ms` for durations, `bars`, `percent`, `levels`, `ratio`, `percentPerSecond`, … */
  readonly unit: string
  readonly type: 'number' | 'integer' | 'choice'
  readonly default: number | string
  readonly min?: number
  readonly max?: number
  readonly choices?: readonly string[]
}

export type Parameters = Readonly<Record<string, number | string>>

/** What a reading is made of: market feeds, or what the strategy knows of itself. */
export type IndicatorInput = Feed | 'position' | 'signal'

/**
 * One entry of the catalog. `create` is called once per (parameters × instrument) and returns the columns' kernel;
 * everything it needs is taken from `market` there, never per tick.
 */
export interface IndicatorDefinition {
  /** camelCase, unique, stable: strategies name it. */
  readonly id: string
  readonly title: string
  /** One or two sentences in the trader's words. */
  readonly description: string
  /** Plain text, with the names of the parameters. */
  readonly formula: string
  readonly source: string
  readonly inputs: readonly IndicatorInput[]
  /** Where they depend on the parameters; `inputs` is then what the defaults need. */
  readonly inputsOf?: (parameters: Parameters) => readonly IndicatorInput[]
  readonly parameters: readonly ParameterSpec[]
  readonly unit: Unit
  /** Inclusive bounds of the output; thresholds outside are refused. */
  readonly range: readonly [number, number]
  /** Furthest look-back in event time: the warm-up, and what the tape must keep. */
  readonly lookbackMs: (parameters: Parameters) => number
  /** A rule between parameters that ranges cannot say; returns the sentence that refuses them. */
  readonly refuse?: (parameters: Parameters) => string | undefined
  readonly create: (market: MarketView, parameters: Parameters) => IndicatorKernel
}

/**
 * Computes a stretch of instants. `kind: 'column'` depends on the market alone and fills a column;
 * `kind: 'state'` also depends on the strategy's own position or signal and is asked one instant at a time.
 */
export type IndicatorKernel = ColumnKernel | StateKernel

export interface ColumnKernel {
  readonly kind: 'column'
  /**
   * Fills `values[from…to)` for the timeline's instants in this order, never skipping one and never twice.
   * NaN = pending, with the reason written to `reasons` at the same index (only then).
   */
  readonly fill: (from: number, to: number, values: Float64Array, reasons: Uint8Array) => void
  /** Only for kernels with memory of their own: plain data, and back. */
  readonly snapshot?: () => unknown
  readonly restore?: (state: unknown) => void
}

export interface StateKernel {
  readonly kind: 'state'
  /** NaN = pending, with the reason in `reasons[at]`. */
  readonly read: (at: number, state: StrategyView, reasons: Uint8Array) => number
}

/** What a strategy instance knows about itself; fields are NaN when there is no signal or no position. */
export interface StrategyView {
  readonly signalTime: number
  readonly signalPrice: number
  /** Price before the setup: last reference price, NaN when there is none. */
  readonly baselinePrice: number
  /** Highest and lowest trade since the signal. */
  readonly peakPrice: number
  readonly troughPrice: number
  /** Base units, signed; 0 when flat. */
  readonly quantity: number
  readonly entryPrice: number
  readonly leverage: number
  readonly openedAt: number
  /** Fees paid and expected to be paid at exit, as a fraction of entry notional. */
  readonly feeFraction: number
}

/**
 * The instants of one instrument at which readings are taken: each trade, quote, bar, and each point of the timer grid in between.
 * Index 0 repeats the last instant of the stretch before, so that `i − 1` always exists.
 */
export interface Timeline {
  /** Number of instants, index 0 included. */
  readonly length: number
  readonly time: Float64Array
  /** Trade rows seen at the instant: rows `[tape.start, trades[i])` are known. */
  readonly trades: Int32Array
  readonly quotes: Int32Array
  /** Rows of the book tape seen. */
  readonly books: Int32Array
}

/**
 * Trades seen and about to be seen; row numbers are absolute (they never change when old rows are dropped), and the physical
 * index is `row − offset`. Kernels must not look at or past `timeline.trades[i]` for instant `i`.
 */
export interface TradeTape {
  /** Absolute row number of physical index 0. */
  readonly offset: number
  /** First absolute row still kept. */
  readonly start: number
  /** One past the last absolute row loaded. */
  readonly end: number
  readonly time: Float64Array
  readonly price: Float64Array
  readonly quantity: Float64Array
  readonly side: Int8Array
  /**
   * Running sums *before* the row, so that `sum[b] − sum[a]` covers rows `[a, b)`; valid up to `end` inclusive.
   * `quote` = Σ price·quantity, `base` = Σ quantity, `buyQuote` / `sellQuote` = Σ price·quantity of taker buys / sells.
   */
  readonly quote: Float64Array
  readonly base: Float64Array
  readonly buyQuote: Float64Array
  readonly sellQuote: Float64Array
}

/** Best bid and ask, rows and running row numbers as in `TradeTape`. */
export interface QuoteTape {
  readonly offset: number
  readonly start: number
  readonly end: number
  readonly time: Float64Array
  readonly bid: Float64Array
  readonly ask: Float64Array
  readonly bidSize: Float64Array
  readonly askSize: Float64Array
}

/** Book depth measured after each update: sizes and values within the declared depth on both sides. */
export interface BookTape {
  readonly offset: number
  readonly start: number
  readonly end: number
  readonly time: Float64Array
  /** Base units. */
  readonly bidSize: Float64Array
  readonly askSize: Float64Array
  /** Σ price·size, quote units. */
  readonly bidValue: Float64Array
  readonly askValue: Float64Array
}

/** How deep a book measure looks: the best N levels, or all within a distance of the mid. */
export type DepthSpec = { readonly levels: number } | { readonly withinPercent: number }

/** Closed bars of one interval, built from trades (or delivered by a bar-only source); `close[count − 1]` is the newest. */
export interface BarTape {
  readonly intervalMs: number
  readonly offset: number
  readonly start: number
  readonly end: number
  /** Close time of the bar: its end, exclusive. */
  readonly time: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** Base units. */
  readonly volume: Float64Array
  /** Quote units. */
  readonly quoteVolume: Float64Array
}

/** A value per instant of the current stretch, computed on demand and shared by all who ask for the same one. */
export interface Column {
  /** Makes `values[1 … timeline.length)` valid for the current stretch; cheap when it already is. */
  readonly ensure: () => void
  readonly values: Float64Array
}

/** A row number per instant of the current stretch; a tape counts up to 2³¹ − 1 rows. */
export interface RowColumn {
  readonly ensure: () => void
  readonly values: Int32Array
}

/**
 * One instrument's market as indicators see it. Columns are asked for in `create` and kept; the arrays behind tapes and columns
 * may be replaced when they grow, so kernels read `tape.price` (not a copy of the reference) at the start of each `fill`.
 */
export interface MarketView {
  readonly timeline: Timeline
  readonly trades: TradeTape
  readonly quotes: QuoteTape
  /** Book depth by spec; asking declares the need. */
  readonly book: (depth: DepthSpec) => BookTape
  /** Closed bars by interval; `seen.values[i]` is the absolute end row of bars closed at instant `i`. */
  readonly bars: (intervalMs: number) => { readonly tape: BarTape; readonly seen: RowColumn }
  /** Absolute trade row number: rows below it have `time ≤ instant − offsetMs`. `tradeEdge(0)` is `timeline.trades`. */
  readonly tradeEdge: (offsetMs: number) => RowColumn
  /** The same over quotes and book tapes. */
  readonly quoteEdge: (offsetMs: number) => RowColumn
  readonly bookEdge: (depth: DepthSpec, offsetMs: number) => RowColumn
  /**
   * ∫ (price − origin) dt in price·ms up to `instant − offsetMs`, the last trade price before held as a step; NaN before the first trade.
   * `(integral(t2) − integral(t1)) / (t1 − t2) + origin()` is the time-weighted price over `(t1, t2)` back from the instant.
   */
  readonly priceIntegral: (offsetMs: number) => Column
  readonly priceOrigin: () => number
  /** Start of continuous data: first trade, or the end of the last gap; NaN before any. Coverage of a window is counted from here. */
  readonly coveredSince: () => UnixMs
  /** Time-weighted price over `(fromMs, toMs)` back, shared; NaN while covered by less than `minCoverage`. */
  readonly twpa: (fromMs: number, toMs: number) => Column
}

/** Share of a window that data must cover before its value counts. */
export const minCoverage = 0.8
