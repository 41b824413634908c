import type { UnixMs } from '#model/ids.ts'

/** Mark-to-market equity, ascending by time; both arrays have the same length. */
export interface EquitySeries {
  readonly time: ArrayLike<number>
  /** Quote units. */
  readonly equity: ArrayLike<number>
}

/** The series from the starting capital at `from` to its last value at `to`: quiet stretches at the ends are part of the run. */
export function spanning(
  series: EquitySeries,
  range: { readonly from: UnixMs; readonly to: UnixMs },
  capital: number,
): EquitySeries {
  const length = Math.min(series.time.length, series.equity.length)
  if (length === 0) return series
  const time = Array.from(series.time).slice(0, length)
  const equity = Array.from(series.equity).slice(0, length)
  if (time[0] > range.from) {
    time.unshift(range.from)
    equity.unshift(capital)
  }
  if (time[time.length - 1] < range.to) {
    time.push(range.to)
    equity.push(equity[equity.length - 1])
  }
  return { time, equity }
}

/** One fall from a running peak. */
export interface Fall {
  /** Quote units, positive. */
  readonly amount: number
  /** Of the running peak. */
  readonly fraction: number
  readonly peakAt: UnixMs
  readonly troughAt: UnixMs
  /** When the peak was reached again; null when the series ended below it. */
  readonly recoveredAt: UnixMs | null
  /** Peak to trough, ms. */
  readonly durationMs: number
}

export interface Drawdown {
  /** Deepest as a fraction of its running peak, and deepest in quote; null when equity never fell. */
  readonly deepest: Fall | null
  readonly largest: Fall | null
  /** Below the running peak at the end. */
  readonly current: number
  readonly currentFraction: number
  /** Longest time below a running peak, ms. */
  readonly longestUnderwaterMs: number
  readonly peak: number
  readonly lowest: number
  readonly highest: number
}

/** Drawdown over a mark-to-market series; null for an empty one. The start counts as the first peak. */
export function drawdownOf(series: EquitySeries): Drawdown | null {
  const length = Math.min(series.time.length, series.equity.length)
  if (length === 0) return null
  let peak = series.equity[0]
  let peakAt = series.time[0]
  let lowest = peak
  let deepest: Open | null = null
  let largest: Open | null = null
  let longestUnderwaterMs = 0
  for (let i = 0; i < length; i++) {
    const time = series.time[i]
    const equity = series.equity[i]
    if (equity < lowest) lowest = equity
    if (equity >= peak) {
      if (deepest !== null && deepest.recoveredAt === null) deepest.recoveredAt = time
      if (largest !== null && largest.recoveredAt === null) largest.recoveredAt = time
      peak = equity
      peakAt = time
      continue
    }
    const amount = peak - equity
    const fraction = peak > 0 ? amount / peak : 1
    longestUnderwaterMs = Math.max(longestUnderwaterMs, time - peakAt)
    if (deepest === null || fraction > deepest.fraction)
      deepest = { amount, fraction, peakAt, troughAt: time, recoveredAt: null }
    if (largest === null || amount > largest.amount)
      largest = { amount, fraction, peakAt, troughAt: time, recoveredAt: null }
  }
  const current = peak - series.equity[length - 1]
  return {
    deepest: closed(deepest),
    largest: closed(largest),
    current,
    currentFraction: peak > 0 ? current / peak : 0,
    longestUnderwaterMs,
    peak,
    lowest,
    highest: peak,
  }
}

interface Open {
  readonly amount: number
  readonly fraction: number
  readonly peakAt: number
  readonly troughAt: number
  recoveredAt: number | null
}

const closed = (fall: Open | null): Fall | null =>
  fall === null ? null : { ...fall, durationMs: fall.troughAt - fall.peakAt }
