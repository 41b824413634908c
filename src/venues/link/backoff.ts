export interface BackoffOptions {
  /** Pause before the first repetition, doubled each time. */
  readonly baseMs: number
  readonly maxMs: number
  /** `[0, 1)`; default `Math.random`. */
  readonly random?: () => number
}

/** Growing pauses between attempts. */
export interface Backoff {
  /** The next pause: half of it certain, half of it random, so that many who failed together do not return together. */
  next(): number
  /** After a success: the next pause is the first one again. */
  reset(): void
}

/** Exponential backoff with equal jitter. */
export function createBackoff({ baseMs, maxMs, random = Math.random }: BackoffOptions): Backoff {
  let attempt = 0
  return {
    next() {
      const full = Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 40))
      attempt += 1
      return Math.round(full / 2 + (full / 2) * random())
    },
    reset() {
      attempt = 0
    },
  }
}
