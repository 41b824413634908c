import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { MarketBlock } from '#model/market.ts'
import type { PriceSeries } from '#model/run.ts'

const maxPoints = 2_000
/** Length of a bucket at the start; of the shortest multiple above it where bars are recorded. */
const leastBucketMs = 60_000

interface Point {
  time: UnixMs
  open: number
  high: number
  low: number
  close: number
  volume: number
}

/** A bounded OHLCV picture of one instrument for the report: buckets double in length whenever there would be too many. */
export class PriceRecorder {
  readonly #instrumentId: InstrumentId
  #points: Point[] = []
  #bucketMs = leastBucketMs

  constructor(instrumentId: InstrumentId) {
    this.#instrumentId = instrumentId
  }

  add(block: MarketBlock): void {
    const { trades, bars } = block
    if (trades) {
      for (let row = 0; row < trades.time.length; row++) {
        const price = trades.price[row]
        this.#add(trades.time[row], price, price, price, price, trades.quantity[row])
      }
    }
    if (bars) {
      this.#holdWhole(bars.intervalMs)
      for (let row = 0; row < bars.time.length; row++) {
        const opened = bars.time[row] - bars.intervalMs
        this.#add(opened, bars.open[row], bars.high[row], bars.low[row], bars.close[row], bars.volume[row])
      }
    }
  }

  series(): PriceSeries {
    const column = (of: (point: Point) => number): Float64Array => Float64Array.from(this.#points, of)
    return {
      instrumentId: this.#instrumentId,
      intervalMs: this.#bucketMs,
      time: column(({ time }) => time),
      open: column(({ open }) => open),
      high: column(({ high }) => high),
      low: column(({ low }) => low),
      close: column(({ close }) => close),
      volume: column(({ volume }) => volume),
    }
  }

  #add(time: UnixMs, open: number, high: number, low: number, close: number, volume: number): void {
    const last = this.#points.at(-1)
    if (last && time < last.time + this.#bucketMs) {
      if (high > last.high) last.high = high
      if (low < last.low) last.low = low
      last.close = close
      last.volume += volume
      return
    }
    this.#points.push({ time: Math.floor(time / this.#bucketMs) * this.#bucketMs, open, high, low, close, volume })
    if (this.#points.length > maxPoints) this.#regroup(this.#bucketMs * 2)
  }

  /** Buckets that no bar of this length is cut by. */
  #holdWhole(intervalMs: number): void {
    if (this.#bucketMs % intervalMs === 0) return
    this.#regroup(Math.ceil(this.#bucketMs / intervalMs) * intervalMs)
  }

  #regroup(bucketMs: number): void {
    this.#bucketMs = bucketMs
    const merged: Point[] = []
    for (const point of this.#points) {
      const time = Math.floor(point.time / bucketMs) * bucketMs
      const last = merged.at(-1)
      if (last?.time === time) {
        last.high = Math.max(last.high, point.high)
        last.low = Math.min(last.low, point.low)
        last.close = point.close
        last.volume += point.volume
      } else {
        merged.push({ ...point, time })
      }
    }
    this.#points = merged
  }
}
