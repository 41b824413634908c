import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { Interval } from '../metrics/confidence.ts'

export type { Interval } from '../metrics/confidence.ts'

/** How values lie; all in the unit of the values. */
export interface Spread {
  readonly count: number
  readonly min: number
  readonly q1: number
  readonly median: number
  readonly q3: number
  readonly p90: number
  readonly max: number
}

/** The value that a share of `values` (0–1) is not above, interpolated between neighbors (Hyndman and Fan's type 7); null for none. */
export function quantileOf(values: readonly number[], share: number): number | null {
  return values.length === 0 ? null : quantileOfSorted(values.toSorted(ascending), share)
}

/** Quartiles, 90th percentile and extremes; null for none. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null
  const sorted = values.toSorted(ascending)
  return {
    count: sorted.length,
    min: sorted[0],
    q1: quantileOfSorted(sorted, 0.25),
    median: quantileOfSorted(sorted, 0.5),
    q3: quantileOfSorted(sorted, 0.75),
    p90: quantileOfSorted(sorted, 0.9),
    max: sorted[sorted.length - 1],
  }
}

export interface BootstrapOptions {
  readonly draws?: number
  readonly seed?: number
}

/**
 * 95 % percentile interval of a statistic, by drawing as many items as there are, with replacement, 1,000 times. Equal seeds give
 * equal draws. Draws of which the statistic is null do not count; null when all are.
 */
export function bootstrapInterval<T>(
  items: readonly T[],
  statistic: (sample: readonly T[]) => number | null,
  { draws = 1_000, seed = 1 }: BootstrapOptions = {},
): Interval | null {
  const random = xoroshiro128plus(seed)
  const values: number[] = []
  for (let draw = 0; draw < draws; draw++) {
    const value = statistic(items.map(() => items[Math.floor(((random.next() >>> 0) * items.length) / 2 ** 32)]))
    if (value !== null) values.push(value)
  }
  if (items.length === 0 || values.length === 0) return null
  const sorted = values.toSorted(ascending)
  return { low: quantileOfSorted(sorted, 0.025), high: quantileOfSorted(sorted, 0.975) }
}

function quantileOfSorted(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1)
  const low = Math.floor(at)
  const high = Math.ceil(at)
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low)
}

const ascending = (a: number, b: number): number => a - b
