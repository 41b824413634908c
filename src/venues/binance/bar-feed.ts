import type { UnixMs } from '#model/ids.ts'
import type { MarketEvent } from '#model/market.ts'
import type { Timers } from '#model/venue.ts'
import { barPages } from './history.ts'
import type { Contract } from './instruments.ts'
import { toBar } from './market-mapper.ts'
import type { MarketApi } from './market-api.ts'
import type { KlinePush } from './wire/frames.ts'

export interface BarFeedOptions {
  readonly contract: () => Contract
  readonly api: MarketApi
  readonly timers: Timers
  /** The venue's time. */
  readonly now: () => UnixMs
  readonly emit: (event: MarketEvent, receivedAt: UnixMs) => void
}

const minuteMs = 60_000

/** Bars of a minute as they close; a push of a later bar shows that closes were missed, and those are read. */
export function createBarFeed({ contract, api, timers, now, emit }: BarFeedOptions) {
  /** Open of the oldest bar not told yet. */
  let next: UnixMs | null = null
  let reading = false
  let stop: (() => void) | undefined
  let closed = false

  const read = async (to: UnixMs): Promise<void> => {
    reading = true
    try {
      for await (const bars of barPages(api, contract(), { from: next ?? to, to, intervalMs: minuteMs }, now))
        for (const bar of bars) {
          if (closed) return
          // its close may have been pushed meanwhile
          if (bar.time > (next ?? 0)) emit(bar, timers.now())
          next = Math.max(next ?? 0, bar.time)
        }
    } catch {
      // the venue did not answer: the next push or the pause below asks again
    } finally {
      reading = false
    }
    if (!closed && next !== null && next < to) stop = timers.after(2_000, () => void (reading || read(to)))
  }

  return {
    onKline(push: KlinePush, receivedAt: UnixMs): void {
      if (push.i !== '1m') return
      next ??= push.t
      if (push.t > next) {
        if (!reading) void read(push.t)
      } else if (push.x && push.t === next && !reading) {
        const { o: open, h: high, l: low, c: close, v: volume, T: closeTime } = push
        next = closeTime + 1
        emit(toBar(contract(), { openTime: push.t, open, high, low, close, volume, closeTime }, minuteMs), receivedAt)
      }
    },
    close(): void {
      closed = true
      stop?.()
    },
  }
}
