import type { SideCode } from '#model/market.ts'
import type { TradeTape } from '#model/indicator.ts'

/** Waiting behind the last loaded row: later than any instant, so that cursors need no bound. */
export const sentinels = 3

/** Rows between two re-basings of the running sums, so that their rounding stays far below 1e-9 of a window. */
const rebaseEvery = 2 ** 20

/**
 * The tape of one instrument: rows `[start, seen)` have happened, `[seen, end)` are loaded and wait.
 * Sums grow only in `see`, row by row, so a row's sums do not depend on how many rows were loaded at once.
 */
export class TradeTapeBuffer implements TradeTape {
  offset = 0
  start = 0
  end = 0
  seen = 0
  /** First row of continuous data: rows before it lie behind a gap. */
  coveredRow = 0
  /** Price the time integral is measured from; NaN before the first trade. */
  origin = Number.NaN
  time = new Float64Array(1024 + sentinels).fill(Infinity)
  price = new Float64Array(1024)
  quantity = new Float64Array(1024)
  side = new Int8Array(1024)
  quote = new Float64Array(1025)
  base = new Float64Array(1025)
  buyQuote = new Float64Array(1025)
  sellQuote = new Float64Array(1025)
  /** ∫ (price − origin) dt up to the row's own time. */
  integral = new Float64Array(1025)

  append(time: number, price: number, quantity: number, side: SideCode): void {
    if (this.end - this.offset === this.price.length) this.#grow(1)
    const at = this.end++ - this.offset
    this.time[at] = time
    this.time.fill(Infinity, at + 1, at + 1 + sentinels)
    this.price[at] = price
    this.quantity[at] = quantity
    this.side[at] = side
  }

  appendColumns(columns: { time: Float64Array; price: Float64Array; quantity: Float64Array; side: Int8Array }): void {
    const rows = columns.time.length
    if (this.end - this.offset + rows > this.price.length) this.#grow(rows)
    const at = this.end - this.offset
    this.time.set(columns.time, at)
    this.price.set(columns.price, at)
    this.quantity.set(columns.quantity, at)
    this.side.set(columns.side, at)
    this.end += rows
    this.time.fill(Infinity, at + rows, at + rows + sentinels)
  }

  /** Time of the next waiting row; Infinity when none waits. */
  nextTime(): number {
    return this.seen < this.end ? this.time[this.seen - this.offset] : Infinity
  }

  /** Makes the waiting rows up to `end` part of what has happened. */
  see(end: number): void {
    while (this.seen < end) {
      if (this.seen % rebaseEvery === 0) this.#rebase(this.seen - this.offset)
      this.#sum(Math.min(end, (Math.floor(this.seen / rebaseEvery) + 1) * rebaseEvery))
    }
  }

  /** Drops rows that no window of `keepMs` back from `now` reaches; the last row before it stays as carry-in. */
  drop(now: number, keepMs: number): void {
    const from = now - keepMs
    let row = this.start
    while (row + 1 < this.seen && this.time[row + 1 - this.offset] <= from) row++
    this.start = row
  }

  snapshot(): unknown {
    const from = this.start - this.offset
    const to = this.seen - this.offset
    return {
      start: this.start,
      seen: this.seen,
      coveredRow: this.coveredRow,
      origin: this.origin,
      rows: [this.time, this.price, this.quantity].map((column) => column.slice(from, to)),
      side: this.side.slice(from, to),
      sums: [this.quote, this.base, this.buyQuote, this.sellQuote, this.integral].map((column) =>
        column.slice(from, to + 1),
      ),
    }
  }

  restore(state: unknown): void {
    const saved = state as {
      start: number
      seen: number
      coveredRow: number
      origin: number
      rows: Float64Array[]
      side: Int8Array
      sums: Float64Array[]
    }
    this.offset = this.start = saved.start
    this.end = this.seen = saved.seen
    this.coveredRow = saved.coveredRow
    this.origin = saved.origin
    this.#resize(Math.max(1024, saved.seen - saved.start))
    const rows = [this.time, this.price, this.quantity]
    saved.rows.forEach((column, index) => rows[index]?.set(column))
    this.side.set(saved.side)
    const kept = saved.seen - saved.start
    this.time.fill(Infinity, kept, kept + sentinels)
    const sums = [this.quote, this.base, this.buyQuote, this.sellQuote, this.integral]
    saved.sums.forEach((column, index) => sums[index]?.set(column))
  }

  #sum(end: number): void {
    const { time, price, quantity, side, quote, base, buyQuote, sellQuote, integral, offset } = this
    let at = this.seen - offset
    if (this.seen === this.coveredRow) {
      if (this.origin !== this.origin) this.origin = price[at]
      integral[at] = 0
    } else {
      integral[at] = integral[at - 1] + (price[at - 1] - this.origin) * (time[at] - time[at - 1])
    }
    const { origin } = this
    for (const last = end - offset; ; at++) {
      const value = price[at] * quantity[at]
      quote[at + 1] = quote[at] + value
      base[at + 1] = base[at] + quantity[at]
      buyQuote[at + 1] = buyQuote[at] + (side[at] === 1 ? value : 0)
      sellQuote[at + 1] = sellQuote[at] + (side[at] === -1 ? value : 0)
      if (at + 1 === last) break
      integral[at + 1] = integral[at] + (price[at] - origin) * (time[at + 1] - time[at])
    }
    this.seen = end
  }

  #rebase(at: number): void {
    const from = this.start - this.offset
    for (const column of [this.quote, this.base, this.buyQuote, this.sellQuote]) {
      const base = column[at]
      for (let index = from; index <= at; index++) column[index] = column[index] - base
    }
    if (at === from) return
    const base = this.integral[at - 1]
    for (let index = from; index < at; index++) this.integral[index] = this.integral[index] - base
  }

  /** Makes room for `rows` more: by forgetting dropped rows when they are at least half, else by doubling. */
  #grow(rows: number): void {
    const kept = this.end - this.start
    const shift = this.start - this.offset
    if (shift < kept || kept + rows > this.price.length) {
      this.#resize(Math.max(this.price.length * 2, (kept + rows) * 2))
    }
    this.time.copyWithin(0, shift, shift + kept + sentinels)
    for (const column of [this.price, this.quantity, this.side]) column.copyWithin(0, shift, shift + kept)
    for (const column of [this.quote, this.base, this.buyQuote, this.sellQuote, this.integral])
      column.copyWithin(0, shift, shift + kept + 1)
    this.offset = this.start
  }

  #resize(capacity: number): void {
    if (capacity <= this.price.length) return
    this.time = extend(this.time, capacity + sentinels)
    this.price = extend(this.price, capacity)
    this.quantity = extend(this.quantity, capacity)
    const side = new Int8Array(capacity)
    side.set(this.side)
    this.side = side
    this.quote = extend(this.quote, capacity + 1)
    this.base = extend(this.base, capacity + 1)
    this.buyQuote = extend(this.buyQuote, capacity + 1)
    this.sellQuote = extend(this.sellQuote, capacity + 1)
    this.integral = extend(this.integral, capacity + 1)
  }
}

export function extend(column: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(capacity)
  longer.set(column)
  return longer
}
