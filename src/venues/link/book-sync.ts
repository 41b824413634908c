import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { BookUpdate } from '#model/market.ts'
import type { Timers } from '#model/venue.ts'
import { type Assembled, fetchAssembled } from './assemble-book.ts'
import { createBackoff } from './backoff.ts'
import type { ChainRule } from './chain-rules.ts'
import { createLocalBook, type Level, type LocalBook } from './local-book.ts'
import type { SnapshotGate } from './snapshot-gate.ts'
import { wait } from './timers.ts'

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
  /** The venue's number of what `book` holds; null unless `live`. */
  readonly version: number | null
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

/** The venue's recipe: buffer, snapshot, drop what it covers, then an unbroken chain; any break starts over. */
export function createBookSync(options: BookSyncOptions): BookSync {
  const { instrumentId, rule, timers, onUpdate, onState, maxBuffered = 20_000, maxLevels = 1_000 } = options
  const book = createLocalBook(maxLevels)
  const backoff = createBackoff({ baseMs: 200, maxMs: 10_000, ...(options.random && { random: options.random }) })
  const stats = { applied: 0, duplicates: 0, gaps: 0, resyncs: 0, staleSnapshots: 0, crossed: 0 }
  let state: BookState = 'waiting'
  let buffer: Delta[] = []
  let version = 0
  /** A snapshot that does not reach it is a stale one. */
  let highest = 0
  let lastTime = 0
  /** Since when only old deltas come; the venue may have begun to count anew. */
  let oldSince: UnixMs | null = null
  /** Ends the work on a snapshot that is not wanted any more. */
  let making: AbortController | null = null

  let liveSince = 0
  let stopFirst: (() => void) | undefined

  const become = (next: BookState, detail: string): void => {
    stopFirst?.()
    making?.abort()
    making = null
    state = next
    buffer = []
    oldSince = null
    book.clear()
    onState?.(next, detail)
  }

  const invalidate = (reason: string): void => {
    const calm = state === 'live' && timers.now() - liveSince >= calmMs
    if (calm) backoff.reset()
    become('resyncing', reason)
    stats.resyncs += 1
    void make(calm ? 0 : backoff.next())
  }

  const gap = (delta: Delta): void => {
    stats.gaps += 1
    invalidate(`expected what follows ${version}, got ${delta.first} to ${delta.last}`)
    buffer.push(delta)
  }

  /** Fetches until a snapshot fits what is buffered. */
  const make = async (delayMs: number): Promise<void> => {
    const { signal } = (making = new AbortController())
    await wait(timers, delayMs, signal)
    for (let stale = 0, tooOld = 0; !signal.aborted;) {
      const made = await fetchAssembled(options, buffer, signal)
      if (signal.aborted) return
      if (made === 'tooOld') {
        stats.staleSnapshots += 1
        tooOld += 1
        // a hole, or a number from nowhere, that no snapshot will cover: only what comes from now on counts
        if (tooOld % hopeless === 0) buffer.length = 0
      } else if (made !== 'failed' && isKnownToBeOld(made.version, stale)) stale += 1
      else if (made !== 'failed') {
        publish(made)
        return
      }
      await wait(timers, backoff.next(), signal)
    }
  }

  /** Five in a row that go back behind what we had: then the venue counts anew, not the snapshot is old. */
  const isKnownToBeOld = (reached: number, stale: number): boolean => {
    if (reached >= highest || stale >= 5) return false
    stats.staleSnapshots += 1
    return true
  }

  const publish = (made: Assembled): void => {
    book.reset(made.snapshot.bids, made.snapshot.asks)
    for (const { bids, asks } of made.deltas) book.apply(bids, asks)
    if (book.crossed()) {
      stats.crossed += 1
      become('resyncing', 'the snapshot and what followed give a crossed book')
      void make(backoff.next())
      return
    }
    stats.applied += made.deltas.length
    version = made.version
    highest = version
    state = 'live'
    liveSince = timers.now()
    buffer = []
    onState?.('live', `at ${version}`)
    emit(made.deltas.at(-1)?.time ?? made.snapshot.time ?? timers.now(), true, book.bids(), book.asks(), timers.now())
  }

  const emit = (
    time: UnixMs,
    snapshot: boolean,
    bids: readonly Level[],
    asks: readonly Level[],
    receivedAt: UnixMs,
  ) => {
    lastTime = Math.max(lastTime, time)
    onUpdate({ type: 'bookUpdate', instrumentId, time: lastTime, snapshot, bids, asks }, receivedAt)
  }

  const apply = (delta: Delta, receivedAt: UnixMs): void => {
    if (delta.last <= version) {
      stats.duplicates += 1
      oldSince ??= receivedAt
      if (receivedAt - oldSince < countsAnewMs) return
      highest = 0
      invalidate('only versions older than the book have come for a while')
      buffer.push(delta)
      return
    }
    if (!rule.continues(delta, version)) {
      gap(delta)
      return
    }
    oldSince = null
    version = delta.last
    highest = version
    book.apply(delta.bids, delta.asks)
    if (book.crossed()) {
      stats.crossed += 1
      invalidate('the book is crossed')
      return
    }
    stats.applied += 1
    emit(delta.time, false, delta.bids, delta.asks, receivedAt)
  }

  return {
    get state() {
      return state
    },
    get version() {
      return state === 'live' ? version : null
    },
    book,
    stats,
    start() {
      become('resyncing', 'subscribed')
      // A snapshot from before the first delta is older than it; in a thin market none may come for long.
      stopFirst = timers.after(firstDeltaMs, () => void make(0))
    },
    delta(delta, receivedAt) {
      if (state === 'waiting') return
      if (state === 'live') {
        apply(delta, receivedAt)
        return
      }
      if (making === null) {
        stopFirst?.()
        void make(0)
      }
      buffer.push(delta)
      if (buffer.length > maxBuffered) buffer.splice(0, buffer.length - maxBuffered / 2)
    },
    resync: (reason) => (state === 'waiting' ? undefined : invalidate(reason)),
    stop: (reason) => become('waiting', reason),
  }
}

/** Snapshots in a row that did not fit the buffer. */
const hopeless = 2
const countsAnewMs = 10_000
const firstDeltaMs = 500
/** Live for so long, a break is an accident; sooner, it is a pattern and the next snapshot waits. */
const calmMs = 10_000
