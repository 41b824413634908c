import type { Instrument } from '#model/instrument.ts'
import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { MarketSource } from '#model/source.ts'

export interface FilesOptions {
  /** Globs over instrument ids or symbols; absent or empty = all. */
  readonly instruments?: readonly string[]
  /** What is known better about instruments than files tell, by instrument id. */
  readonly overrides?: Readonly<Record<string, Partial<Omit<Instrument, 'id'>>>>
  /** Decoded columns kept in memory for further passes; beyond it files are parsed again. 256 MB when absent. */
  readonly cacheBytes?: number
  /** Called after each file, with its number counted from 1. */
  readonly onFile?: (path: string, number: number, count: number) => void
  readonly signal?: AbortSignal
}

export interface FilesSource extends MarketSource {
  /** Files inside opened folders that are not market data, and why. */
  readonly skipped: readonly SkippedFile[]
  readonly files: readonly FileReport[]
}

export interface SkippedFile {
  readonly path: string
  readonly reason: string
}

/** What one file turned out to hold. */
export interface FileReport {
  readonly path: string
  readonly instrumentId: InstrumentId
  readonly shape: 'trades' | 'bars' | 'quotes' | 'marks' | 'capture'
  readonly rows: number
  /** Rows equal to the row before them, left out as the downloader's repetition. */
  readonly repeatedRows: number
  /** Breaks in the update ids of depth. */
  readonly bookGaps: number
  readonly from: UnixMs
  readonly to: UnixMs
  readonly checksum: string
}
