import { findIndicator } from '#engine/engine.ts'
import type { NearMiss } from '#model/events.ts'
import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { Unit } from '#model/indicator.ts'
import { durationText, numberText } from '../report/format.ts'
import { readingText, thresholdText, withUnit } from '../report/words.ts'
import { type EventScore, hitMs, type TimedPrice } from './score.ts'
import type { Watch } from './detect.ts'

/** A near miss this long before the onset belongs to it: labels lag the tape. */
const beforeMs = 10_000
/** A hit later than this is told with its reason, as a miss is. */
export const lateMs = 30_000
/** Silence of the tape worth telling. */
const silenceMs = 60_000

/** Why there was no alert within 120 s of an onset, or none within 30 s of it. */
export interface Miss {
  readonly eventId: string
  readonly file: string
  readonly instrumentId: InstrumentId
  readonly onset: UnixMs
  /** `early`, `silenced`: an alert before the onset made the detector sleep; `blocked`: S1 was not met. */
  readonly reason: 'early' | 'silenced' | 'blocked'
  /** In one line. */
  readonly text: string
  /** Of S1, what stood in the way first. */
  readonly conditions: readonly MissedCondition[]
}

/** How close one condition came from 10 s before the onset; times are ms after the onset. */
export interface MissedCondition {
  readonly reading: string
  readonly indicator: string
  readonly unit: Unit | null
  readonly operator: NearMiss['operator']
  readonly threshold: NearMiss['threshold']
  readonly against?: string
  /** Null when it had no value. */
  readonly bestValue: number | null
  /** Below 0: short by so much. */
  readonly bestMargin: number | null
  readonly bestAtMs: number | null
  readonly metShare: number
  /** Time in which it alone stood between S1 and being met. */
  readonly blockedAloneMs: number
}

/** The stretches of whose near misses a pump needs an account: for a late hit, and for none. */
export const watchesOf = (onset: UnixMs): readonly [late: Watch, missed: Watch] => [
  { from: onset - beforeMs, to: onset + lateMs },
  { from: onset - beforeMs, to: onset + hitMs },
]

export interface MissFacts {
  /** Of the detector in the recording. */
  readonly alerts: readonly TimedPrice[]
  readonly refractoryMs: number
  /** A sleeping detector wakes where S1 is met so many percent further out. */
  readonly renewAbovePct: number | null
  /** Of the watch that belongs to the event. */
  readonly nearMisses: readonly NearMiss[]
  /** Longest time without a trade that reaches into the two minutes after the onset. */
  readonly silence: Watch | null
}

/** Explains an event without an alert in time. */
export function missOf(event: EventScore, facts: MissFacts): Miss {
  const { eventId, file, instrumentId, onset } = event
  const conditions = conditionsOf(facts.nearMisses, onset)
  const last = facts.alerts.findLast(({ time }) => time <= onset)
  const sleeper = last && last.time + facts.refractoryMs > onset ? last : undefined
  const reason = event.outcome === 'early' ? 'early' : sleeper ? 'silenced' : 'blocked'
  const parts = [
    ...(sleeper ? sleepTexts(sleeper, event, facts, conditions) : [blockText(conditions)]),
    ...silenceText(facts.silence, onset),
  ]
  return { eventId, file, instrumentId, onset, reason, text: parts.join('; '), conditions }
}

/** Conditions of S1 in a watch, what stood in the way first; times are ms after `since`. */
export const conditionsOf = (nearMisses: readonly NearMiss[], since: UnixMs): readonly MissedCondition[] =>
  nearMisses
    .filter(({ group }) => group === 'signal')
    .map((miss) => conditionOf(miss, since))
    .toSorted((a, b) => Number(isMet(a)) - Number(isMet(b)) || b.blockedAloneMs - a.blockedAloneMs)

function conditionOf(miss: NearMiss, onset: UnixMs): MissedCondition {
  const { reading, indicator, operator, threshold, against, bestValue, bestMargin, bestAt, metShare } = miss
  return {
    reading,
    indicator,
    unit: findIndicator(indicator)?.unit ?? null,
    operator,
    threshold,
    ...(against === undefined ? {} : { against }),
    bestValue,
    bestMargin,
    bestAtMs: bestAt === null ? null : bestAt - onset,
    metShare,
    blockedAloneMs: miss.blockedAloneMs,
  }
}

const isMet = ({ metShare, bestMargin }: MissedCondition): boolean =>
  metShare > 0 || (bestMargin !== null && bestMargin >= 0)

function sleepTexts(
  { time }: TimedPrice,
  { onset }: EventScore,
  { refractoryMs, renewAbovePct, nearMisses }: MissFacts,
  conditions: readonly MissedCondition[],
): string[] {
  const when = time === onset ? 'at the very onset' : `${durationText(onset - time)} before the onset`
  const slept = `alerted ${when} and slept until ${durationText(time + refractoryMs - onset)} after it`
  // the account mixes both sides of an alert that lies in it
  if (renewAbovePct === null || time > onset - beforeMs) return [slept]
  if (nearMisses.every(({ askedMs }) => askedMs === 0))
    return [slept, `the price did not go ${renewAbovePct} % further`]
  return [slept, `${renewAbovePct} % further out ${blockText(conditions)}`]
}

/** What stood in the way of S1, in one line. */
export function blockText(conditions: readonly MissedCondition[]): string {
  const short = conditions.filter((condition) => !isMet(condition))
  if (short.length > 0) return short.map(shortText).join('; ')
  const [longest] = conditions.toSorted((a, b) => b.blockedAloneMs - a.blockedAloneMs)
  const alone =
    longest && longest.blockedAloneMs > 0
      ? `; ${longest.reading} alone stood in the way for ${durationText(longest.blockedAloneMs)}`
      : ''
  return `every condition of S1 was met, never all at once${alone}`
}

function shortText(condition: MissedCondition): string {
  const { reading, bestValue, bestMargin, bestAtMs } = condition
  const unit = condition.unit ?? undefined
  const wanted = thresholdText(condition, unit)
  if (bestValue === null || bestAtMs === null) return `${reading} had no value (wanted ${wanted})`
  const short = bestMargin === null ? '' : `, short by ${readingText(-bestMargin)}`
  return `${reading} came to ${withUnit(bestValue, unit)} of ${wanted}${short} at ${offsetText(bestAtMs)}`
}

function silenceText(silence: Watch | null, onset: UnixMs): string[] {
  if (silence === null || silence.to - silence.from < silenceMs) return []
  return [`the tape has no trade from ${offsetText(silence.from - onset)} to ${offsetText(silence.to - onset)}`]
}

/** `+12.3 s` after the onset. */
export const offsetText = (ms: number): string => `${ms < 0 ? '−' : '+'}${numberText(Math.abs(ms) / 1_000, 1)} s`
