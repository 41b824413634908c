import type { Timers } from '#model/venue.ts'

/** Resolves after that long; rejects with the signal's reason when it aborts before. */
export function pause(timers: Timers, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      stop()
      reject(signal.reason as Error)
    }
    const stop = timers.after(ms, () => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
    signal.addEventListener('abort', abort, { once: true })
  })
}
