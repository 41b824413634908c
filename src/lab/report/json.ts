import { formatMoney, type Money, toNumber } from '#model/money.ts'
import type { RoundTrip } from '#model/order.ts'
import { type CostName, costNames, totalCost } from '../metrics/costs.ts'
import type { PeriodRow } from '../metrics/calendar.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { inClosingOrder, netFractionOf } from '../metrics/outcome.ts'
import type { GroupRow } from '../metrics/tables.ts'
import { timeText } from './format.ts'
import { metricsOf } from './report-metrics.ts'
import type { DataQuality, LookaheadResult, ReportRun } from './report-run.ts'

/** Named costs as numbers. */
export type CostNumbers = Readonly<Record<CostName, number>>

/**
 * What `--json` prints. Amounts are numbers for scripts; `exact` repeats the sums as decimal text. Rates and shares are
 * fractions, times ISO 8601 with Z, durations milliseconds; null = undefined (see `domain.md` §4.4), never 0.
 */
export interface JsonReport {
  readonly run: string
  readonly fingerprint: string
  readonly seed: number
  readonly mode: ReportRun['mode']
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
  readonly lookahead: Pick<LookaheadResult, 'cuts' | 'changedDecisions'> | null
  readonly quality: DataQuality
  readonly metrics: JsonMetrics
  readonly perInstrument: readonly JsonRow[]
  readonly perStrategy: readonly JsonRow[]
  readonly perTag: readonly JsonRow[]
  readonly perExitReason: readonly JsonRow[]
  readonly days: readonly JsonPeriod[]
  readonly weeks: readonly JsonPeriod[]
  readonly months: readonly JsonPeriod[]
  readonly roundTrips: readonly JsonTrade[]
}

export interface JsonMetrics {
  readonly endingEquity: number
  readonly totalReturn: number | null
  readonly cagr: number | null
  readonly sharpe: number | null
  readonly sortino: number | null
  readonly calmar: number | null
  readonly days: number
  readonly maxDrawdown: number
  readonly maxDrawdownAmount: number
  readonly maxDrawdownFrom: string | null
  readonly maxDrawdownTo: string | null
  readonly currentDrawdown: number
  readonly recoveryFactor: number | null
  readonly winRate: number | null
  readonly wins: number
  readonly draws: number
  readonly losses: number
  readonly profitFactor: number | null
  readonly profitFactorNote: string | null
  readonly expectancy: number | null
  readonly expectancyRatio: number | null
  readonly payoff: number | null
  readonly averageFraction: number | null
  readonly averageDurationMs: number | null
  readonly averageWinnerMs: number | null
  readonly averageLoserMs: number | null
  readonly longestWinStreak: number
  readonly longestLossStreak: number
  readonly averageMfe: number | null
  readonly averageMae: number | null
  readonly exposure: number | null
  readonly maxOpen: number
  readonly marketChange: number | null
  readonly volume: number
  readonly tradesPerDay: number | null
  readonly winningDays: number
  readonly drawnDays: number
  readonly losingDays: number
  readonly leftOpen: number
  readonly signals: number
  readonly skippedSignals: number
  readonly deniedEntries: number
  readonly entryTimeouts: number
  readonly exitTimeouts: number
  readonly sampleSize: number
  readonly significance: string
  readonly expectancyInterval: readonly [number, number] | null
  readonly winRateInterval: readonly [number, number] | null
  readonly doubts: readonly {
    readonly code: string
    readonly value: number
    readonly limit: number
    readonly message: string
  }[]
}

export interface JsonRow {
  readonly key: string
  readonly trades: number
  readonly wins: number
  readonly draws: number
  readonly losses: number
  readonly winRate: number | null
  readonly profitFactor: number | null
  readonly averageFraction: number | null
  readonly averageDurationMs: number | null
  readonly netProfit: number
  readonly costs: number
  readonly shareOfCapital: number | null
}

export interface JsonPeriod {
  readonly period: string
  readonly trades: number
  readonly wins: number
  readonly draws: number
  readonly losses: number
  readonly netProfit: number
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
    run: run.runId,
    fingerprint: run.fingerprint,
    seed: run.seed,
    mode: run.mode,
    strategy: run.strategies.map(({ name }) => name).join(', '),
    strategies: run.strategies.map(({ name, hash }) => ({ name, hash })),
    instruments: run.instruments.map(({ id }) => id),
    from: timeText(run.range.from),
    to: timeText(run.range.to),
    currency: run.currency,
    startingCapital: toNumber(run.startingCapital),
    events: run.events,
    durationMs: run.durationMs,
    trades: run.trips.length,
    netProfit: toNumber(metrics.outcome.netProfit),
    costs: costNumbers((name) => total(name)),
    exact: {
      startingCapital: formatMoney(run.startingCapital),
      netProfit: formatMoney(metrics.outcome.netProfit),
      grossProfit: formatMoney(metrics.outcome.grossProfit),
      costs: Object.fromEntries(
        [...costNames, 'total' as const].map((name) => [name, formatMoney(total(name))]),
      ) as Record<CostName | 'total', string>,
    },
    lookahead:
      run.lookahead === null ? null : { cuts: run.lookahead.cuts, changedDecisions: run.lookahead.changedDecisions },
    quality: run.quality,
    metrics: jsonMetrics(metrics),
    perInstrument: metrics.perInstrument.map(jsonRow),
    perStrategy: metrics.perStrategy.map(jsonRow),
    perTag: metrics.perTag.map(jsonRow),
    perExitReason: metrics.perExitReason.map(jsonRow),
    days: metrics.byDay.map(jsonPeriod),
    weeks: metrics.byWeek.map(jsonPeriod),
    months: metrics.byMonth.map(jsonPeriod),
    roundTrips: inClosingOrder(run.trips).map(jsonTrade),
  }
}

function jsonMetrics(metrics: Metrics): JsonMetrics {
  const { outcome, drawdown, activity, confidence } = metrics
  return {
    endingEquity: metrics.endingEquity,
    totalReturn: metrics.totalReturn,
    cagr: metrics.cagr,
    sharpe: metrics.sharpe,
    sortino: metrics.sortino,
    calmar: metrics.calmar,
    days: metrics.days,
    maxDrawdown: metrics.maxDrawdown,
    maxDrawdownAmount: drawdown?.largest?.amount ?? 0,
    maxDrawdownFrom: isoOrNull(drawdown?.deepest?.peakAt),
    maxDrawdownTo: isoOrNull(drawdown?.deepest?.troughAt),
    currentDrawdown: drawdown?.currentFraction ?? 0,
    recoveryFactor: metrics.recoveryFactor,
    winRate: outcome.winRate,
    wins: outcome.wins,
    draws: outcome.draws,
    losses: outcome.losses,
    profitFactor: outcome.profitFactor,
    profitFactorNote: outcome.profitFactorNote,
    expectancy: outcome.expectancy,
    expectancyRatio: outcome.expectancyRatio,
    payoff: outcome.payoff,
    averageFraction: outcome.averageFraction,
    averageDurationMs: outcome.averageDurationMs,
    averageWinnerMs: outcome.averageWinnerMs,
    averageLoserMs: outcome.averageLoserMs,
    longestWinStreak: outcome.longestWinStreak,
    longestLossStreak: outcome.longestLossStreak,
    averageMfe: outcome.averageMfe,
    averageMae: outcome.averageMae,
    exposure: metrics.exposure.share,
    maxOpen: metrics.exposure.maxOpen,
    marketChange: metrics.marketChange,
    volume: toNumber(outcome.volume),
    tradesPerDay: metrics.tradesPerDay,
    winningDays: metrics.dayCount.winning,
    drawnDays: metrics.dayCount.drawn,
    losingDays: metrics.dayCount.losing,
    leftOpen: metrics.leftOpen.length,
    signals: activity.signals,
    skippedSignals: activity.skipped,
    deniedEntries: activity.denied,
    entryTimeouts: activity.entryTimeouts,
    exitTimeouts: activity.exitTimeouts,
    sampleSize: confidence.sampleSize,
    significance: confidence.verdict,
    expectancyInterval: confidence.expectancy === null ? null : [confidence.expectancy.low, confidence.expectancy.high],
    winRateInterval: confidence.winRate === null ? null : [confidence.winRate.low, confidence.winRate.high],
    doubts: metrics.doubts,
  }
}

const jsonRow = ({ key, outcome, costs, shareOfCapital }: GroupRow): JsonRow => ({
  key,
  trades: outcome.trades,
  wins: outcome.wins,
  draws: outcome.draws,
  losses: outcome.losses,
  winRate: outcome.winRate,
  profitFactor: outcome.profitFactor,
  averageFraction: outcome.averageFraction,
  averageDurationMs: outcome.averageDurationMs,
  netProfit: toNumber(outcome.netProfit),
  costs: toNumber(costs),
  shareOfCapital,
})

const jsonPeriod = ({ label, trades, wins, draws, losses, netProfit }: PeriodRow): JsonPeriod => ({
  period: label,
  trades,
  wins,
  draws,
  losses,
  netProfit: toNumber(netProfit),
})

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
const isoOrNull = (time: number | undefined): string | null => (time === undefined ? null : timeText(time))
