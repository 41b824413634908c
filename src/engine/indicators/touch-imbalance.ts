import { type MarketView, minCoverage, type QuoteTape, type RowColumn } from '#model/indicator.ts'
import { addTo, sumOf } from './compensated.ts'
import { SlidingTerms } from './sliding-trades.ts'

/** Time-weighted mean of `100 · (bidSize − askSize) / (bidSize + askSize)` at the best prices, asked now and then. */
export class TouchImbalance {
  readonly #market: MarketView
  readonly #windowMs: number
  readonly #far: RowColumn
  readonly #sums = new SlidingTerms<QuoteTape>(4, addHeld)

  constructor(market: MarketView, windowMs: number) {
    this.#market = market
    this.#windowMs = windowMs
    this.#far = market.quoteEdge(windowMs)
  }

  /** NaN while less than `minCoverage` of the window is known. */
  at(at: number): number {
    const { timeline, quotes } = this.#market
    const { time, offset, start } = quotes
    const now = timeline.time[at]
    const end = timeline.quotes[at]
    const since = this.#market.coveredSince()
    if (end <= start || !(now - this.#windowMs >= since)) return Number.NaN
    this.#far.ensure()
    const far = this.#far.values[at]
    const isCarried = far > start && time[far - 1 - offset] >= since
    const first = isCarried ? far : far + 1
    if (first > end) return Number.NaN
    this.#sums.slide(quotes, first, end)
    const { memory } = this.#sums
    const last = end - 1 - offset
    let area = sumOf(memory, 0)
    let known = sumOf(memory, 2)
    const value = imbalance(quotes, last)
    if (value === value) {
      area += value * (now - time[last])
      known += now - time[last]
    }
    const carried = imbalance(quotes, first - 1 - offset)
    const outside = Math.max(0, now - this.#windowMs - time[first - 1 - offset])
    if (carried === carried) {
      area -= carried * outside
      known -= outside
    }
    return known >= this.#windowMs * minCoverage ? Math.max(-100, Math.min(100, area / known)) : Number.NaN
  }
}

function imbalance({ bidSize, askSize }: QuoteTape, at: number): number {
  const total = bidSize[at] + askSize[at]
  return total > 0 ? (100 * (bidSize[at] - askSize[at])) / total : Number.NaN
}

/** What the quote before the row was worth until the row came: slots 0 = imbalance·ms, 2 = ms. */
function addHeld(memory: Float64Array, tape: QuoteTape, at: number, sign: 1 | -1): void {
  const value = imbalance(tape, at - 1)
  if (value !== value) return
  const held = sign * (tape.time[at] - tape.time[at - 1])
  addTo(memory, 0, value * held)
  addTo(memory, 2, held)
}
