import type { BookUpdate } from '#model/market.ts'
import type { DepthSpec } from '#model/indicator.ts'
import { extend } from './trade-tape.ts'

/** Depth of one instrument, best level last on both sides so that changes near the touch move little memory. */
export class OrderBook {
  readonly bids = new BookSide(1)
  readonly asks = new BookSide(-1)
  /** A snapshot has been applied and no gap since. */
  valid = false

  apply(update: BookUpdate): void {
    if (update.snapshot) {
      this.bids.clear()
      this.asks.clear()
      this.valid = true
    }
    for (const [price, size] of update.bids) this.bids.set(price, size)
    for (const [price, size] of update.asks) this.asks.set(price, size)
  }

  invalidate(): void {
    this.valid = false
    this.bids.clear()
    this.asks.clear()
  }

  /** Neither side empty and not crossed. */
  get sound(): boolean {
    return this.valid && this.bids.length > 0 && this.asks.length > 0 && this.bids.price(0) < this.asks.price(0)
  }

  /** Sizes and values within the depth; NaN while the book is not sound. */
  measure(depth: DepthSpec, into: { bidSize: number; askSize: number; bidValue: number; askValue: number }): void {
    into.bidSize = into.askSize = into.bidValue = into.askValue = Number.NaN
    if (!this.sound) return
    const mid = (this.bids.price(0) + this.asks.price(0)) / 2
    const reach = 'withinPercent' in depth ? (mid * depth.withinPercent) / 100 : Infinity
    const levels = 'levels' in depth ? depth.levels : Infinity
    const bid = this.bids.sum(levels, mid - reach)
    const ask = this.asks.sum(levels, mid + reach)
    into.bidSize = bid.size
    into.bidValue = bid.value
    into.askSize = ask.size
    into.askValue = ask.value
  }

  snapshot(): unknown {
    return { valid: this.valid, bids: this.bids.snapshot(), asks: this.asks.snapshot() }
  }

  restore(state: unknown): void {
    const saved = state as { valid: boolean; bids: Float64Array[]; asks: Float64Array[] }
    this.valid = saved.valid
    this.bids.restore(saved.bids)
    this.asks.restore(saved.asks)
  }
}

/** Levels of one side; `direction` 1 = bids (best is highest), −1 = asks (best is lowest). */
class BookSide {
  length = 0
  #prices = new Float64Array(256)
  #sizes = new Float64Array(256)
  readonly #direction: 1 | -1

  constructor(direction: 1 | -1) {
    this.#direction = direction
  }

  /** Price of the nth best level, 0 = best. */
  price(rank: number): number {
    return this.#prices[this.length - 1 - rank]
  }

  size(rank: number): number {
    return this.#sizes[this.length - 1 - rank]
  }

  set(price: number, size: number): void {
    let low = 0
    let high = this.length
    const key = price * this.#direction
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#prices[middle] * this.#direction < key) low = middle + 1
      else high = middle
    }
    const found = low < this.length && this.#prices[low] === price
    if (found && size > 0) this.#sizes[low] = size
    else if (found) this.#remove(low)
    else if (size > 0) this.#insert(low, price, size)
  }

  sum(levels: number, limit: number): { size: number; value: number } {
    let size = 0
    let value = 0
    for (let at = this.length - 1, rank = 0; at >= 0 && rank < levels; at--, rank++) {
      const price = this.#prices[at]
      if ((price - limit) * this.#direction < 0) break
      size += this.#sizes[at]
      value += price * this.#sizes[at]
    }
    return { size, value }
  }

  clear(): void {
    this.length = 0
  }

  snapshot(): Float64Array[] {
    return [this.#prices.slice(0, this.length), this.#sizes.slice(0, this.length)]
  }

  restore(saved: readonly Float64Array[]): void {
    this.clear()
    saved[0]?.forEach((price, at) => this.set(price, saved[1]?.[at]))
  }

  #insert(at: number, price: number, size: number): void {
    if (this.length === this.#prices.length) {
      this.#prices = extend(this.#prices, this.length * 2)
      this.#sizes = extend(this.#sizes, this.length * 2)
    }
    this.#prices.copyWithin(at + 1, at, this.length)
    this.#sizes.copyWithin(at + 1, at, this.length)
    this.#prices[at] = price
    this.#sizes[at] = size
    this.length++
  }

  #remove(at: number): void {
    this.#prices.copyWithin(at, at + 1, this.length)
    this.#sizes.copyWithin(at, at + 1, this.length)
    this.length--
  }
}
