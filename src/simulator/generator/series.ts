import type { Instrument } from '#model/instrument.ts'
import type { UnixMs } from '#model/ids.ts'
import type { MarketEvent, QuoteColumns, TradeColumns } from '#model/market.ts'
import type { MarketSource } from '#model/source.ts'
import type { MarketLabel } from './labels.ts'
import type { GeneratorOptions, Liquidity } from './options.ts'

/** One generated instrument with its whole tape in memory. */
export interface GeneratedSeries {
  readonly instrument: Instrument
  readonly liquidity: Liquidity
  readonly trades: TradeColumns
  readonly quotes: QuoteColumns
  /** Mark prices and funding, ascending by time. */
  readonly events: readonly MarketEvent[]
}

/** A market source that also knows the truth about itself. */
export interface GeneratedMarket extends MarketSource {
  readonly options: GeneratorOptions
  /** First instant, and the end (exclusive). */
  readonly from: UnixMs
  readonly to: UnixMs
  /** In the order of `instruments`. */
  readonly series: readonly GeneratedSeries[]
  /** Ascending by onset. */
  readonly labels: readonly MarketLabel[]
}
