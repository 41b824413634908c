import { formatMoney } from '#model/money.ts'
import { costNames } from '../metrics/costs.ts'
import type { Spread } from '../pumps/statistics.ts'
import type { CaptureScore, CaptureSpread, Earned } from './captured.ts'
import type { DumpReport, DumpScore, FollowedFall } from './dumps.ts'

const iso = (time: number): string => new Date(time).toISOString()

/** The score for programs; times are ISO 8601, shares 0–1, amounts decimal texts, everything else has its unit in its name. */
export function dumpsJson(report: DumpReport) {
  const { score, parts, spec } = report
  return {
    ...scoreJson(score),
    perEvent: report.falls.map(fallJson),
    falseAlerts: score.alarms.falseAlerts.map(({ instrumentId, time, begins, ...alert }) => ({
      instrument: instrumentId,
      time: iso(time),
      beginsEpisode: begins,
      ...alert,
    })),
    split:
      parts === null || spec.splitAt === null
        ? null
        : { at: iso(spec.splitAt), before: scoreJson(parts.before), from: scoreJson(parts.from) },
    changedDecisions: report.changedDecisions,
    notScored: report.notScored,
    strategy: report.strategy,
    currency: report.currency,
    jumps: report.jumps ?? 'measured',
    refractoryMs: report.refractoryMs,
    warmUpMs: spec.backtest.warmUpMs,
    latency: spec.backtest.latency,
    participation: spec.backtest.participation,
    seed: spec.backtest.seed,
  }
}

function scoreJson({ detection, alarms, capture }: DumpScore) {
  const { events, recall, delayMs, fallGone, premature, intervals } = detection
  return {
    events,
    coinDays: alarms.coinDays,
    recall,
    delayMs: delayMs ?? noSpread,
    fallGone: fallGone ?? noSpread,
    premature: { ...premature, furtherRisePct: premature.furtherRisePct ?? noSpread },
    falseAlertsPerCoinDay: alarms.falseAlertsPerCoinDay,
    episodesPerCoinDay: alarms.episodesPerCoinDay,
    falseAlertCounts: alarms.falseAlertCounts,
    intervals: { ...intervals, falseAlertsPerCoinDay: alarms.intervals.falseAlertsPerCoinDay },
    captured: capture && captureJson(capture),
  }
}

function captureJson({ falls, beforeCosts, atFills, afterCosts, onFalls, elsewhere }: CaptureScore) {
  return {
    falls,
    beforeCosts: spreadJson(beforeCosts),
    atFills: spreadJson(atFills),
    afterCosts: spreadJson(afterCosts),
    onFalls: earnedJson(onFalls),
    elsewhere: earnedJson(elsewhere),
  }
}

const spreadJson = ({ mean, spread, interval }: CaptureSpread) => ({
  mean,
  meanInterval: interval,
  ...(spread ?? noSpread),
})

function earnedJson({ trades, won, notional, costs }: Earned) {
  return {
    trades,
    won,
    notional: formatMoney(notional),
    profitBeforeCosts: formatMoney(costs.profitBeforeCosts),
    costs: Object.fromEntries(
      costNames.map((name) => [name, formatMoney(costs.lines.find((line) => line.name === name)?.total ?? 0n)]),
    ),
    netProfit: formatMoney(costs.netProfit),
  }
}

function fallJson({ instrumentId, onset, peak, alert, premature, capture, ...fall }: FollowedFall) {
  return {
    instrument: instrumentId,
    onset: iso(onset),
    peak: { time: iso(peak.time), price: peak.price },
    alert: alert && { time: iso(alert.time), price: alert.price },
    premature: premature.map(({ time, ...one }) => ({ time: iso(time), ...one })),
    ...fall,
    captured: capture && {
      beforeCosts: capture.beforeCosts,
      atFills: capture.atFills,
      afterCosts: capture.afterCosts,
      trades: capture.trades.map((trade) => ({
        openedAt: iso(trade.openedAt),
        closedAt: iso(trade.closedAt),
        entryPrice: trade.entryPrice,
        exitPrice: trade.exitPrice,
        exitReason: trade.exitReason,
        notional: formatMoney(trade.notional),
        netProfit: formatMoney(trade.netProfit),
      })),
    },
  }
}

/** Of no values; the fields are there all the same. */
const noSpread: Readonly<Record<keyof Spread, number | null>> = {
  count: 0,
  min: null,
  q1: null,
  median: null,
  q3: null,
  p90: null,
  max: null,
}
