import type { UnixMs } from '#model/ids.ts'
import type { Timers } from '#model/venue.ts'

/** One question for the venue's time, with our clock right before and after. */
export interface ClockSample {
  readonly sentAt: UnixMs
  readonly receivedAt: UnixMs
  readonly venueTime: UnixMs
}

export interface ClockSyncOptions {
  readonly timers: Timers
  /** Asks the venue once, without waiting in any queue between `sentAt` and the send. */
  readonly sample: () => Promise<ClockSample>
  /** Questions per measurement; default 5. */
  readonly samples?: number
  /** Pause between measurements; default 5 min. */
  readonly refreshMs?: number
}

/** The venue's clock as seen from ours. */
export interface ClockSync {
  /** Venue less ours, from the sample with the shortest round trip (its midpoint); 0 before the first measurement. */
  readonly offsetMs: number
  /** Half of that round trip: the offset is within it. `Infinity` before the first measurement. */
  readonly uncertaintyMs: number
  /** The venue's time now. */
  now(): UnixMs
  /** Measures now; callers at the same time share one measurement. Throws what `sample` throws when no sample came. */
  sync(): Promise<void>
  /** Measures now and then every `refreshMs`; failures are tried again sooner. */
  start(): Promise<void>
  close(): void
}

export function createClockSync(_options: ClockSyncOptions): ClockSync {
  throw new Error('not built yet')
}
