import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { BookUpdate } from '#model/market.ts'
import type { Timers } from '#model/venue.ts'
import type { ChainRule } from './chain-rules.ts'
import type { Level, LocalBook } from './local-book.ts'

/** Changed levels with the versions they cover. Sizes in base units. */
export interface Delta {
  readonly first: number
  readonly last: number
  /** Last version of the delta before, where the venue tells it (Binance futures `pu`). */
  readonly previous?: number
  readonly time: UnixMs
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
}

export interface BookSnapshot {
  readonly version: number
  /** Null where the venue tells none: then our clock stands in. */
  readonly time: UnixMs | null
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
}

export interface BookSyncOptions {
  readonly instrumentId: InstrumentId
  readonly rule: ChainRule
  readonly timers: Timers
  /** The venue's REST snapshot. Any error is tried again with backoff. */
  readonly snapshot: () => Promise<BookSnapshot>
  /** Recent deltas by REST, any order, to bridge a snapshot older than the buffer (MEXC `depth_commits`). */
  readonly commits?: () => Promise<readonly Delta[]>
  /** Shared by all books of a venue: so many snapshots at once. */
  readonly gate: SnapshotGate
  /** Valid book only, in order: a snapshot first, then what changed. */
  readonly onUpdate: (update: BookUpdate, receivedAt: UnixMs) => void
  /** Told at once, before any later update. */
  readonly onState?: (state: BookState, detail: string) => void
  readonly random?: () => number
  /** Deltas kept while there is no snapshot; default 20 000, then the oldest go and the snapshot must be newer. */
  readonly maxBuffered?: number
  /** Levels kept a side in `book`; default 1 000. */
  readonly maxLevels?: number
}

/** `waiting` = no stream; `resyncing` = not valid, a snapshot is on its way; `live` = valid. */
export type BookState = 'waiting' | 'resyncing' | 'live'

/** One book kept whole from deltas and snapshots: wrong is never shown, only absent. */
export interface BookSync {
  readonly state: BookState
  /** Empty unless `live`. */
  readonly book: LocalBook
  readonly stats: BookStats
  /** The stream is subscribed: deltas are buffered from now on and a snapshot is fetched. Again after every reconnect. */
  start(): void
  delta(delta: Delta, receivedAt: UnixMs): void
  /** Not to be trusted any more (a message was lost or did not parse): invalid at once, then made anew. */
  resync(reason: string): void
  /** The stream is gone: invalid at once, until `start`. */
  stop(reason: string): void
}

export interface BookStats {
  readonly applied: number
  /** Older than the book: repeated, or overlap of two sockets. */
  readonly duplicates: number
  /** Breaks in the chain, each found on the first message after it. */
  readonly gaps: number
  readonly resyncs: number
  /** Snapshots fetched that could not be used: older than the buffer, or than what was known. */
  readonly staleSnapshots: number
  readonly crossed: number
}

/** Limits how many snapshots are fetched at once, in the order asked. */
export interface SnapshotGate {
  run<T>(job: () => Promise<T>): Promise<T>
}

export function createSnapshotGate(_concurrency: number): SnapshotGate {
  throw new Error('not built yet')
}
export function createBookSync(_options: BookSyncOptions): BookSync {
  throw new Error('not built yet')
}
