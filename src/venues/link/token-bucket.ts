import type { Timers } from '#model/venue.ts'

export interface TokenBucketOptions {
  /** At most so many in any stretch of `perMs` … */
  readonly count: number
  readonly perMs: number
  readonly timers: Timers
}

/** Paces something to `count` per `perMs`: connections of a venue, control frames of a socket. */
export interface TokenBucket {
  /** Resolves when one may go, in the order asked. */
  take(): Promise<void>
  /** Takes one if it may go now. */
  tryTake(): boolean
  /** Wakes and refuses everybody who waits. */
  close(): void
}

/** Never more than `count` within any window of `perMs`, so that it holds however the venue counts. */
export function createTokenBucket({ count, perMs, timers }: TokenBucketOptions): TokenBucket {
  const taken: number[] = []
  const waiting: { readonly go: () => void; readonly refuse: (error: Error) => void }[] = []
  let stop: (() => void) | undefined

  const tryTake = (): boolean => {
    const now = timers.now()
    while (taken.length > 0 && (taken[0] <= now - perMs || taken[0] > now)) taken.shift()
    if (taken.length >= count) return false
    taken.push(now)
    return true
  }

  const pump = (): void => {
    stop?.()
    stop = undefined
    while (waiting.length > 0 && tryTake()) waiting.shift()?.go()
    if (waiting.length > 0) stop = timers.after(Math.max(1, taken[0] + perMs - timers.now()), pump)
  }

  return {
    take: () =>
      new Promise<void>((go, refuse) => {
        waiting.push({ go, refuse })
        pump()
      }),
    tryTake: () => waiting.length === 0 && tryTake(),
    close() {
      stop?.()
      for (const { refuse } of waiting.splice(0)) refuse(new Error('closed'))
    },
  }
}
