import type { UnixMs } from '#model/ids.ts'
import type { MarketEvent } from '#model/market.ts'
import type { Timers } from '#model/venue.ts'
import { barPages } from './history.ts'
import type { Contract } from './instruments.ts'
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

/**
 * Bars of a minute. Pushes carry no closed flag and the last one of a bar may be lost, so a push of the next bar is only the sign to read the
 * bars that are over, which fills every gap as well.
 */
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
          emit(bar, timers.now())
          next = bar.time
        }
    } catch {
      // the venue did not answer: the next push or the pause below asks again
    } finally {
      reading = false
    }
    if (!closed && next !== null && next < to) stop = timers.after(2_000, () => void (reading || read(to)))
  }

  return {
    onKline({ t, interval }: KlinePush): void {
      if (interval !== 'Min1') return
      const open = t * 1_000
      next ??= open
      if (open > next && !reading) void read(open)
    },
    close(): void {
      closed = true
      stop?.()
    },
  }
}
