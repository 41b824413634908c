import { deviationOf, meanOf } from './sums.ts'

/** Trades below which a mean says nothing. */
export const minTrades = 30

export interface Interval {
  readonly low: number
  readonly high: number
}

/** How far the results can be trusted: 95 % intervals, and a verdict in one word. */
export interface Confidence {
  readonly sampleSize: number
  /** Mean net profit per trade, quote (Student's t); null under two trades. */
  readonly expectancy: Interval | null
  /** Wins ÷ closed (Wilson score); null without trades. */
  readonly winRate: Interval | null
  /** `significant`: at least 30 trades and the interval of the mean excludes 0. */
  readonly verdict: 'tooFewTrades' | 'notSignificant' | 'significant'
}

/** Confidence in net profits per trade, quote units, any order. */
export function confidenceOf(profits: readonly number[], wins: number): Confidence {
  const expectancy = meanInterval(profits)
  const excludesZero = expectancy !== null && (expectancy.low > 0 || expectancy.high < 0)
  return {
    sampleSize: profits.length,
    expectancy,
    winRate: wilsonInterval(wins, profits.length),
    verdict: profits.length < minTrades ? 'tooFewTrades' : excludesZero ? 'significant' : 'notSignificant',
  }
}

/** 95 % interval of the mean: `mean ± t(n − 1) · s ÷ √n`; null under two values. */
export function meanInterval(values: readonly number[]): Interval | null {
  const mean = meanOf(values)
  const deviation = deviationOf(values)
  if (mean === null || deviation === null) return null
  const half = (studentT95(values.length - 1) * deviation) / Math.sqrt(values.length)
  return { low: mean - half, high: mean + half }
}

/** 95 % Wilson score interval of a share; null for none. */
export function wilsonInterval(hits: number, count: number): Interval | null {
  if (count === 0) return null
  const z = 1.959964
  const share = hits / count
  const scale = 1 + (z * z) / count
  const center = (share + (z * z) / (2 * count)) / scale
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count))
  return { low: hits === 0 ? 0 : center - half, high: hits === count ? 1 : center + half }
}

// NIST/SEMATECH e-Handbook §1.3.6.7.2, two-sided 95 %, degrees of freedom 1 … 30.
const table = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
]

/** Student's t for a two-sided 95 % interval; beyond 30 degrees by Cornish–Fisher, within 0.001. */
export function studentT95(degrees: number): number {
  const known = table[degrees - 1]
  if (known !== undefined) return known
  const z = 1.959964
  return z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2)
}
