import type { PriceSeries } from '#model/run.ts'
import type { StripRow } from './chart-data.ts'

/** At most `max` bars, neighbors merged. */
export function thinned(prices: PriceSeries, max: number): PriceSeries {
  const every = Math.ceil(prices.time.length / max)
  if (every <= 1) return prices
  const length = Math.ceil(prices.time.length / every)
  const merged = {
    instrumentId: prices.instrumentId,
    intervalMs: prices.intervalMs * every,
    time: new Float64Array(length),
    open: new Float64Array(length),
    high: new Float64Array(length),
    low: new Float64Array(length),
    close: new Float64Array(length),
  }
  for (let row = 0; row < length; row++) {
    const first = row * every
    const end = Math.min(prices.time.length, first + every)
    merged.time[row] = prices.time[first]!
    merged.open[row] = prices.open[first]!
    merged.close[row] = prices.close[end - 1]!
    merged.high[row] = prices.high.subarray(first, end).reduce((a, b) => Math.max(a, b))
    merged.low[row] = prices.low.subarray(first, end).reduce((a, b) => Math.min(a, b))
  }
  return merged
}

/** At most about `max` verdicts: of those in one slot of time a met one wins, else the last. */
export function thinnedStrip(strip: StripRow, max: number): StripRow {
  const { times, verdicts } = strip
  if (times.length <= max) return strip
  const slot = Math.max(1, (times.at(-1)! - times[0]) / (max / 2))
  const kept = { times: [] as number[], verdicts: [] as number[] }
  let last = -1
  times.forEach((time, at) => {
    const here = Math.floor((time - times[0]) / slot)
    if (here !== last) {
      kept.times.push(time)
      kept.verdicts.push(verdicts[at])
    } else if (kept.verdicts.at(-1) !== 1) kept.verdicts[kept.verdicts.length - 1] = verdicts[at]!
    last = here
  })
  return { ...strip, ...kept }
}
