import { bootstrapInterval, type Interval } from '../pumps/statistics.ts'

/** Alarms of one market and the time they came in. */
export interface Load {
  readonly alarms: number
  readonly coinDays: number
}

export interface AlarmRate extends Load {
  /** null without any time. */
  readonly perCoinDay: number | null
  /**
   * 95 %: by drawing markets, as alarms come in clusters; of a single market, and where there were none, the exact interval of a
   * Poisson count.
   */
  readonly interval: Interval | null
}

/** How often a detector cries over some markets together. */
export function rateOf(loads: readonly Load[], seed: number): AlarmRate {
  const alarms = sumOf(loads, ({ alarms: count }) => count)
  const coinDays = sumOf(loads, ({ coinDays: days }) => days)
  const counted = loads.filter(({ coinDays: days }) => days > 0)
  if (coinDays === 0) return { alarms, coinDays, perCoinDay: null, interval: null }
  const interval =
    alarms === 0 || counted.length === 1
      ? poissonInterval(alarms, coinDays)
      : bootstrapInterval(counted, (sample) => perDay(sample), { seed })
  return { alarms, coinDays, perCoinDay: alarms / coinDays, interval }
}

const perDay = (loads: readonly Load[]): number | null =>
  sumOf(loads, ({ alarms }) => alarms) / sumOf(loads, ({ coinDays }) => coinDays)

/** Exact 95 % interval of a rate (Garwood 1936): the means at which so many, or so few, would be seen in 2.5 % of cases. */
export function poissonInterval(count: number, time: number): Interval {
  const low = count === 0 ? 0 : meanWhere((mean) => 1 - atMost(count - 1, mean) < 0.025, count)
  const high = meanWhere((mean) => atMost(count, mean) > 0.025, count)
  return { low: low / time, high: high / time }
}

/** The mean up to which something holds. */
function meanWhere(holds: (mean: number) => boolean, count: number): number {
  let low = 0
  let high = 2 * count + 10
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2
    if (holds(middle)) low = middle
    else high = middle
  }
  return low
}

/** Probability of a Poisson count not above `count`. */
function atMost(count: number, mean: number): number {
  let logTerm = -mean
  let total = Math.exp(logTerm)
  for (let one = 1; one <= count; one++) {
    logTerm += Math.log(mean / one)
    total += Math.exp(logTerm)
  }
  return Math.min(1, total)
}

const sumOf = (loads: readonly Load[], value: (load: Load) => number): number =>
  loads.reduce((total, load) => total + value(load), 0)
