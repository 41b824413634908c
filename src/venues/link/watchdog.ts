import type { UnixMs } from '#model/ids.ts'
import type { Timers } from '#model/venue.ts'

export interface WatchdogOptions {
  readonly timers: Timers
  /**
   * A stream is silent for longer than its own rate explains. `attempt` counts from 1 while it stays so: resubscribe first,
   * then take a new socket. Called again each time as long a silence has passed.
   */
  readonly onSilent: (key: string, silence: { readonly sinceMs: number; readonly attempt: number }) => void
  /** It speaks again after `onSilent`. */
  readonly onAlive?: (key: string) => void
  /**
   * Asks the venue by another way for the time of its newest event of this stream, null = unknown. A stream that had nothing to say is
   * quiet, not silent: no alarm. With it, thin streams are asked about after 60 s however slow they are.
   */
  readonly newest?: (key: string) => Promise<UnixMs | null>
  /** Default 9 s for a stream that usually speaks, looked at every second: found within 10 s. */
  readonly liquidMs?: number
  /** Default 59 s for one not known yet, or asked about. */
  readonly thinMs?: number
}

/** Finds sockets that live while their data is dead, stream by stream, from each one's own rate. */
export interface Watchdog {
  /** From now on something is expected; watching again starts over. Returns the stream's pulse. */
  watch(key: string): Pulse
  unwatch(key: string): void
  /** Ours of the last beat, null before the first. */
  lastBeat(key: string): UnixMs | null
  close(): void
}

/** For the hot path: no look-up per message. */
export interface Pulse {
  /** Data of the stream arrived; `venueTime` only where `newest` is given. */
  beat(receivedAt: UnixMs, venueTime?: UnixMs): void
}

export function createWatchdog(_options: WatchdogOptions): Watchdog {
  throw new Error('not built yet')
}
