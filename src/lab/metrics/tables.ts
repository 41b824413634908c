import type { Money } from '#model/money.ts'
import type { RoundTrip } from '#model/order.ts'
import { totalCost } from './costs.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { ratioOf, sumOf } from './sums.ts'

/** One line of a table by instrument, strategy, tag or exit reason. */
export interface GroupRow {
  readonly key: string
  readonly outcome: Outcome
  readonly costs: Money
  /** Net profit ÷ starting capital. */
  readonly shareOfCapital: number | null
}

/** Rows by key, best net profit first, ties by key. A round trip counts once under each of its keys. */
export function groupRows(
  trips: readonly RoundTrip[],
  keysOf: (trip: RoundTrip) => readonly string[],
  startingCapital: Money,
  /** Listed even without a trade. */
  alwaysKeys: readonly string[] = [],
): readonly GroupRow[] {
  const groups = new Map<string, RoundTrip[]>(alwaysKeys.map((key) => [key, []]))
  for (const trip of trips) {
    for (const key of new Set(keysOf(trip))) {
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [trip])
      else group.push(trip)
    }
  }
  return [...groups.entries()]
    .map(([key, group]) => rowOf(key, group, startingCapital))
    .sort(
      (a, b) => compareMoney(b.outcome.netProfit, a.outcome.netProfit) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
    )
}

/** A row over all the trips given, for the line under a table. */
export function rowOf(key: string, trips: readonly RoundTrip[], startingCapital: Money): GroupRow {
  const outcome = outcomeOf(trips)
  return {
    key,
    outcome,
    costs: sumOf(trips, (trip) => totalCost(trip.costs)),
    shareOfCapital: ratioOf(outcome.netProfit, startingCapital),
  }
}

const compareMoney = (a: Money, b: Money): number => (a < b ? -1 : a > b ? 1 : 0)
