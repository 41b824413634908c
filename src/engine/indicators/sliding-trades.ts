import type { ColumnKernel, MarketView, TradeTape } from '#model/indicator.ts'
import { readyAfter, skipUncovered, type Window } from './coverage.ts'

/** Adds (`sign` 1) what the row at a physical index brings to `memory`, or takes it out again (−1). */
export type AddTerm<Tape = TradeTape> = (memory: Float64Array, tape: Tape, at: number, sign: 1 | -1) => void

/** Value of the rows `[first, end)` (physical) of the window `(from, to]` in event time; NaN = pending. */
export type TermValue = (
  memory: Float64Array,
  tape: TradeTape,
  first: number,
  end: number,
  from: number,
  to: number,
) => number

/** Sums over a sliding range of rows; every row is added once and taken out once. */
export class SlidingTerms<Tape extends { readonly offset: number; readonly start: number } = TradeTape> {
  readonly memory: Float64Array
  readonly #add: AddTerm<Tape>
  #oldest = 0
  #next = 0

  constructor(size: number, add: AddTerm<Tape>) {
    this.memory = new Float64Array(size)
    this.#add = add
  }

  /** Goes to the rows `[first, end)`. Starts over when asked to go back, or when rows in between are not kept any more. */
  slide(tape: Tape, first: number, end: number): void {
    const { memory } = this
    const { offset, start } = tape
    const isBack = this.#oldest > first || this.#next > end
    if (isBack || this.#next < first || (this.#oldest < first && this.#oldest <= start)) {
      this.#oldest = this.#next = first
      memory.fill(0)
    }
    while (this.#next < end) this.#add(memory, tape, this.#next++ - offset, 1)
    while (this.#oldest < first) this.#add(memory, tape, this.#oldest++ - offset, -1)
    if (this.#oldest === this.#next) memory.fill(0)
  }

  snapshot(): unknown {
    return { memory: this.memory.slice(), oldest: this.#oldest, next: this.#next }
  }

  restore(state: unknown): void {
    const saved = state as { memory: Float64Array; oldest: number; next: number }
    this.memory.set(saved.memory)
    this.#oldest = saved.oldest
    this.#next = saved.next
  }
}

/**
 * A measure of the trades in a window. `terms` says what a row stands for: `trades` itself, or `steps` from the trade before it,
 * which may lie before the window but not before the data.
 */
export function slidingTrades(
  market: MarketView,
  window: Window,
  terms: 'trades' | 'steps',
  size: number,
  add: AddTerm,
  value: TermValue,
  missing: number,
): ColumnKernel {
  const far = market.tradeEdge(window.fromMs)
  const near = market.tradeEdge(window.toMs)
  const readyAfterMs = readyAfter(window)
  const sums = new SlidingTerms(size, add)
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      far.ensure()
      near.ensure()
      const tape = market.trades
      const { offset } = tape
      const { time } = market.timeline
      const { memory } = sums
      const since = market.coveredSince()
      for (let at = skipUncovered(market, readyAfterMs, from, to, values, reasons); at < to; at++) {
        const start = time[at] - window.fromMs
        const first = terms === 'steps' && start < since ? far.values[at] + 1 : far.values[at]
        const end = near.values[at]
        sums.slide(tape, first, end)
        const result = value(memory, tape, first - offset, end - offset, start, time[at] - window.toMs)
        values[at] = result
        if (result !== result) reasons[at] = missing
      }
    },
    snapshot: () => sums.snapshot(),
    restore: (state) => sums.restore(state),
  }
}
