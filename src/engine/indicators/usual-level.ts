import type { MarketView, ParameterSpec, Parameters } from '#model/indicator.ts'
import type { InstantReader } from './instant-reader.ts'
import { dayMs, numberOf } from './parameter-specs.ts'

/** What one period of an instrument is usually like; `measure` is asked when a period is over. */
export interface PeriodMeasure {
  /** A trade of the period, by its physical index on the tape. */
  add(row: number): void
  /** Value of the period that just ended, NaN when it says nothing; also begins the next one. */
  finish(): number
  snapshot(): unknown
  restore(state: unknown): void
}

/** How a level is learned: `periodMs`, `halfLifeMs`, `clip`, `warmUpMs`. */
export const usualParameters: readonly ParameterSpec[] = [
  {
    name: 'periodMs',
    description: 'Length of the periods whose usual value is learned',
    unit: 'ms',
    type: 'integer',
    default: 60_000,
    min: 1_000,
    max: 3_600_000,
  },
  {
    name: 'halfLifeMs',
    description: 'Age at which a period counts half',
    unit: 'ms',
    type: 'integer',
    default: 21_600_000,
    min: 1_000,
    max: 30 * dayMs,
  },
  {
    name: 'clip',
    description: 'A period counts at most this many times the level, so that one burst does not become usual',
    unit: 'ratio',
    type: 'number',
    default: 10,
    min: 1.5,
    max: 1000,
  },
  {
    name: 'warmUpMs',
    description: 'Continuous data before the level counts',
    unit: 'ms',
    type: 'integer',
    default: 3_600_000,
    min: 1,
    max: dayMs,
  },
]

/**
 * Average over whole periods in which older ones fade and each counts at most `clip` times the level or the floor: a clipped
 * (Huber) location estimate, so that neither a burst nor a dead hour shifts it far. Never below `floor()`; NaN before the first.
 */
export function usualLevel(
  market: MarketView,
  parameters: Parameters,
  measure: PeriodMeasure,
  floor: () => number,
): InstantReader {
  const periodMs = numberOf(parameters, 'periodMs')
  const clip = numberOf(parameters, 'clip')
  const fade = 1 - 2 ** (-periodMs / numberOf(parameters, 'halfLifeMs'))
  let next = -1
  let end = Number.NaN
  let periods = 0
  let level = Number.NaN

  function closeUntil(time: number): void {
    for (; end <= time; end += periodMs) {
      const value = measure.finish()
      if (value !== value) continue
      const capped = periods === 0 ? value : Math.min(value, clip * Math.max(level, floor()))
      level = periods === 0 ? capped : level + (capped - level) * Math.max(fade, 1 / (periods + 1))
      periods++
    }
  }

  return {
    ensure: () => {},
    at(instant) {
      const { offset, start, time: tradeTime } = market.trades
      const { time, trades } = market.timeline
      const until = trades[instant]
      if (next === -1) {
        if (until <= start) return Number.NaN
        next = start
        end = (Math.floor(tradeTime[start - offset] / periodMs) + 1) * periodMs
      }
      for (; next < until; next++) {
        const row = next - offset
        if (tradeTime[row] >= end) closeUntil(tradeTime[row])
        measure.add(row)
      }
      if (time[instant] >= end) closeUntil(time[instant])
      return periods === 0 ? Number.NaN : Math.max(level, floor())
    },
    snapshot: () => ({ next, end, periods, level, measure: measure.snapshot() }),
    restore(state) {
      const saved = state as { next: number; end: number; periods: number; level: number; measure: unknown }
      ;({ next, end, periods, level } = saved)
      measure.restore(saved.measure)
    },
  }
}
