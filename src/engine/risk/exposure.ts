import type { UnixMs } from '#model/ids.ts'
import type { TradingState } from '#model/limits.ts'

/** What the engine knows at the moment of a decision, the draft itself not yet counted. NaN = unknown, which denies. */
export interface ExposureView {
  readonly now: UnixMs
  /** Mark-to-market, quote units. */
  readonly equity: number
  readonly peakEquity: number
  /** Equity at the start of the UTC day. */
  readonly dayBaseline: number
  /** Open positions plus resting, uncertain and in-flight entry orders, quote units. */
  readonly marginUsed: number
  /** Positions, plus instances with an entry order live or uncertain. */
  readonly openPositions: number
  /** Part of `marginUsed` in this instrument. */
  readonly instrumentMargin: number
  /** Part of `marginUsed` of this strategy, all its instances. */
  readonly strategyMargin: number
  /** Quote units over all instruments, live entry orders included. */
  readonly longNotional: number
  readonly shortNotional: number
  readonly entriesLastMinute: number
  readonly lastPrice: number
  /** (Ask − bid) ÷ ask of the last quote; null where there are no quotes. */
  readonly spread: number | null
  /** Newest trade or quote of the instrument. */
  readonly lastDataTime: UnixMs
  /** Price when the signal was detected. */
  readonly signalPrice: number
  /** Fraction of the signal price; null = the strategy sets no limit. */
  readonly maxChase: number | null
  readonly tradingState: TradingState
  /** Quote units traded in the last 60 s. */
  readonly lastMinuteQuoteVolume: number
}
