import type { UnixMs } from '#model/ids.ts'
import type { Timers } from '#model/venue.ts'

/** One limit of a venue: at most `capacity` within any `windowMs`, e.g. `{ id: 'weight', capacity: 2400, windowMs: 60_000 }`. */
export interface Limit {
  readonly id: string
  readonly capacity: number
  readonly windowMs: number
}

/** What a request costs, by limit id, e.g. `{ weight: 5 }` or `{ 'order/create': 1 }`. */
export type Weights = Readonly<Record<string, number>>

/** `urgent` is for exits, cancels, stops and what proves them: a reserve belongs to it and it is never refused. */
export type Lane = 'normal' | 'urgent'

export interface WeightBudgetOptions {
  readonly limits: readonly Limit[]
  readonly timers: Timers
  /** Share of each capacity that the normal lane may use; default 0.8. */
  readonly normalShare?: number
}

/** The one place where everything sent to a venue from this address asks first. Share it among all of a venue's doors. */
export interface WeightBudget {
  /**
   * Resolves when the request may go, and books it. Normal requests wait for room under their share, in order. Urgent ones
   * overtake them, use the whole capacity, and beyond it go on at the window's own rate. Nothing goes during a ban.
   * Rejects only when the signal aborts.
   */
  take(weights: Weights, lane: Lane, signal?: AbortSignal): Promise<void>
  /** What the venue says is used in the current window; another program on this address counts too. */
  observe(limitId: string, used: number): void
  /** The venue told us to be silent: nothing goes before `until`. Only ever lengthens. */
  ban(until: UnixMs): void
  /** End of the silence, null when there is none. */
  bannedUntil(): UnixMs | null
  /** Booked within the window that ends now. */
  used(limitId: string): number
}

export function createWeightBudget(_options: WeightBudgetOptions): WeightBudget {
  throw new Error('not built yet')
}
