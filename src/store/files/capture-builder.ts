import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { MarketBlock, MarketEvent } from '#model/market.ts'
import { BlockBuilder, maxBlockRows } from './block-builder.ts'

/** Depth messages are large: a block with this many is full. */
const maxBlockEvents = 4_096

/** Gathers trades, quotes and events of one capture into blocks that end together, never between two rows of one time. */
export class CaptureBuilder {
  rows = 0
  lastBookTime: UnixMs | undefined
  readonly #instrumentId: InstrumentId
  readonly #row = new Float64Array(6)
  #trades: BlockBuilder
  #quotes: BlockBuilder
  #events: MarketEvent[] = []
  #lastTime: UnixMs = -Infinity
  #ready: MarketBlock[] = []

  constructor(instrumentId: InstrumentId) {
    this.#instrumentId = instrumentId
    this.#trades = new BlockBuilder(instrumentId, 'trades', 0)
    this.#quotes = new BlockBuilder(instrumentId, 'quotes', 0)
  }

  trade(time: UnixMs, price: number, quantity: number, side: number): void {
    this.#before(time)
    this.#row.set([time, price, quantity])
    this.#trades.add(this.#row, side)
  }

  quote(time: UnixMs, bid: number, ask: number, bidSize: number, askSize: number): void {
    this.#before(time)
    this.#row.set([time, bid, ask, bidSize, askSize])
    this.#quotes.add(this.#row, 0)
  }

  event(event: MarketEvent): void {
    this.#before(event.time)
    this.#events.push(event)
    if (event.type === 'bookUpdate') this.lastBookTime = event.time
  }

  finish(): void {
    this.#flush()
  }

  take(): readonly MarketBlock[] {
    const ready = this.#ready
    this.#ready = []
    return ready
  }

  #before(time: UnixMs): void {
    const isFull = this.#trades.rows + this.#quotes.rows >= maxBlockRows / 2 || this.#events.length >= maxBlockEvents
    if (isFull && time > this.#lastTime) this.#flush()
    this.#lastTime = time
    this.rows++
  }

  #flush(): void {
    this.#trades.finish()
    this.#quotes.finish()
    // half full at most times, so each gave one block; a second one would need 32 768 rows of one millisecond
    const trades = this.#trades.take()
    const quotes = this.#quotes.take()
    const count = Math.max(trades.length, quotes.length, this.#events.length > 0 ? 1 : 0)
    for (let index = 0; index < count; index++) {
      const events = index === count - 1 && this.#events.length > 0 ? { events: this.#events } : {}
      this.#ready.push({ ...trades[index], ...quotes[index], ...events, instrumentId: this.#instrumentId })
    }
    this.#trades = new BlockBuilder(this.#instrumentId, 'trades', 0)
    this.#quotes = new BlockBuilder(this.#instrumentId, 'quotes', 0)
    this.#events = []
  }
}
