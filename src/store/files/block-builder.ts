import type { InstrumentId } from '#model/ids.ts'
import type { MarketBlock, MarkPrice } from '#model/market.ts'
import type { ColumnFormat } from './format.ts'

/** Rows in a block at most. */
export const maxBlockRows = 65_536

/**
 * Gathers rows into columns of at most `maxBlockRows`; arrays are never reused, so blocks may be kept by reference. Rows of one time
 * stay in one block as long as it can hold them, so that the cut changes nothing for whoever replays.
 */
export class BlockBuilder {
  rows = 0
  readonly #instrumentId: InstrumentId
  readonly #shape: ColumnFormat['shape']
  readonly #intervalMs: number
  readonly #width: number
  #columns: Float64Array[] = []
  #side = new Int8Array(0)
  #length = 0
  #capacity = 0
  #ready: MarketBlock[] = []

  constructor(instrumentId: InstrumentId, shape: ColumnFormat['shape'], intervalMs: number) {
    this.#instrumentId = instrumentId
    this.#shape = shape
    this.#intervalMs = intervalMs
    this.#width = { trades: 3, bars: 6, quotes: 5, marks: 2 }[shape]
  }

  /** `row` in the order of the shape's columns, time first. */
  add(row: Float64Array, side: number): void {
    if (this.#length === this.#capacity) this.#grow(row[0])
    const at = this.#length++
    this.rows++
    const columns = this.#columns
    for (let index = 0; index < this.#width; index++) columns[index][at] = row[index]
    this.#side[at] = side
  }

  finish(): void {
    this.#flush()
  }

  take(): readonly MarketBlock[] {
    const ready = this.#ready
    this.#ready = []
    return ready
  }

  #grow(time: number): void {
    if (this.#capacity === maxBlockRows) {
      const from = groupStart(this.#columns[0], this.#length, time)
      const kept = this.#columns.map((column) => column.slice(from))
      const keptSide = this.#side.slice(from)
      this.#length = from
      this.#flush()
      this.#columns = kept
      this.#side = keptSide
      this.#length = keptSide.length
    }
    // small files do not pay for a whole block
    const capacity =
      this.rows >= maxBlockRows ? maxBlockRows : Math.min(maxBlockRows, Math.max(1024, this.#capacity * 4))
    const columns = Array.from({ length: this.#width }, () => new Float64Array(capacity))
    columns.forEach((column, index) => column.set(this.#columns[index] ?? []))
    this.#columns = columns
    const side = new Int8Array(capacity)
    side.set(this.#side)
    this.#side = side
    this.#capacity = capacity
  }

  #flush(): void {
    if (this.#length > 0) this.#ready.push(this.#block())
    this.#columns = []
    this.#side = new Int8Array(0)
    this.#length = 0
    this.#capacity = 0
  }

  #block(): MarketBlock {
    const instrumentId = this.#instrumentId
    const columns = this.#columns.map((column) => column.subarray(0, this.#length))
    const [time, a, b, c, d, e] = columns as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    switch (this.#shape) {
      case 'trades':
        return { instrumentId, trades: { time, price: a, quantity: b, side: this.#side.subarray(0, this.#length) } }
      case 'bars':
        return {
          instrumentId,
          bars: { intervalMs: this.#intervalMs, time, open: a, high: b, low: c, close: d, volume: e },
        }
      case 'quotes':
        return { instrumentId, quotes: { time, bid: a, ask: b, bidSize: c, askSize: d } }
      case 'marks':
        return {
          instrumentId,
          events: Array.from(time, (at, index): MarkPrice => ({
            type: 'markPrice',
            instrumentId,
            time: at,
            price: a[index],
          })),
        }
    }
  }
}

/** First of the last rows of `time` among `length`; `length` where there are none, or nothing else. */
export function groupStart(times: Float64Array, length: number, time: number): number {
  let from = length
  while (from > 0 && times[from - 1] === time) from--
  return from === 0 ? length : from
}
