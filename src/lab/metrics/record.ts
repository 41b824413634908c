import type { RunMetrics } from '#model/run.ts'
import { toNumber } from '#model/money.ts'
import type { PeriodRow } from './calendar.ts'
import type { Metrics } from './metrics.ts'
import type { GroupRow } from './tables.ts'

/** The figures of a run as plain numbers: fractions, quote units, ms; null = undefined (`domain.md` §4.4), never 0. */
export function figuresOf(metrics: Metrics) {
  const { outcome, drawdown, activity, confidence } = metrics
  return {
    netProfit: toNumber(outcome.netProfit),
    grossProfit: toNumber(outcome.grossProfit),
    endingEquity: metrics.endingEquity,
    totalReturn: metrics.totalReturn,
    cagr: metrics.cagr,
    sharpe: metrics.sharpe,
    sortino: metrics.sortino,
    calmar: metrics.calmar,
    days: metrics.days,
    maxDrawdown: metrics.maxDrawdown,
    maxDrawdownAmount: drawdown?.largest?.amount ?? 0,
    maxDrawdownFrom: drawdown?.deepest?.peakAt ?? null,
    maxDrawdownTo: drawdown?.deepest?.troughAt ?? null,
    currentDrawdown: drawdown?.currentFraction ?? 0,
    longestUnderwaterMs: drawdown?.longestUnderwaterMs ?? 0,
    recoveryFactor: metrics.recoveryFactor,
    trades: outcome.trades,
    wins: outcome.wins,
    draws: outcome.draws,
    losses: outcome.losses,
    winRate: outcome.winRate,
    profitFactor: outcome.profitFactor,
    expectancy: outcome.expectancy,
    expectancyRatio: outcome.expectancyRatio,
    payoff: outcome.payoff,
    averageFraction: outcome.averageFraction,
    medianFraction: outcome.medianFraction,
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
    costs: toNumber(metrics.costs.total),
    slippage: toNumber(metrics.costs.slippage),
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
    expectancyLow: confidence.expectancy?.low ?? null,
    expectancyHigh: confidence.expectancy?.high ?? null,
    winRateLow: confidence.winRate?.low ?? null,
    winRateHigh: confidence.winRate?.high ?? null,
  }
}

export type MetricFigures = ReturnType<typeof figuresOf>

/** Why a figure is undefined or not to be trusted. */
export interface MetricNotes {
  readonly profitFactor: 'noTrades' | 'noLosses' | null
  readonly significance: 'tooFewTrades' | 'notSignificant' | 'significant'
  readonly doubts: Metrics['doubts']
}

export const notesOf = (metrics: Metrics): MetricNotes => ({
  profitFactor: metrics.outcome.profitFactorNote,
  significance: metrics.confidence.verdict,
  doubts: metrics.doubts,
})

/** What `StoredRun.metrics` holds: every figure, the notes, and the tables. */
export function runMetrics(metrics: Metrics): RunMetrics {
  return {
    ...figuresOf(metrics),
    notes: notesOf(metrics),
    perInstrument: metrics.perInstrument.map(rowFigures),
    perStrategy: metrics.perStrategy.map(rowFigures),
    perExitReason: metrics.perExitReason.map(rowFigures),
    perTag: metrics.perTag.map(rowFigures),
    byDay: metrics.byDay.map(periodFigures),
    byWeek: metrics.byWeek.map(periodFigures),
    byMonth: metrics.byMonth.map(periodFigures),
  }
}

/** One line of a table as plain numbers. */
export interface RowFigures {
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

export const rowFigures = ({ key, outcome, costs, shareOfCapital }: GroupRow): RowFigures => ({
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

export interface PeriodFigures {
  /** `2026-11-21`, `2026-W47` or `2026-11`. */
  readonly period: string
  readonly trades: number
  readonly wins: number
  readonly draws: number
  readonly losses: number
  readonly netProfit: number
}

export const periodFigures = ({ label, trades, wins, draws, losses, netProfit }: PeriodRow): PeriodFigures => ({
  period: label,
  trades,
  wins,
  draws,
  losses,
  netProfit: toNumber(netProfit),
})
