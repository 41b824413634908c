import type { BarTape, RowColumn, Timeline } from '#model/indicator.ts'
import { RowTape, viewOf } from './row-tape.ts'
import type { TradeTapeBuffer } from './trade-tape.ts'

const names = ['open', 'high', 'low', 'close', 'volume', 'quoteVolume'] as const
type Name = (typeof names)[number]

/** Bars kept behind the newest one; the longest look-back any indicator on bars may ask for. */
export const keptBars = 4096

/**
 * Bars of one interval aligned to the epoch, built from trades. An interval without trades after the first
 * becomes a flat bar with zero volume, as exchanges publish it. A bar is seen from its close time on.
 */
export class BarBuilder {
  readonly intervalMs: number
  readonly tape: BarTape
  readonly seen: RowColumn
  readonly #rows = new RowTape<Name>(names)
  /** Close time of the forming bar; NaN before the first trade. */
  #closeTime = Number.NaN
  #open = 0
  #high = 0
  #low = 0
  #close = 0
  #volume = 0
  #quoteVolume = 0
  /** Nothing traded yet in the forming bar: its prices are the close before. */
  #empty = false

  constructor(intervalMs: number, capacity: number) {
    this.intervalMs = intervalMs
    this.tape = Object.assign(viewOf(this.#rows), { intervalMs })
    this.seen = { values: new Int32Array(capacity), ensure() {} }
  }

  /** Goes through a stretch in order: at each instant what is over is closed, then the trades seen there are added. */
  build(timeline: Timeline, trades: TradeTapeBuffer): void {
    const { values } = this.seen
    const { price, quantity, offset } = trades
    let row = timeline.trades[0] - offset
    let closed = this.#rows.end
    for (let at = 1; at < timeline.length; at++) {
      const time = timeline.time[at]
      if (time >= this.#closeTime) {
        while (time >= this.#closeTime) this.#finish()
        closed = this.#rows.end
      }
      const end = timeline.trades[at] - offset
      for (; row < end; row++) this.#add(time, price[row], quantity[row])
      values[at] = closed
    }
  }

  /** A finished bar of a bar-only source; of one that is no whole part of this interval nothing can be said. */
  bar(
    closeTime: number,
    intervalMs: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
  ): void {
    if (this.intervalMs % intervalMs !== 0) return
    const openTime = closeTime - intervalMs
    while (openTime >= this.#closeTime) this.#finish()
    if (this.#closeTime !== this.#closeTime || this.#empty) this.#begin(openTime, open)
    if (high > this.#high) this.#high = high
    if (low < this.#low) this.#low = low
    this.#close = close
    this.#volume += volume
    this.#quoteVolume += (volume * (high + low + close)) / 3
    if (closeTime >= this.#closeTime) this.#finish()
  }

  /** Repeats the newest state at an instant without trades of its own. */
  mark(at: number): void {
    this.seen.values[at] = this.#rows.end
  }

  /** Forgets the forming bar: continuous data starts again. */
  reset(): void {
    this.#closeTime = Number.NaN
    this.#rows.start = this.#rows.end
    this.#rows.seen = this.#rows.end
  }

  snapshot(): unknown {
    return {
      rows: this.#rows.snapshot(),
      forming: [
        this.#closeTime,
        this.#open,
        this.#high,
        this.#low,
        this.#close,
        this.#volume,
        this.#quoteVolume,
        this.#empty ? 1 : 0,
      ],
    }
  }

  restore(state: unknown): void {
    const saved = state as { rows: unknown; forming: number[] }
    this.#rows.restore(saved.rows)
    const [closeTime, open, high, low, close, volume, quoteVolume, empty] = saved.forming as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    this.#closeTime = closeTime
    this.#open = open
    this.#high = high
    this.#low = low
    this.#close = close
    this.#volume = volume
    this.#quoteVolume = quoteVolume
    this.#empty = empty === 1
    this.seen.values[0] = this.#rows.end
  }

  #add(time: number, price: number, quantity: number): void {
    if (this.#closeTime !== this.#closeTime || this.#empty) this.#begin(time, price)
    if (price > this.#high) this.#high = price
    if (price < this.#low) this.#low = price
    this.#close = price
    this.#volume += quantity
    this.#quoteVolume += price * quantity
  }

  #begin(time: number, price: number): void {
    this.#closeTime = (Math.floor(time / this.intervalMs) + 1) * this.intervalMs
    this.#open = this.#high = this.#low = this.#close = price
    this.#volume = this.#quoteVolume = 0
    this.#empty = false
  }

  /** Closes the forming bar and opens the next one flat at its close. */
  #finish(): void {
    const { columns } = this.#rows
    const at = this.#rows.append(this.#closeTime)
    columns.open[at] = this.#open
    columns.high[at] = this.#high
    columns.low[at] = this.#low
    columns.close[at] = this.#close
    columns.volume[at] = this.#volume
    columns.quoteVolume[at] = this.#quoteVolume
    this.#rows.seen = this.#rows.end
    this.#rows.dropTo(keptBars)
    this.#closeTime += this.intervalMs
    this.#open = this.#high = this.#low = this.#close
    this.#volume = this.#quoteVolume = 0
    this.#empty = true
  }
}
