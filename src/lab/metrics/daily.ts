import type { UnixMs } from '#model/ids.ts'
import type { EquitySeries } from './drawdown.ts'

export const dayMs = 86_400_000

/** Start of the UTC day. */
export const dayOf = (time: UnixMs): UnixMs => Math.floor(time / dayMs) * dayMs

/**
 * Equity at the close of each UTC day, one entry per calendar day; a day without a point keeps the value before. A point
 * exactly at midnight closes the day before, except the first, which opens the series.
 */
export function dailyCloses(series: EquitySeries): {
  readonly days: readonly UnixMs[]
  readonly closes: readonly number[]
} {
  const length = Math.min(series.time.length, series.equity.length)
  const days: UnixMs[] = []
  const closes: number[] = []
  for (let i = 0; i < length; i++) {
    const time = series.time[i]
    const equity = series.equity[i]
    let last = days[days.length - 1]
    const day = dayOf(last === undefined ? time : time - 1)
    if (last === undefined) {
      days.push(day)
      closes.push(equity)
      continue
    }
    while (last < day) {
      last += dayMs
      days.push(last)
      closes.push(closes[closes.length - 1])
    }
    closes[closes.length - 1] = equity
  }
  return { days, closes }
}

/** Return of each UTC day: the first from the start of the series, the others from the close before. Stops at ruin. */
export function dailyReturns(series: EquitySeries): readonly number[] {
  if (series.equity.length === 0) return []
  const returns: number[] = []
  let before = series.equity[0]
  for (const close of dailyCloses(series).closes) {
    if (before <= 0) break
    returns.push(close / before - 1)
    before = close
  }
  return returns
}
