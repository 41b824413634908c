import type { MarketView, RowColumn } from '#model/indicator.ts'
import type { Window } from './coverage.ts'
import { SlidingMedian } from './sliding-median.ts'

/** Median time between successive trades over a sliding window, in ms; each gap belongs to the trade that ends it. */
export class GapMedian {
  readonly #market: MarketView
  readonly #window: Window
  readonly #shortestMs: number
  readonly #far: RowColumn
  readonly #near: RowColumn
  readonly #gaps = new SlidingMedian()
  #oldest = 0
  #next = 0

  constructor(market: MarketView, window: Window, shortestMs: number) {
    this.#market = market
    this.#window = window
    this.#shortestMs = shortestMs
    this.#far = market.tradeEdge(window.fromMs)
    this.#near = market.tradeEdge(window.toMs)
  }

  /** To be called once per stretch. */
  prepare(): void {
    this.#far.ensure()
    this.#near.ensure()
  }

  /** Instants must be asked in order, once covered; NaN without a gap. */
  at(at: number): number {
    const { time, offset } = this.#market.trades
    const isCovered = this.#market.timeline.time[at] - this.#window.fromMs >= this.#market.coveredSince()
    const first = this.#far.values[at] + (isCovered ? 0 : 1)
    const end = this.#near.values[at]
    if (this.#next < first) {
      this.#oldest = this.#next = first
      this.#gaps.clear()
    }
    while (this.#next < end) {
      const row = this.#next++ - offset
      this.#gaps.push(Math.max(this.#shortestMs, time[row] - time[row - 1]))
    }
    while (this.#oldest < first) {
      this.#gaps.shift()
      this.#oldest++
    }
    return this.#gaps.median()
  }

  snapshot(): unknown {
    return { gaps: this.#gaps.toArray(), oldest: this.#oldest }
  }

  restore(state: unknown): void {
    const saved = state as { gaps: Float64Array; oldest: number }
    this.#gaps.clear()
    for (const gap of saved.gaps) this.#gaps.push(gap)
    this.#oldest = saved.oldest
    this.#next = saved.oldest + saved.gaps.length
  }
}
