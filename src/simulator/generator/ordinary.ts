import { lowerBound } from '#model/block.ts'
import type { UnixMs } from '#model/ids.ts'
import type { TradeColumns } from '#model/market.ts'

/** Recorded trades with prices in ticks and quantities in lots, so that nothing hangs on their scale. */
export type GridTrades = TradeColumns

/** What an instrument is like on the day before an event, in its own units. */
export interface Ordinary {
  readonly tradesPerSecond: number
  /** Median trade, ticks × lots. */
  readonly notional: number
  /** Median of the 10 s in which anything traded, ticks × lots. */
  readonly notional10s: number
  /** Half the distance of buys and sells, as a logarithm. */
  readonly halfSpread: number
}

const dayMs = 86_400_000
const minHalfSpread = 0.0001
const maxHalfSpread = 0.01

/** Measured over the day before `onset`, or what there is of it; there must be a trade in it. */
export function ordinaryBefore({ time, price, quantity, side }: GridTrades, onset: UnixMs): Ordinary {
  const from = lowerBound(time, onset - dayMs)
  const to = lowerBound(time, onset)
  const notionals = new Float64Array(to - from)
  const tens: number[] = []
  const flips: number[] = []
  let ten = -1
  for (let row = from; row < to; row++) {
    const notional = price[row] * quantity[row]
    notionals[row - from] = notional
    const index = Math.floor(time[row] / 10_000)
    if (index === ten) tens[tens.length - 1] += notional
    else tens.push(notional)
    ten = index
    if (row > from && side[row] * side[row - 1] < 0 && time[row] - time[row - 1] < 60_000) {
      flips.push(Math.abs(Math.log(price[row] / price[row - 1])))
    }
  }
  const seconds = Math.max(1, (onset - Math.max(time[from], onset - dayMs)) / 1_000)
  return {
    tradesPerSecond: notionals.length / seconds,
    notional: medianOf(notionals),
    notional10s: medianOf(Float64Array.from(tens)),
    halfSpread: Math.min(maxHalfSpread, Math.max(minHalfSpread, medianOf(Float64Array.from(flips)) / 2 || 0)),
  }
}

/** Lower median; NaN of nothing. Sorts in place. */
export function medianOf(values: Float64Array): number {
  return values.length === 0 ? NaN : values.sort()[(values.length - 1) >> 1]
}
