import type { ColumnKernel, MarketView } from '#model/indicator.ts'
import { waitingReason } from './coverage.ts'

/** A measure read one instant after the other; several make one indicator without columns in between. */
export interface InstantReader {
  /** Makes `[from, to)` of the stretch readable; stretches in order. */
  readonly ensure: (from: number, to: number) => void
  /** NaN while there is not enough data. Readers with memory are asked at every instant, in order. */
  readonly at: (instant: number) => number
  /** Only with memory. */
  readonly snapshot?: () => unknown
  readonly restore?: (state: unknown) => void
}

/** The reader as a column, pending with less than `readyAfterMs` of continuous data. */
export function columnOf(market: MarketView, reader: InstantReader, readyAfterMs: number): ColumnKernel {
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      reader.ensure(from, to)
      const { time } = market.timeline
      const since = market.coveredSince()
      for (let at = from; at < to; at++) {
        const value = reader.at(at)
        values[at] = time[at] - readyAfterMs >= since ? value : Number.NaN
        if (values[at] !== values[at]) reasons[at] = waitingReason(time[at], since)
      }
    },
    ...(reader.snapshot && reader.restore ? { snapshot: reader.snapshot, restore: reader.restore } : {}),
  }
}
