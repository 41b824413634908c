import type { EngineOutput } from '#model/events.ts'
import type { UnixMs } from '#model/ids.ts'
import type { Order, RoundTrip } from '#model/order.ts'
import type { PriceSeries } from '#model/run.ts'
import { meanOf } from './sums.ts'

/** What the engine did besides trading, counted from its decisions. */
export interface Activity {
  readonly signals: number
  /** Signals not taken, with how often each reason applied. */
  readonly skipped: number
  readonly skips: Readonly<Record<string, number>>
  /** Entries the risk room refused, with how often each check failed. */
  readonly denied: number
  readonly denials: Readonly<Record<string, number>>
  /** Setups that ended without a position, by reason. */
  readonly abandoned: number
  readonly abandons: Readonly<Record<string, number>>
  /** Orders that expired unfilled or were refused by the venue. */
  readonly entryTimeouts: number
  readonly exitTimeouts: number
  readonly rejectedOrders: number
  readonly anomalies: number
}

/** Counts over decision facts and orders in their last state, both in any order. */
export function activityOf(decisions: readonly EngineOutput[], orders: readonly Order[]): Activity {
  const skips = new Map<string, number>()
  const denials = new Map<string, number>()
  const abandons = new Map<string, number>()
  const count = {
    signals: 0,
    skipped: 0,
    denied: 0,
    abandoned: 0,
    entryTimeouts: 0,
    exitTimeouts: 0,
    rejected: 0,
    anomalies: 0,
  }
  const entryTimeouts = new Set<string>()
  for (const fact of decisions) {
    if (fact.type === 'signalDetected') count.signals++
    else if (fact.type === 'signalSkipped') {
      count.skipped++
      for (const reason of fact.reasons) bump(skips, reason)
    } else if (fact.type === 'orderDenied') {
      count.denied++
      for (const reason of fact.reasons) bump(denials, reason.code)
    } else if (fact.type === 'entryAbandoned') {
      count.abandoned++
      bump(abandons, fact.code)
      if (fact.code === 'entryTimeout') entryTimeouts.add(fact.signalId)
    } else if (fact.type === 'orderAnomaly') count.anomalies++
  }
  for (const order of orders) {
    if (order.status === 'rejected') count.rejected++
    // An order may expire partly filled; it timed out all the same.
    if (order.status === 'expired' && order.purpose === 'entry') entryTimeouts.add(order.signalId)
    if (order.status === 'expired' && order.purpose === 'exit') count.exitTimeouts++
  }
  return {
    signals: count.signals,
    skipped: count.skipped,
    skips: sorted(skips),
    denied: count.denied,
    denials: sorted(denials),
    abandoned: count.abandoned,
    abandons: sorted(abandons),
    entryTimeouts: entryTimeouts.size,
    exitTimeouts: count.exitTimeouts,
    rejectedOrders: count.rejected,
    anomalies: count.anomalies,
  }
}

export interface Exposure {
  /** Share of the time with at least one position open. */
  readonly share: number | null
  readonly maxOpen: number
}

/** Union of the times positions were open ÷ the range, and the most open at once. */
export function exposureOf(
  trips: readonly RoundTrip[],
  range: { readonly from: UnixMs; readonly to: UnixMs },
): Exposure {
  const edges = trips.flatMap((trip) => [
    { time: Math.max(range.from, trip.openedAt), step: 1 },
    { time: Math.min(range.to, trip.closedAt), step: -1 },
  ])
  // At one time closings come first: an entry at another's exit does not overlap it.
  edges.sort((a, b) => a.time - b.time || a.step - b.step)
  let open = 0
  let maxOpen = 0
  let exposedMs = 0
  let since = range.from
  for (const edge of edges) {
    if (open > 0) exposedMs += edge.time - since
    since = edge.time
    open += edge.step
    maxOpen = Math.max(maxOpen, open)
  }
  const length = range.to - range.from
  return { share: length > 0 ? Math.min(1, exposedMs / length) : null, maxOpen }
}

/** Mean over the instruments of last ÷ first price − 1: what holding them all would have returned. */
export function marketChangeOf(prices: readonly Pick<PriceSeries, 'open' | 'close'>[]): number | null {
  const changes: number[] = []
  for (const { open, close } of prices) {
    const first = open.at(0)
    const last = close.at(-1)
    if (first !== undefined && last !== undefined && first > 0) changes.push(last / first - 1)
  }
  return meanOf(changes)
}

const bump = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)

const sorted = (counts: Map<string, number>): Record<string, number> =>
  Object.fromEntries([...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)))
