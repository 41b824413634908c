import { formatMoney, type Money, toNumber } from '#model/money.ts'
import type { RoundTrip } from '#model/order.ts'
import type { LookaheadCheck, RunQuality, RunStatus } from '#model/run.ts'
import { type CostName, costNames, totalCost } from '../metrics/costs.ts'
import {
  figuresOf,
  type MetricFigures,
  type MetricNotes,
  notesOf,
  type PeriodFigures,
  periodFigures,
  type RowFigures,
  rowFigures,
} from '../metrics/record.ts'
import { inClosingOrder, netFractionOf } from '../metrics/outcome.ts'
import { timeText } from './format.ts'
import { metricsOf } from './report-metrics.ts'
import type { ReportRun } from './report-run.ts'

/** Named costs as numbers. */
export type CostNumbers = Readonly<Record<CostName, number>>

/**
 * What `--json` prints. Amounts are numbers for scripts; `exact` repeats the sums as decimal text. Rates and shares are
 * fractions, times ISO 8601 with Z, durations milliseconds; null = undefined (see `domain.md` §4.4), never 0.
 */
export interface JsonReport {
  readonly run: string
  readonly fingerprint: string
  readonly outputHash: string
  readonly seed: number
  readonly mode: ReportRun['kind']
  /** `interrupted`: covers only the time up to where the user stopped it. */
  readonly status: RunStatus
  readonly strategy: string
  readonly strategies: readonly { readonly name: string; readonly hash: string }[]
  readonly instruments: readonly string[]
  readonly from: string
  readonly to: string
  readonly currency: string
  readonly startingCapital: number
  readonly events: number
  readonly durationMs: number
  readonly trades: number
  readonly netProfit: number
  readonly costs: CostNumbers
  readonly exact: {
    readonly startingCapital: string
    readonly netProfit: string
    readonly grossProfit: string
    readonly costs: Readonly<Record<CostName | 'total', string>>
  }
  readonly lookahead: Pick<LookaheadCheck, 'cuts' | 'changedDecisions'> | null
  readonly quality: RunQuality
  /** Figures by name; times as Unix ms. */
  readonly metrics: MetricFigures
  readonly notes: MetricNotes
  readonly perInstrument: readonly RowFigures[]
  readonly perStrategy: readonly RowFigures[]
  readonly perTag: readonly RowFigures[]
  readonly perExitReason: readonly RowFigures[]
  readonly days: readonly PeriodFigures[]
  readonly weeks: readonly PeriodFigures[]
  readonly months: readonly PeriodFigures[]
  readonly roundTrips: readonly JsonTrade[]
}

export interface JsonTrade {
  readonly number: number
  readonly positionId: string
  readonly signalId: string
  readonly strategy: string
  readonly instrument: string
  readonly side: 'long' | 'short'
  readonly openedAt: string
  readonly closedAt: string
  readonly durationMs: number
  readonly quantity: number
  readonly leverage: number
  readonly entryPrice: number
  readonly exitPrice: number
  readonly exitReason: string
  readonly notional: number
  readonly netProfit: number
  readonly netFraction: number | null
  readonly costs: CostNumbers
  readonly maxFavorable: number
  readonly maxAdverse: number
  readonly exact: {
    readonly notional: string
    readonly grossProfit: string
    readonly netProfit: string
    readonly costs: string
  }
}

/** The whole report as plain JSON. */
export function jsonReport(run: ReportRun): JsonReport {
  const metrics = metricsOf(run)
  const totals = new Map(metrics.costs.lines.map((line) => [line.name, line.total]))
  const total = (name: CostName | 'total'): Money => totals.get(name) ?? 0n
  return {
    run: run.id,
    fingerprint: run.fingerprint,
    outputHash: run.outputHash,
    seed: run.spec.seed,
    mode: run.kind,
    status: run.status,
    strategy: run.spec.strategies.map(({ name }) => name).join(', '),
    strategies: run.spec.strategies.map(({ name, hash }) => ({ name, hash })),
    instruments: run.spec.instruments.map(({ id }) => id),
    from: timeText(run.spec.from),
    to: timeText(run.spec.to),
    currency: run.spec.currency,
    startingCapital: toNumber(run.spec.capital),
    events: run.counts.events,
    durationMs: run.durationMs,
    trades: run.roundTrips.length,
    netProfit: toNumber(metrics.outcome.netProfit),
    costs: costNumbers((name) => total(name)),
    exact: {
      startingCapital: formatMoney(run.spec.capital),
      netProfit: formatMoney(metrics.outcome.netProfit),
      grossProfit: formatMoney(metrics.outcome.grossProfit),
      costs: Object.fromEntries(
        [...costNames, 'total' as const].map((name) => [name, formatMoney(total(name))]),
      ) as Record<CostName | 'total', string>,
    },
    lookahead:
      run.lookahead === null ? null : { cuts: run.lookahead.cuts, changedDecisions: run.lookahead.changedDecisions },
    quality: run.quality,
    metrics: figuresOf(metrics),
    notes: notesOf(metrics),
    perInstrument: metrics.perInstrument.map(rowFigures),
    perStrategy: metrics.perStrategy.map(rowFigures),
    perTag: metrics.perTag.map(rowFigures),
    perExitReason: metrics.perExitReason.map(rowFigures),
    days: metrics.byDay.map(periodFigures),
    weeks: metrics.byWeek.map(periodFigures),
    months: metrics.byMonth.map(periodFigures),
    roundTrips: inClosingOrder(run.roundTrips).map(jsonTrade),
  }
}

const jsonTrade = (trip: RoundTrip, index: number): JsonTrade => ({
  number: index + 1,
  positionId: trip.positionId,
  signalId: trip.signalId,
  strategy: trip.strategy,
  instrument: trip.instrumentId,
  side: trip.side,
  openedAt: timeText(trip.openedAt),
  closedAt: timeText(trip.closedAt),
  durationMs: trip.closedAt - trip.openedAt,
  quantity: trip.quantity,
  leverage: trip.leverage,
  entryPrice: trip.entryPrice,
  exitPrice: trip.exitPrice,
  exitReason: trip.exitReason,
  notional: toNumber(trip.notional),
  netProfit: toNumber(trip.netProfit),
  netFraction: netFractionOf(trip),
  costs: costNumbers((name) => trip.costs[name]),
  maxFavorable: trip.maxFavorable,
  maxAdverse: trip.maxAdverse,
  exact: {
    notional: formatMoney(trip.notional),
    grossProfit: formatMoney(trip.grossProfit),
    netProfit: formatMoney(trip.netProfit),
    costs: formatMoney(totalCost(trip.costs)),
  },
})

const costNumbers = (amount: (name: CostName) => Money): CostNumbers =>
  Object.fromEntries(costNames.map((name) => [name, toNumber(amount(name))])) as Record<CostName, number>
