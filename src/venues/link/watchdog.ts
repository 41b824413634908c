import type { UnixMs } from '#model/ids.ts'
import type { Timers } from '#model/venue.ts'

export interface WatchdogOptions {
  readonly timers: Timers
  /**
   * A stream is silent for longer than its own rate explains. `attempt` counts from 1 while it stays so: resubscribe first,
   * then take a new socket. Called again after as long a silence, later after ever longer ones.
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
  /** Default 59 s for one whose rate is not known yet, or which is asked about. */
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

/**
 * What is usual is the longest pause a stream made lately, forgotten with a half-life of half an hour: a burst does not make a quiet
 * minute suspicious. An alarm comes after three times that, at least `liquidMs`.
 */
export function createWatchdog(options: WatchdogOptions): Watchdog {
  const { timers, onSilent, onAlive, newest, liquidMs = 9_000, thinMs = 59_000 } = options
  const streams = new Map<string, Stream>()
  let stop: (() => void) | undefined

  const limitOf = ({ longest, beats, firstBeat, lastBeat }: Stream): number => {
    const known = longest !== null && beats >= knownBeats && (lastBeat ?? 0) - (firstBeat ?? 0) >= knownMs
    if (!known) return thinMs
    const usual = Math.max(liquidMs, longest * 3)
    return newest === undefined ? usual : Math.min(usual, thinMs)
  }

  const alarm = (stream: Stream, now: UnixMs): void => {
    stream.attempt += 1
    stream.checkFrom = now
    onSilent(stream.key, { sinceMs: now - stream.expectedFrom, attempt: stream.attempt })
  }

  const check = (stream: Stream, now: UnixMs): void => {
    if (now - stream.checkFrom < limitOf(stream) * 2 ** Math.min(10, Math.max(0, stream.attempt - 2))) return
    if (newest === undefined || stream.asking) {
      if (!stream.asking) alarm(stream, now)
      return
    }
    stream.asking = true
    const beatsBefore = stream.beats
    const finish = (venueTime: UnixMs | null | undefined): void => {
      stream.asking = false
      if (streams.get(stream.key) !== stream || stream.beats !== beatsBefore) return
      const quiet = typeof venueTime === 'number' && stream.venueTime !== null && venueTime <= stream.venueTime
      if (quiet) stream.checkFrom = timers.now()
      else alarm(stream, timers.now())
    }
    newest(stream.key).then(finish, () => finish(undefined))
  }

  let lastTick = timers.now()

  const tick = (): void => {
    const now = timers.now()
    // The process slept or the clock was set: what arrived meanwhile is still to be read.
    const slept = Math.abs(now - lastTick - lookEveryMs) > sleptMs
    lastTick = now
    for (const stream of streams.values()) {
      if (slept) stream.checkFrom = now
      else check(stream, now)
    }
    stop = timers.after(lookEveryMs, tick)
  }
  stop = timers.after(lookEveryMs, tick)

  return {
    watch(key) {
      const now = timers.now()
      const stream: Stream = {
        key,
        expectedFrom: now,
        checkFrom: now,
        firstBeat: null,
        lastBeat: null,
        venueTime: null,
        beats: 0,
        longest: null,
        attempt: 0,
        asking: false,
      }
      streams.set(key, stream)
      return { beat: (receivedAt, venueTime) => beat(stream, receivedAt, venueTime) }
    },
    unwatch: (key) => void streams.delete(key),
    lastBeat: (key) => streams.get(key)?.lastBeat ?? null,
    close: () => stop?.(),
  }

  function beat(stream: Stream, receivedAt: UnixMs, venueTime: UnixMs | undefined): void {
    // The pause before the first beat says nothing. One that raised an alarm is not usual, unless nothing we tried ended it.
    if (stream.lastBeat !== null && (stream.attempt === 0 || stream.attempt >= inVain)) {
      const gap = Math.max(0, receivedAt - stream.lastBeat)
      const faded = (stream.longest ?? 0) * 2 ** (-gap / forgetMs)
      stream.longest = Math.max(gap, faded)
    }
    stream.beats += 1
    stream.firstBeat ??= receivedAt
    stream.lastBeat = receivedAt
    stream.expectedFrom = receivedAt
    stream.checkFrom = receivedAt
    if (venueTime !== undefined && venueTime > (stream.venueTime ?? 0)) stream.venueTime = venueTime
    if (stream.attempt === 0) return
    stream.attempt = 0
    onAlive?.(stream.key)
  }
}

const lookEveryMs = 1_000
const forgetMs = 1_800_000
/** Subscribed again, then on a new socket, and still silent: it had nothing to say. */
const inVain = 3
const sleptMs = 4_000
/** Its rate is known after so many beats over so long. */
const knownBeats = 10
const knownMs = 30_000

interface Stream {
  readonly key: string
  firstBeat: UnixMs | null
  lastBeat: UnixMs | null
  /** Silent since. */
  expectedFrom: UnixMs
  /** The present wait began: the last beat, alarm or proof of quiet. */
  checkFrom: UnixMs
  /** Newest of the venue's own times that arrived. */
  venueTime: UnixMs | null
  beats: number
  longest: number | null
  attempt: number
  asking: boolean
}
