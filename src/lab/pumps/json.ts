import type { Miss } from './misses.ts'
import type { PumpReport } from './pumps.ts'
import type { EventScore, Score } from './score.ts'
import { watchedCoins } from './score-rows.ts'

const iso = (time: number): string => new Date(time).toISOString()

/** The score for programs; times are ISO 8601, shares 0–1, everything else has its unit in its name. */
export function pumpsJson(report: PumpReport) {
  const { score, parts, cost, spec } = report
  return {
    ...scoreJson(score),
    nsPerTrade: cost.nsPerTrade,
    misses: report.misses.map(missJson),
    falseAlerts: report.falseAlerts.map(({ instrumentId, begins, time, ...alert }) => ({
      instrument: instrumentId,
      time: iso(time),
      beginsEpisode: begins,
      ...alert,
    })),
    late: report.late.map(missJson),
    perEvent: score.perEvent.map(eventJson),
    split:
      parts === null || spec.splitAt === null
        ? null
        : { at: iso(spec.splitAt), before: scoreJson(parts.before), from: scoreJson(parts.from) },
    cost,
    notScored: report.notScored,
    unlabelledFiles: report.unlabelled,
    strategy: report.strategy,
    jumps: report.jumps ?? 'measured',
    warmUpMs: spec.warmUpMs,
    refractoryMs: report.refractoryMs,
    candlesMs: spec.candlesMs,
    seed: spec.seed,
  }
}

function scoreJson(score: Score) {
  const { events, coinDays, recall, delayMs, falseAlertsPerCoinDay } = score
  const daily = (rate: number | null): number | null => (rate === null ? null : rate * watchedCoins)
  return {
    events,
    coinDays,
    recall,
    delayMs: delayMs ?? noSpread,
    falseAlertsPerCoinDay,
    falseAlertCounts: score.falseAlertCounts,
    episodesPerCoinDay: score.episodesPerCoinDay,
    falseAlertsPerDayAt300Coins: {
      all: daily(falseAlertsPerCoinDay.all),
      withoutUnexplained: daily(falseAlertsPerCoinDay.withoutUnexplained),
    },
    recordings: score.recordings,
    quietCoinDays: score.quietCoinDays,
    earlyHits: score.perEvent
      .filter(({ earlyMs }) => earlyMs !== null)
      .map(({ eventId, earlyMs, outcome }) => ({ eventId, earlyMs, alsoHit: outcome === 'hit' })),
    pricePaid: score.pricePaid ?? noSpread,
    intervals: score.intervals,
  }
}

/** Of no values; the fields are there all the same. */
const noSpread = { count: 0, min: null, q1: null, median: null, q3: null, p90: null, max: null }

const missJson = ({ instrumentId, onset, ...miss }: Miss) => ({
  instrument: instrumentId,
  onset: iso(onset),
  ...miss,
})

const eventJson = ({ instrumentId, onset, alert, ...event }: EventScore) => ({
  instrument: instrumentId,
  onset: iso(onset),
  alert: alert && { time: iso(alert.time), price: alert.price },
  ...event,
})
