import type { QuoteColumns, SideCode, TradeColumns } from '#model/market.ts'

/** Trades under construction: columns that double when full. Rows must come in time order. */
export class TradeWriter {
  length = 0
  time: Float64Array
  price: Float64Array
  quantity: Float64Array
  side: Int8Array

  constructor(capacity: number) {
    const rows = Math.max(16, Math.ceil(capacity))
    this.time = new Float64Array(rows)
    this.price = new Float64Array(rows)
    this.quantity = new Float64Array(rows)
    this.side = new Int8Array(rows)
  }

  push(time: number, price: number, quantity: number, side: SideCode): void {
    const row = this.length
    if (row === this.time.length) this.#grow()
    this.time[row] = time
    this.price[row] = price
    this.quantity[row] = quantity
    this.side[row] = side
    this.length = row + 1
  }

  /** The rows written, in arrays of exactly their length. */
  finish(): TradeColumns {
    const n = this.length
    return {
      time: this.time.slice(0, n),
      price: this.price.slice(0, n),
      quantity: this.quantity.slice(0, n),
      side: this.side.slice(0, n),
    }
  }

  #grow(): void {
    this.time = doubled(this.time)
    this.price = doubled(this.price)
    this.quantity = doubled(this.quantity)
    const side = new Int8Array(this.side.length * 2)
    side.set(this.side)
    this.side = side
  }
}

/** Quotes under construction, like `TradeWriter`. */
export class QuoteWriter {
  length = 0
  time: Float64Array
  bid: Float64Array
  ask: Float64Array
  bidSize: Float64Array
  askSize: Float64Array

  constructor(capacity: number) {
    const rows = Math.max(16, Math.ceil(capacity))
    this.time = new Float64Array(rows)
    this.bid = new Float64Array(rows)
    this.ask = new Float64Array(rows)
    this.bidSize = new Float64Array(rows)
    this.askSize = new Float64Array(rows)
  }

  push(time: number, bid: number, ask: number, bidSize: number, askSize: number): void {
    const row = this.length
    if (row === this.time.length) this.#grow()
    this.time[row] = time
    this.bid[row] = bid
    this.ask[row] = ask
    this.bidSize[row] = bidSize
    this.askSize[row] = askSize
    this.length = row + 1
  }

  finish(): QuoteColumns {
    const n = this.length
    return {
      time: this.time.slice(0, n),
      bid: this.bid.slice(0, n),
      ask: this.ask.slice(0, n),
      bidSize: this.bidSize.slice(0, n),
      askSize: this.askSize.slice(0, n),
    }
  }

  #grow(): void {
    this.time = doubled(this.time)
    this.bid = doubled(this.bid)
    this.ask = doubled(this.ask)
    this.bidSize = doubled(this.bidSize)
    this.askSize = doubled(this.askSize)
  }
}

function doubled(column: Float64Array): Float64Array {
  const grown = new Float64Array(column.length * 2)
  grown.set(column)
  return grown
}
