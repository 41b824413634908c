import type { UnixMs } from '#model/ids.ts'
import { decimalsOf, floorQuantity, type Instrument, snapPrice } from '#model/instrument.ts'
import type { Side } from '#model/market.ts'
import type { Book, BookSide } from './book.ts'

/** A level keeps its size for so long; each changes at its own moment. */
const changeEveryMs = 10_000
const memory = 0.02

/**
 * Makes up the depth behind the touch where the recording has none: sizes come from a hash of seed, price and time, so they
 * are the same in every run, stand at prices that do not move with the touch, and change one by one. Touch and sizes follow the
 * recording's quotes, or its prints where it has no quotes.
 */
export class Synthesis {
  readonly #seed: number
  readonly #levels: number
  readonly #shown = { bid: new Set<number>(), ask: new Set<number>() }
  #bid = NaN
  #ask = NaN
  #bidSize = 0
  #askSize = 0
  #typical = NaN
  #spread = NaN
  #filledAt: UnixMs = -Infinity
  #stale = true

  constructor(seed: number, levels: number) {
    this.#seed = seed
    this.#levels = levels
  }

  get known(): boolean {
    return this.#bid > 0 && this.#ask > this.#bid
  }

  /** A recorded touch. */
  quote(bid: number, ask: number, bidSize: number, askSize: number): void {
    if (!(bid > 0 && ask > bid)) return
    this.#stale ||= bid !== this.#bid || ask !== this.#ask || bidSize !== this.#bidSize || askSize !== this.#askSize
    this.#bid = bid
    this.#ask = ask
    this.#bidSize = bidSize
    this.#askSize = askSize
    this.#learn((bidSize + askSize) / 2)
  }

  /** A print where there are no quotes: the side that was taken stands there. */
  print(instrument: Instrument, price: number, quantity: number, side: Side): void {
    const tick = instrument.tickSize
    this.#learn(quantity * 3)
    this.#spread = Math.max(1, Math.round((price * 2e-4) / tick)) * tick
    const gap = this.#ask - this.#bid
    if (side === 'buy') {
      this.#ask = price
      if (!(this.#bid < price) || gap > 3 * this.#spread || price - this.#bid > 3 * this.#spread)
        this.#bid = price - this.#spread
    } else {
      this.#bid = price
      if (!(this.#ask > price) || gap > 3 * this.#spread || this.#ask - price > 3 * this.#spread)
        this.#ask = price + this.#spread
    }
    this.#bid = snapPrice(instrument, Math.max(tick, this.#bid))
    this.#ask = snapPrice(instrument, Math.max(this.#bid + tick, this.#ask))
    this.#bidSize = 0
    this.#askSize = 0
    this.#stale = true
  }

  /** Brings the book's own sizes to what they should be at `time`. */
  fill(book: Book, time: UnixMs): void {
    if (!this.known || (!this.#stale && time - this.#filledAt < 1_000)) return
    this.#stale = false
    this.#filledAt = time
    const { instrument } = book
    // A side that retreats goes first, so that the book is never crossed on the way.
    for (const side of ['bid', 'ask'] as const) this.#clearBeyond(book, side, time)
    for (const side of ['bid', 'ask'] as const) this.#fillSide(book, instrument, side, time)
  }

  /** The market's own levels are gone: everything is made up anew. */
  reset(): void {
    this.#shown.bid.clear()
    this.#shown.ask.clear()
    this.#stale = true
  }

  #clearBeyond(book: Book, side: BookSide, time: UnixMs): void {
    const edge = side === 'bid' ? this.#bid : this.#ask
    for (const price of this.#shown[side]) {
      if (side === 'bid' ? price <= edge : price >= edge) continue
      book.setBackground(side, price, 0, time)
      this.#shown[side].delete(price)
    }
  }

  #fillSide(book: Book, instrument: Instrument, side: BookSide, time: UnixMs): void {
    const shown = this.#shown[side]
    const sign = side === 'bid' ? -1 : 1
    const touch = side === 'bid' ? this.#bid : this.#ask
    const { tickSize } = instrument
    const ticks = Math.round(touch / tickSize)
    const gap = 2 ** Math.max(0, Math.floor(Math.log2(ticks * 1e-4)))
    const wanted = new Map<number, number>()
    wanted.set(touch, this.#sizeAt(instrument, side, ticks, 0, time))
    const first = sign < 0 ? Math.ceil(ticks / gap) - 1 : Math.floor(ticks / gap) + 1
    for (let step = 0; step < this.#levels - 1; step++) {
      const at = (first + sign * step) * gap
      if (at <= 0) break
      const price = Number((at * tickSize).toFixed(decimalsOf(tickSize)))
      wanted.set(price, this.#sizeAt(instrument, side, at, step + 1, time))
    }
    for (const price of shown) {
      if (wanted.has(price)) continue
      book.setBackground(side, price, 0, time)
      shown.delete(price)
    }
    for (const [price, size] of wanted) {
      book.setBackground(side, price, size, time)
      shown.add(price)
    }
  }

  #sizeAt(instrument: Instrument, side: BookSide, tick: number, step: number, time: UnixMs): number {
    const recorded = side === 'bid' ? this.#bidSize : this.#askSize
    if (step === 0 && recorded > 0) return recorded
    const own = hash(this.#seed, tick, side === 'bid' ? 1 : 2)
    const phase = Math.floor(own * changeEveryMs)
    const epoch = Math.floor((time + phase) / changeEveryMs)
    const draw = hash(this.#seed ^ 0x5bd1e995, tick, epoch)
    const base = 2 ** Math.round(Math.log2(Math.max(this.#typical, instrument.lotSize)))
    const size = base * (0.4 + 0.6 * own + draw) * (1 + 0.1 * Math.min(step, 20))
    return Math.max(instrument.lotSize, floorQuantity(instrument, size))
  }

  #learn(size: number): void {
    if (!(size > 0)) return
    this.#typical = Number.isNaN(this.#typical) ? size : this.#typical + memory * (size - this.#typical)
  }
}

/** In [0, 1), from three integers. */
function hash(a: number, b: number, c: number): number {
  let value = Math.imul(a | 0, 0x9e3779b1) ^ Math.imul(b | 0, 0x85ebca6b) ^ Math.imul(c | 0, 0xc2b2ae35)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return ((value ^ (value >>> 16)) >>> 0) / 2 ** 32
}
