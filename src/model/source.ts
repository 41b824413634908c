import type { Instrument } from './instrument.ts'
import type { InstrumentId, UnixMs } from './ids.ts'
import type { Feed, MarketBlock } from './market.ts'

/** Recorded market data to replay: a folder of files or a range of the series store. */
export interface MarketSource {
  readonly instruments: readonly Instrument[]
  /** Ascending by `from` within an instrument; never overlapping there. */
  readonly segments: readonly MarketSegment[]
}

/** One uninterrupted stretch of one instrument: a file, or a day of the series store. */
export interface MarketSegment {
  readonly instrumentId: InstrumentId
  /** What it delivers; a strategy that needs more is refused before the run. */
  readonly feeds: readonly Feed[]
  /** First and last event time in it. */
  readonly from: UnixMs
  readonly to: UnixMs
  readonly rows: number
  /** File or day, for messages and fingerprints. */
  readonly label: string
  /** Content hash of the data, for the run's fingerprint. */
  readonly checksum: string
  /** Blocks in time order, bounded in size; may be called again for another pass. */
  read(): AsyncIterable<MarketBlock>
}
