import { bootstrapInterval, type Interval, type Spread, spreadOf } from '../pumps/statistics.ts'
import type { TimedPrice } from '../pumps/score.ts'
import type { Fall } from './fall.ts'

/** Seconds after the peak at which recall is told. */
export const horizons = ['5', '15', '30', '60', '120', '300'] as const
export type Horizon = (typeof horizons)[number]
/** The last horizon: an alert later than this is no hit. */
export const hitMs = 300_000

/** An alert between onset and peak: a top was called while the price still rose. */
export interface PrematureAlert extends TimedPrice {
  readonly beforePeakMs: number
  /** From the alert's price to the peak. */
  readonly furtherRisePct: number
}

export interface FallScore extends Fall {
  /** `found`: an alert within 300 s after the peak; `premature`: only before it. */
  readonly outcome: 'found' | 'premature' | 'missed'
  readonly alert: TimedPrice | null
  readonly delayMs: number | null
  /** Part of the fall which the price had made at the alert; null where it did not fall. */
  readonly fallGone: number | null
  readonly premature: readonly PrematureAlert[]
}

export interface DetectionScore {
  readonly events: number
  /** Shares of the events; null without events. */
  readonly recall: Readonly<Record<Horizon, number | null>>
  /** Over found ones, as `fallGone`. */
  readonly delayMs: Spread | null
  readonly fallGone: Spread | null
  readonly premature: {
    /** Events with any. */
    readonly events: number
    readonly alerts: number
    /** Of the first one of each event. */
    readonly furtherRisePct: Spread | null
  }
  /** 95 %, by drawing events. */
  readonly intervals: {
    readonly recall: Readonly<Record<Horizon, Interval | null>>
    readonly medianDelayMs: Interval | null
    readonly medianFallGone: Interval | null
    readonly prematureEvents: Interval | null
  }
}

/** What alerts of its recording, ascending, were worth for one fall. */
export function scoreFall(fall: Fall, alerts: readonly TimedPrice[]): FallScore {
  const { onset, peak, depth } = fall
  const alert = alerts.find(({ time }) => time > peak.time && time <= peak.time + hitMs) ?? null
  const premature = alerts
    .filter(({ time }) => time >= onset && time <= peak.time)
    .map(({ time, price }) => ({
      time,
      price,
      beforePeakMs: peak.time - time,
      furtherRisePct: (peak.price / price - 1) * 100,
    }))
  return {
    ...fall,
    outcome: alert ? 'found' : premature.length > 0 ? 'premature' : 'missed',
    alert,
    delayMs: alert && alert.time - peak.time,
    fallGone: alert === null || depth === null ? null : (peak.price - alert.price) / depth,
    premature,
  }
}

export function scoreFalls(falls: readonly FallScore[], seed: number): DetectionScore {
  const prematureOf = (some: readonly FallScore[]): number | null =>
    some.length === 0 ? null : some.filter(({ premature }) => premature.length > 0).length / some.length
  return {
    events: falls.length,
    recall: byHorizon((ms) => recallOf(falls, ms)),
    delayMs: spreadOf(delaysOf(falls)),
    fallGone: spreadOf(goneOf(falls)),
    premature: {
      events: falls.filter(({ premature }) => premature.length > 0).length,
      alerts: falls.reduce((sum, { premature }) => sum + premature.length, 0),
      furtherRisePct: spreadOf(falls.flatMap(({ premature }) => premature[0]?.furtherRisePct ?? [])),
    },
    intervals: {
      recall: byHorizon((ms) => bootstrapInterval(falls, (sample) => recallOf(sample, ms), { seed })),
      medianDelayMs: bootstrapInterval(falls, (sample) => spreadOf(delaysOf(sample))?.median ?? null, { seed }),
      medianFallGone: bootstrapInterval(falls, (sample) => spreadOf(goneOf(sample))?.median ?? null, { seed }),
      prematureEvents: bootstrapInterval(falls, prematureOf, { seed }),
    },
  }
}

function recallOf(falls: readonly FallScore[], ms: number): number | null {
  if (falls.length === 0) return null
  return falls.filter(({ delayMs }) => delayMs !== null && delayMs <= ms).length / falls.length
}

const delaysOf = (falls: readonly FallScore[]): number[] => falls.flatMap(({ delayMs }) => delayMs ?? [])
const goneOf = (falls: readonly FallScore[]): number[] => falls.flatMap(({ fallGone }) => fallGone ?? [])

const byHorizon = <T>(value: (ms: number) => T): Record<Horizon, T> =>
  Object.fromEntries(horizons.map((horizon) => [horizon, value(Number(horizon) * 1_000)])) as Record<Horizon, T>
