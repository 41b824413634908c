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
  /** Measures now and then every `refreshMs`; a failure throws nothing and is tried again after a tenth of it. */
  start(): Promise<void>
  close(): void
}

/** Cristian's algorithm: the shortest of several round trips bounds the error best. */
export function createClockSync({ timers, sample, samples = 5, refreshMs = 300_000 }: ClockSyncOptions): ClockSync {
  let offsetMs = 0
  let uncertaintyMs = Infinity
  let running: Promise<void> | null = null
  let stop: (() => void) | undefined
  let closed = false

  const measure = async (): Promise<void> => {
    let best: { readonly roundTripMs: number; readonly offsetMs: number } | undefined
    let failure: unknown
    for (let count = 0; count < samples; count++) {
      try {
        const { sentAt, receivedAt, venueTime } = await sample()
        const roundTripMs = receivedAt - sentAt
        // Negative: our clock was set back meanwhile.
        if (roundTripMs < 0 || (best !== undefined && roundTripMs >= best.roundTripMs)) continue
        best = { roundTripMs, offsetMs: venueTime - (sentAt + receivedAt) / 2 }
      } catch (error) {
        failure = error
        if (best === undefined) break
      }
    }
    if (best === undefined) throw failure ?? new Error('the clock jumped during every question')
    offsetMs = Math.round(best.offsetMs)
    uncertaintyMs = best.roundTripMs / 2
  }

  const sync = (): Promise<void> => {
    running ??= measure().finally(() => {
      running = null
    })
    return running
  }

  const refresh = async (): Promise<void> => {
    const succeeded = await sync().then(
      () => true,
      () => false,
    )
    if (!closed) stop = timers.after(succeeded ? refreshMs : refreshMs / 10, () => void refresh())
  }

  return {
    get offsetMs() {
      return offsetMs
    },
    get uncertaintyMs() {
      return uncertaintyMs
    },
    now: () => timers.now() + offsetMs,
    sync,
    start: refresh,
    close() {
      closed = true
      stop?.()
    },
  }
}
