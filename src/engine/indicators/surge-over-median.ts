import { type ColumnKernel, type MarketView, pending } from '#model/indicator.ts'
import { type Window, readyAfter, skipUncovered } from './coverage.ts'
import { medianOf } from './median.ts'

export const minBuckets = 5
export const maxBuckets = 120

/**
 * Quote volume of a window over the median of up to `count` buckets of its length before `baseToMs`; only buckets wholly
 * covered count. Remembers rows only to find the edges faster.
 */
export function surgeOverMedian(market: MarketView, current: Window, baseToMs: number, count: number): ColumnKernel {
  const far = market.tradeEdge(current.fromMs)
  const near = market.tradeEdge(current.toMs)
  const length = current.fromMs - current.toMs
  const edges = new Float64Array(count + 1)
  const volumes = new Float64Array(count)
  const base = { fromMs: baseToMs + count * length, toMs: baseToMs }
  const readyAfterMs = Math.max(readyAfter(current), readyAfter(base), baseToMs + minBuckets * length)
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      far.ensure()
      near.ensure()
      const { offset, start, quote, time: tradeTime } = market.trades
      const { time, trades } = market.timeline
      const since = market.coveredSince()
      for (let at = skipUncovered(market, readyAfterMs, from, to, values, reasons); at < to; at++) {
        const now = time[at]
        const buckets = Math.min(count, Math.floor((now - since - baseToMs) / length))
        for (let bucket = 0; bucket <= buckets; bucket++) {
          const edge = now - baseToMs - bucket * length
          let row = edges[bucket] < start ? start : edges[bucket]
          while (row < trades[at] && tradeTime[row - offset] <= edge) row++
          edges[bucket] = row
          if (bucket > 0) volumes[bucket - 1] = quote[edges[bucket - 1] - offset] - quote[row - offset]
        }
        const usual = medianOf(volumes, buckets)
        const volume = quote[near.values[at] - offset] - quote[far.values[at] - offset]
        // one length, unless the current window itself is only partly covered
        const covered = Math.min(current.fromMs, now - since) - current.toMs
        values[at] = usual > 0 ? (volume * length) / (usual * covered) : Number.NaN
        if (!(usual > 0)) reasons[at] = pending.noBaseline
      }
    },
  }
}
