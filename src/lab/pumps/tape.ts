import { lowerBound } from '#model/block.ts'
import { UserError } from '#model/failure.ts'
import type { UnixMs } from '#model/ids.ts'
import type { TradeColumns } from '#model/market.ts'
import type { MarketSource } from '#model/source.ts'
import { quantileOf } from './statistics.ts'

/** Every trade of one recording, and what is asked of it; windows include both ends. Nothing here is known to a detector. */
export class Tape {
  readonly trades: TradeColumns
  /** Quote units traded before each row. */
  readonly #turnover: Float64Array

  constructor(trades: TradeColumns) {
    this.trades = trades
    this.#turnover = new Float64Array(trades.time.length + 1)
    for (let row = 0; row < trades.time.length; row++)
      this.#turnover[row + 1] = this.#turnover[row] + trades.price[row] * trades.quantity[row]
  }

  get from(): UnixMs {
    return this.trades.time[0]
  }

  get to(): UnixMs {
    return this.trades.time[this.trades.time.length - 1]
  }

  /** Rows from the first to behind the last in a window. */
  rows(from: UnixMs, to: UnixMs): readonly [first: number, end: number] {
    return [lowerBound(this.trades.time, from), lowerBound(this.trades.time, to + 1)]
  }

  /** Middle of the prices of all trades; null without any. */
  medianPrice(from: UnixMs, to: UnixMs): number | null {
    const [first, end] = this.rows(from, to)
    return quantileOf([...this.trades.price.subarray(first, end)], 0.5)
  }

  /** First trade at the highest price; null without any. */
  highest(from: UnixMs, to: UnixMs): { readonly time: UnixMs; readonly price: number } | null {
    const { time, price } = this.trades
    const [first, end] = this.rows(from, to)
    let best = first
    for (let row = first; row < end; row++) if (price[row] > price[best]) best = row
    return first < end ? { time: time[best], price: price[best] } : null
  }

  /** Last price at or before a time; null before the first trade. */
  priceAt(time: UnixMs): number | null {
    const [, end] = this.rows(-Infinity, time)
    return end === 0 ? null : this.trades.price[end - 1]
  }

  /** Quote units. */
  turnover(from: UnixMs, to: UnixMs): number {
    const [first, end] = this.rows(from, to)
    return this.#turnover[end] - this.#turnover[first]
  }

  /** Longest time without a trade that reaches into a window; null when the window is beyond the recording. */
  longestSilence(from: UnixMs, to: UnixMs): { readonly from: UnixMs; readonly to: UnixMs } | null {
    const { time } = this.trades
    const [first, end] = this.rows(from, to)
    let longest: { from: UnixMs; to: UnixMs } | null = null
    for (let row = Math.max(1, first); row <= Math.min(end, time.length - 1); row++) {
      if (longest === null || time[row] - time[row - 1] > longest.to - longest.from)
        longest = { from: time[row - 1], to: time[row] }
    }
    return longest
  }
}

/** All trades of a source of one instrument. Throws `UserError` where there are none. */
export async function readTape(source: MarketSource): Promise<Tape> {
  const blocks: TradeColumns[] = []
  for (const segment of source.segments) for await (const { trades } of segment.read()) if (trades) blocks.push(trades)
  const length = blocks.reduce((sum, { time }) => sum + time.length, 0)
  if (length === 0) {
    throw new UserError({
      code: 'missingFeed',
      message: 'there are no trades in it',
      where: source.segments[0]?.label ?? '--data',
      remedy: 'name recorded trades: delays of seconds cannot be measured on candles',
    })
  }
  const trades: TradeColumns = {
    time: new Float64Array(length),
    price: new Float64Array(length),
    quantity: new Float64Array(length),
    side: new Int8Array(length),
  }
  let at = 0
  for (const block of blocks) {
    trades.time.set(block.time, at)
    trades.price.set(block.price, at)
    trades.quantity.set(block.quantity, at)
    trades.side.set(block.side, at)
    at += block.time.length
  }
  return new Tape(trades)
}
