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

export function createBreaker(_options: BreakerOptions): Breaker {
  throw new Error('not built yet')
}
