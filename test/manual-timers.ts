import type { Timers } from '#model/venue.ts'

/** Time that moves only when told. */
export interface ManualTimers extends Timers {
  /** Runs what is due up to `now + ms`, in order of time, letting promises settle in between. */
  advance(ms: number): Promise<void>
  /** Only the wall clock steps, as when somebody sets it; nothing becomes due. */
  step(ms: number): void
  /** Moments at which something waits, ascending, relative to now. */
  pending(): readonly number[]
}

export function createManualTimers(start = 1_700_000_000_000): ManualTimers {
  const due: { readonly at: number; readonly callback: () => void }[] = []
  let elapsed = 0
  let offset = start
  const settle = async (): Promise<void> => {
    // Enough turns for chains of promises, and one of the event loop for what Node does itself.
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    await new Promise((resolve) => void setImmediate(resolve))
  }
  return {
    now: () => offset + elapsed,
    after(delayMs, callback) {
      const entry = { at: elapsed + Math.max(0, delayMs), callback }
      const next = due.findIndex(({ at }) => at > entry.at)
      due.splice(next < 0 ? due.length : next, 0, entry)
      return () => {
        const index = due.indexOf(entry)
        if (index >= 0) due.splice(index, 1)
      }
    },
    async advance(ms) {
      const end = elapsed + ms
      await settle()
      while (due.length > 0 && due[0].at <= end) {
        const entry = due.shift()!
        elapsed = entry.at
        entry.callback()
        await settle()
      }
      elapsed = end
    },
    step(ms) {
      offset += ms
    },
    pending: () => due.map(({ at }) => at - elapsed),
  }
}
