import type { Timers } from '#model/venue.ts'

/** Longest delay Node's timers hold; longer ones are chained. */
const longestMs = 2 ** 31 - 1

/** The machine's clock and timers. */
export const systemTimers: Timers = {
  now: () => Date.now(),
  after(delayMs, callback) {
    let timer: NodeJS.Timeout
    const arm = (restMs: number): void => {
      const stepMs = Math.min(Math.max(0, restMs), longestMs)
      timer = setTimeout(() => (restMs > stepMs ? arm(restMs - stepMs) : callback()), stepMs)
    }
    arm(delayMs)
    return () => clearTimeout(timer)
  },
}

/** Resolves after `delayMs`, or at once when the signal aborts. */
export function wait(timers: Timers, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve()
      return
    }
    const done = (): void => {
      stop()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const stop = timers.after(delayMs, done)
    signal?.addEventListener('abort', done, { once: true })
  })
}
