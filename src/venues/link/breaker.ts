import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel'
import type { Timers } from '#model/venue.ts'
import type { Lane } from './weight-budget.ts'

export interface BreakerOptions {
  readonly timers: Timers
  /** Default 5 failures in a row open it. */
  readonly failures?: number
  /** Default 30 s closed to the normal lane. */
  readonly openMs?: number
  /** Default 3 successes close it again. */
  readonly successes?: number
  /** Which errors speak of a sick venue; a refusal does not. Default: all. */
  readonly isSick?: (error: unknown) => boolean
  readonly onState?: (state: BreakerState) => void
}

export type BreakerState = 'closed' | 'open' | 'halfOpen'

/** Spares a sick venue our polling. Urgent work always passes. */
export interface Breaker {
  readonly state: BreakerState
  /** Runs the job, or throws `BreakerOpen` without running it. */
  run<T>(lane: Lane, job: () => Promise<T>): Promise<T>
}

/** The job was not run. */
export class BreakerOpen extends Error {
  override readonly name = 'BreakerOpen'
}

/** cockatiel decides on the states; how long it stays open is measured with our timers, which tests drive. */
export function createBreaker(options: BreakerOptions): Breaker {
  const { timers, failures = 5, openMs = 30_000, successes = 3, isSick = () => true, onState } = options
  const policy = circuitBreaker(handleWhen(isSick), {
    breaker: new ConsecutiveBreaker(failures),
    halfOpenAfter: { next: () => neverTooSoon },
    halfOpenSampling: { calls: successes, threshold: 0 },
  })
  let resting = false
  policy.onBreak(() => {
    resting = true
    timers.after(openMs, () => {
      resting = false
    })
  })
  policy.onStateChange((state) => onState?.(nameOf(state)))

  return {
    get state() {
      return nameOf(policy.state)
    },
    async run(lane, job) {
      if (lane === 'urgent' && policy.state !== CircuitState.Closed) return job()
      if (resting) throw new BreakerOpen('the venue failed repeatedly and is spared for a while')
      try {
        return await policy.execute(job)
      } catch (error) {
        // Waited for the verdict of the half-open samples, and it opened again.
        if (error instanceof BrokenCircuitError) throw new BreakerOpen('the venue still fails', { cause: error })
        throw error
      }
    },
  }
}

/** cockatiel compares the machine's clock with this duration; the resting time is ours. */
const neverTooSoon: { readonly duration: number; next(): typeof neverTooSoon } = {
  duration: -Infinity,
  next: () => neverTooSoon,
}

function nameOf(state: CircuitState): BreakerState {
  if (state === CircuitState.Closed) return 'closed'
  return state === CircuitState.HalfOpen ? 'halfOpen' : 'open'
}
