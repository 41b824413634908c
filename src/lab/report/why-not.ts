import type { EngineOutput, GroupName, NearMiss } from '#model/events.ts'
import { UserError } from '#model/failure.ts'
import type { InstrumentId } from '#model/ids.ts'
import { type Activity, activityOf } from '../metrics/activity.ts'
import { timeText } from './format.ts'
import { unitOf } from './report-metrics.ts'
import type { ReportRun } from './report-run.ts'

/** How close one condition came, over every instrument asked about. Margins ≥ 0 = it was met. */
export interface Approach {
  readonly strategy: string
  readonly group: GroupName
  readonly reading: string
  readonly indicator: string
  readonly operator: NearMiss['operator']
  /** Null when it compares with another reading, `against`. */
  readonly threshold: NearMiss['threshold']
  readonly against?: string
  readonly unit: string | null
  readonly bestMargin: number | null
  readonly bestValue: number | null
  readonly bestAt: string | null
  readonly bestOn: InstrumentId | null
  readonly askedMs: number
  readonly metShare: number
  readonly pendingShare: number
  readonly blockedAloneMs: number
  readonly blockedAloneAt: string | null
  /** Of the time it was asked. */
  readonly blockedAloneShare: number
  readonly wouldHave: readonly { readonly threshold: number; readonly times: number }[]
}

/** Why there were few trades, or none. */
export interface WhyNot {
  readonly runId: string
  readonly instrument: InstrumentId | null
  readonly from: string
  readonly to: string
  readonly trades: number
  readonly activity: Activity
  /** Grouped S1, O1, Z1, ZE1, E1 as strategies are; within a group the one that blocked longest first. */
  readonly conditions: readonly Approach[]
  /** The condition that alone stood in the way for the longest time, and the one that did so last. */
  readonly blockedMost: Approach | null
  readonly blockedLast: Approach | null
  /** Instruments by how near S1 came: smallest shortfall of its worst condition first. */
  readonly nearest: readonly {
    readonly instrument: InstrumentId
    readonly strategy: string
    readonly reading: string
    readonly margin: number | null
    readonly signals: number
  }[]
}

const groupOrder: readonly GroupName[] = ['signal', 'cancel', 'entry', 'exit', 'emergency']

/** Nearest misses, skips and denials of a run, of one instrument or over all of them. */
export function buildWhyNot(run: ReportRun, instrument?: string): WhyNot {
  const known = run.spec.instruments.map(({ id }) => id)
  const chosen = instrument === undefined ? null : known.find((id) => id === instrument)
  if (chosen === undefined) {
    throw new UserError({
      code: 'instrumentNotFound',
      message: `The run has no instrument ${instrument}.`,
      where: `run ${run.id}`,
      remedy: `Choose one of ${known.slice(0, 20).join(', ')}${known.length > 20 ? ', …' : ''}.`,
      exit: 'notFound',
    })
  }
  const misses = run.nearMisses.filter((miss) => chosen === null || miss.instrumentId === chosen)
  const facts = run.decisions.filter(
    (fact) => chosen === null || !('instrumentId' in fact) || fact.instrumentId === chosen,
  )
  const conditions = approachesOf(misses, run)
  // Only conditions on the way in explain a missing trade.
  const entering = conditions.filter(
    (entry) => (entry.group === 'signal' || entry.group === 'entry') && entry.blockedAloneMs > 0,
  )
  return {
    runId: run.id,
    instrument: chosen,
    from: timeText(run.spec.from),
    to: timeText(run.spec.to),
    trades: run.roundTrips.filter((trip) => chosen === null || trip.instrumentId === chosen).length,
    activity: activityOf(
      facts,
      run.orders.filter((order) => chosen === null || order.instrumentId === chosen),
    ),
    conditions,
    blockedMost: bestOf(entering, (entry) => entry.blockedAloneMs),
    blockedLast: bestOf(entering, (entry) => (entry.blockedAloneAt === null ? 0 : Date.parse(entry.blockedAloneAt))),
    nearest: nearestOf(misses, facts),
  }
}

/** Near misses merged over instruments: one entry per condition of a strategy. */
export function approachesOf(misses: readonly NearMiss[], run: Pick<ReportRun, 'units'>): readonly Approach[] {
  const groups = Map.groupBy(misses, (miss) =>
    JSON.stringify([miss.strategy, miss.group, miss.reading, miss.operator, goalOf(miss)]),
  )
  return [...groups.values()]
    .map((group) => merge(group, run))
    .sort(
      (a, b) =>
        (a.strategy < b.strategy ? -1 : a.strategy > b.strategy ? 1 : 0) ||
        groupOrder.indexOf(a.group) - groupOrder.indexOf(b.group) ||
        b.blockedAloneMs - a.blockedAloneMs,
    )
}

function merge(group: readonly NearMiss[], run: Pick<ReportRun, 'units'>): Approach {
  const first = group[0]
  const best = bestOf(
    group.filter((miss) => miss.bestMargin !== null),
    (miss) => miss.bestMargin as number,
  )
  const askedMs = group.reduce((sum, miss) => sum + miss.askedMs, 0)
  const weighted = (share: (miss: NearMiss) => number): number =>
    askedMs === 0 ? 0 : group.reduce((sum, miss) => sum + share(miss) * miss.askedMs, 0) / askedMs
  const blockedAloneMs = group.reduce((sum, miss) => sum + miss.blockedAloneMs, 0)
  const blockedAloneAt = group.reduce<number | null>(
    (last, miss) =>
      miss.blockedAloneAt !== null && miss.blockedAloneAt > (last ?? -Infinity) ? miss.blockedAloneAt : last,
    null,
  )
  const wouldHave = new Map<number, number>()
  for (const miss of group)
    for (const { threshold, times } of miss.wouldHave) wouldHave.set(threshold, (wouldHave.get(threshold) ?? 0) + times)
  return {
    strategy: first.strategy,
    group: first.group,
    reading: first.reading,
    indicator: first.indicator,
    operator: first.operator,
    ...goalOf(first),
    unit: unitOf(run, first.indicator) ?? null,
    bestMargin: best?.bestMargin ?? null,
    bestValue: best?.bestValue ?? null,
    bestAt: best?.bestAt === null || best?.bestAt === undefined ? null : timeText(best.bestAt),
    bestOn: best?.instrumentId ?? null,
    askedMs,
    metShare: weighted((miss) => miss.metShare),
    pendingShare: weighted((miss) => miss.pendingShare),
    blockedAloneMs,
    blockedAloneAt: blockedAloneAt === null ? null : timeText(blockedAloneAt),
    blockedAloneShare: askedMs === 0 ? 0 : blockedAloneMs / askedMs,
    // Easiest threshold first.
    wouldHave: [...wouldHave]
      .map(([threshold, times]) => ({ threshold, times }))
      .sort((a, b) => b.times - a.times || a.threshold - b.threshold),
  }
}

/** Runs stored before `against` was recorded have NaN in its place. */
const goalOf = ({ threshold, against }: NearMiss): Pick<Approach, 'threshold' | 'against'> => ({
  threshold: Number.isNaN(threshold) ? null : threshold,
  ...(against === undefined ? {} : { against }),
})

/** Each instrument's hardest signal condition: the one whose best margin is the smallest. */
function nearestOf(misses: readonly NearMiss[], facts: readonly EngineOutput[]): WhyNot['nearest'] {
  const signals = new Map<string, number>()
  for (const fact of facts)
    if (fact.type === 'signalDetected') signals.set(fact.instanceId, (signals.get(fact.instanceId) ?? 0) + 1)
  const groups = Map.groupBy(
    misses.filter((miss) => miss.group === 'signal'),
    (miss) => miss.instanceId,
  )
  const rows = [...groups.values()].map((group) => {
    const hardest = group.reduce((worst, miss) => (shortfall(miss) > shortfall(worst) ? miss : worst))
    return {
      instrument: hardest.instrumentId,
      strategy: hardest.strategy,
      reading: hardest.reading,
      margin: hardest.bestMargin,
      signals: signals.get(hardest.instanceId) ?? 0,
      shortfall: shortfall(hardest),
    }
  })
  return rows
    .sort((a, b) => a.shortfall - b.shortfall || (a.instrument < b.instrument ? -1 : 1))
    .map(({ instrument, strategy, reading, margin, signals: count }) => ({
      instrument,
      strategy,
      reading,
      margin,
      signals: count,
    }))
}

/** Relative to the threshold, so that readings of different units compare; always pending is furthest. */
export function shortfall(miss: Pick<NearMiss, 'threshold' | 'bestMargin' | 'bestValue'>): number {
  if (miss.bestMargin === null) return Infinity
  const goal = typeof miss.threshold === 'object' && miss.threshold !== null ? miss.threshold[0] : miss.threshold
  return -miss.bestMargin / Math.max(Math.abs(goal ?? miss.bestValue ?? 0), 1e-12)
}

function bestOf<T>(items: readonly T[], score: (item: T) => number): T | null {
  let best: T | null = null
  for (const item of items) if (best === null || score(item) > score(best)) best = item
  return best
}
