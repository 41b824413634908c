import { type MarketView, minCoverage, pending } from '#model/indicator.ts'

/** Milliseconds back from an instant, `fromMs > toMs ≥ 0`. Trades count in `(t − fromMs, t − toMs]`. */
export interface Window {
  readonly fromMs: number
  readonly toMs: number
}

/** Milliseconds of continuous data after which a window counts. */
export const readyAfter = ({ fromMs, toMs }: Window): number => toMs + (fromMs - toMs) * minCoverage

/** Why nothing can be said at `time` although data is expected: none came yet, or not enough. */
export const waitingReason = (time: number, since: number): number =>
  time >= since ? pending.warmingUp : pending.noTrades

/** Marks the instants with less than `readyAfterMs` of continuous data as pending; returns the first one after them. */
export function skipUncovered(
  market: MarketView,
  readyAfterMs: number,
  from: number,
  to: number,
  values: Float64Array,
  reasons: Uint8Array,
): number {
  const { time } = market.timeline
  const since = market.coveredSince()
  let at = from
  while (at < to && !(time[at] - readyAfterMs >= since)) {
    values[at] = Number.NaN
    reasons[at] = waitingReason(time[at], since)
    at++
  }
  return at
}
