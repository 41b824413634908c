import type { MarketView } from '#model/indicator.ts'
import { addProduct, addTo, selfMoment } from './compensated.ts'

/**
 * Percent changes of the price in force between successive whole multiples of a step, those that ended in the window. A multiple
 * is looked at only once time has passed it, when every trade of its millisecond is known.
 */
export class StepReturns {
  readonly #market: MarketView
  readonly #windowMs: number
  readonly #stepMs: number
  readonly #ring: Float64Array
  readonly #memory = new Float64Array(4)
  #head = 0
  #size = 0
  /** Next multiple to look at, and the price at the one before. */
  #nextTime = -Infinity
  #price = Number.NaN
  #row = 0

  constructor(market: MarketView, windowMs: number, stepMs: number) {
    this.#market = market
    this.#windowMs = windowMs
    this.#stepMs = stepMs
    this.#ring = new Float64Array(Math.ceil(windowMs / stepMs) + 1)
  }

  /** Instants must come in order, with data reaching back to `coveredSince`. */
  slide(now: number, at: number): void {
    const { price, time, offset, start } = this.#market.trades
    const seen = this.#market.timeline.trades[at]
    const step = this.#stepMs
    const windowStart = Math.floor((now - this.#windowMs) / step) * step
    if (this.#nextTime < windowStart || this.#nextTime === -Infinity) {
      this.#clear()
      this.#nextTime = Math.max(windowStart, Math.ceil(this.#market.coveredSince() / step) * step)
    }
    for (; this.#nextTime < now; this.#nextTime += step) {
      if (this.#row < start) this.#row = start
      while (this.#row < seen && time[this.#row - offset] <= this.#nextTime) this.#row++
      const next = price[this.#row - 1 - offset]
      if (this.#price === this.#price) this.#push((100 * (next - this.#price)) / this.#price)
      this.#price = next
    }
    while (this.#size > 0 && this.#nextTime - this.#size * step <= now - this.#windowMs) this.#shift()
  }

  /** Population standard deviation; NaN of fewer than two. */
  deviation(): number {
    if (this.#size < 2) return Number.NaN
    return Math.sqrt(selfMoment(this.#memory, this.#size, 0, 2)) / this.#size
  }

  snapshot(): unknown {
    return {
      ring: this.#ring.slice(),
      memory: this.#memory.slice(),
      head: this.#head,
      size: this.#size,
      nextTime: this.#nextTime,
      price: this.#price,
      row: this.#row,
    }
  }

  restore(state: unknown): void {
    const saved = state as {
      ring: Float64Array
      memory: Float64Array
      head: number
      size: number
      nextTime: number
      price: number
      row: number
    }
    this.#ring.set(saved.ring)
    this.#memory.set(saved.memory)
    this.#head = saved.head
    this.#size = saved.size
    this.#nextTime = saved.nextTime
    this.#price = saved.price
    this.#row = saved.row
  }

  #push(value: number): void {
    if (this.#size === this.#ring.length) this.#shift()
    this.#ring[(this.#head + this.#size++) % this.#ring.length] = value
    addTo(this.#memory, 0, value)
    addProduct(this.#memory, 2, value, value, 1)
  }

  #shift(): void {
    const value = this.#ring[this.#head]
    this.#head = (this.#head + 1) % this.#ring.length
    this.#size--
    addTo(this.#memory, 0, -value)
    addProduct(this.#memory, 2, value, value, -1)
  }

  #clear(): void {
    this.#head = this.#size = 0
    this.#price = Number.NaN
    this.#memory.fill(0)
  }
}
