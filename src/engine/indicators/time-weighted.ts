import {
  type BookTape,
  type ColumnKernel,
  type MarketView,
  minCoverage,
  pending,
  type QuoteTape,
} from '#model/indicator.ts'
import { type Measure, RunningIntegral } from './running-integral.ts'

/** A tape of states that hold until the next row, with the timeline's and the windows' row numbers on it. */
export interface Rows<Tape extends QuoteTape | BookTape> {
  readonly tape: Tape
  readonly seen: Int32Array
  readonly edge: (offsetMs: number) => { readonly ensure: () => void; readonly values: Int32Array }
  readonly missing: number
}

export const quoteRows = (market: MarketView): Rows<QuoteTape> => ({
  tape: market.quotes,
  seen: market.timeline.quotes,
  edge: (offsetMs) => market.quoteEdge(offsetMs),
  missing: pending.noQuotes,
})

export function bookRows(market: MarketView, depth: Parameters<MarketView['book']>[0]): Rows<BookTape> {
  return {
    tape: market.book(depth),
    seen: market.timeline.books,
    edge: (offsetMs) => market.bookEdge(depth, offsetMs),
    missing: pending.noBook,
  }
}

/** What is averaged over which window. */
export interface Term<Tape> {
  readonly measure: Measure<Tape>
  readonly fromMs: number
  readonly toMs: number
}

/** Makes the values `[from, to)` out of the terms' means, which are NaN where a window is not covered. */
export type Combine = (from: number, to: number, values: Float64Array, means: readonly Float64Array[]) => void

const first: Combine = (from, to, values, means) => values.set(means[0].subarray(from, to), from)

/**
 * A kernel of time-weighted means: each row's value holds until the next row, the one before the window is carried in,
 * time with an undefined value (NaN) counts as not covered. Memory: the rows of the furthest window.
 */
export function timeWeighted<Tape extends QuoteTape | BookTape>(
  market: MarketView,
  rows: Rows<Tape>,
  terms: readonly Term<Tape>[],
  combine: Combine = first,
  undefinedReason: number = pending.undefined,
): ColumnKernel {
  const { timeline } = market
  const measures = [...new Set(terms.map((term) => term.measure))]
  const integrals = measures.map((measure) => new RunningIntegral(rows.tape, measure))
  const windows = terms.map((term) => ({
    far: rows.edge(term.fromMs),
    near: rows.edge(term.toMs),
    integral: integrals[measures.indexOf(term.measure)],
    mean: new Float64Array(timeline.time.length),
    ...term,
  }))
  const means = windows.map((window) => window.mean)
  const readyAfterMs = Math.max(...terms.map(({ fromMs, toMs }) => toMs + (fromMs - toMs) * minCoverage))
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      let oldest = Infinity
      for (const { far, near } of windows) {
        far.ensure()
        near.ensure()
        oldest = Math.min(oldest, far.values[from] - 1)
      }
      for (const integral of integrals) integral.extend(oldest, rows.seen[to - 1])
      for (const { integral, far, near, fromMs, toMs, mean } of windows) {
        integral.means(from, to, timeline.time, far.values, fromMs, near.values, toMs, mean)
      }
      combine(from, to, values, means)
      const { firstRow, firstTime } = integrals[0]
      for (let at = from; at < to; at++) {
        if (values[at] === values[at]) continue
        if (rows.seen[at] <= firstRow) reasons[at] = rows.missing
        else reasons[at] = timeline.time[at] - readyAfterMs >= firstTime ? undefinedReason : pending.warmingUp
      }
    },
    snapshot: () => integrals.map((integral) => integral.snapshot()),
    restore: (state) => (state as unknown[]).forEach((saved, index) => integrals[index].restore(saved)),
  }
}
