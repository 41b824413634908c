import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { MarketBlock, MarketEvent, SideCode } from '#model/market.ts'
import type { MarketSegment, MarketSource } from '#model/source.ts'

/** What a recording's rows turn into. */
export interface TapeSink {
  print(price: number, quantity: number, side: SideCode): void
  quote(bid: number, ask: number, bidSize: number, askSize: number): void
  event(event: MarketEvent): void
}

/** Part of a bar told as prints: open, the nearer extreme, the other one, close. */
const barPrints = 4

/**
 * Rows of one instrument's recordings in time order, without end when looping. Reads a block ahead; where that is not there
 * yet, the tape stands still until it is.
 */
export class TapeReader {
  readonly #segments: readonly MarketSegment[]
  #iterator: AsyncIterator<MarketBlock> | null = null
  #segment = 0
  #block: MarketBlock | null = null
  #ahead: MarketBlock | null | undefined
  #pending: Promise<void> | null = null
  #trade = 0
  #quote = 0
  #bar = 0
  #event = 0
  readonly #onBlock: () => void
  /** Set when the last row has been read. */
  ended = false
  /** Reading failed; told once by the exchange. */
  failure: unknown = null

  constructor(source: MarketSource, instrumentId: InstrumentId, onBlock: () => void) {
    this.#segments = source.segments
      .filter((segment) => segment.instrumentId === instrumentId)
      .toSorted((a, b) => a.from - b.from)
    this.#onBlock = onBlock
  }

  get hasDepth(): boolean {
    return this.#segments.some(({ feeds }) => feeds.includes('book'))
  }

  get hasQuotes(): boolean {
    return this.#segments.some(({ feeds }) => feeds.includes('quote'))
  }

  /** First recorded instant; NaN without recordings. */
  get from(): UnixMs {
    return this.#segments[0]?.from ?? NaN
  }

  /** Reads from the start, until the first block is there. */
  async open(): Promise<void> {
    this.#segment = 0
    this.#iterator = null
    this.#block = null
    this.#ahead = undefined
    this.ended = this.#segments.length === 0
    if (!this.ended) await this.fill()
  }

  /** Waits until there are rows, or the end. */
  async fill(): Promise<void> {
    while (!this.ended && this.#rowsLeft() === 0) {
      this.#prefetch()
      await this.#pending
      this.#enter(this.#ahead ?? null)
      this.#ahead = undefined
    }
    this.#prefetch()
  }

  /** Time of the next row; Infinity when it ended or waits for a block. */
  next(): UnixMs {
    if (this.#rowsLeft() === 0 && !this.#turn()) return Infinity
    const { trades, quotes, bars, events } = this.#block as MarketBlock
    return Math.min(
      trades?.time[this.#trade] ?? Infinity,
      quotes?.time[this.#quote] ?? Infinity,
      bars === undefined ? Infinity : this.#barTime(),
      events?.[this.#event]?.time ?? Infinity,
    )
  }

  /** Hands the next row over: trades first, then quotes, bars and the rest. */
  take(sink: TapeSink): void {
    const time = this.next()
    if (time === Infinity || this.#block === null) return
    const { trades, quotes, bars, events } = this.#block
    if (trades?.time[this.#trade] === time) {
      const row = this.#trade++
      sink.print(trades.price[row], trades.quantity[row], trades.side[row] as SideCode)
    } else if (quotes?.time[this.#quote] === time) {
      const row = this.#quote++
      sink.quote(quotes.bid[row], quotes.ask[row], quotes.bidSize[row], quotes.askSize[row])
    } else if (bars !== undefined && this.#barTime() === time) this.#printBar(sink)
    else if (events !== undefined) sink.event(events[this.#event++])
  }

  #printBar(sink: TapeSink): void {
    const bars = this.#block?.bars
    if (bars === undefined) return
    const row = Math.floor(this.#bar / barPrints)
    const up = bars.close[row] >= bars.open[row]
    const path = up
      ? [bars.open[row], bars.low[row], bars.high[row], bars.close[row]]
      : [bars.open[row], bars.high[row], bars.low[row], bars.close[row]]
    const part = this.#bar % barPrints
    const price = path[part]
    const before = part === 0 ? price : path[part - 1]
    this.#bar++
    if (bars.volume[row] > 0) sink.print(price, bars.volume[row] / barPrints, price >= before ? 1 : -1)
  }

  #barTime(): UnixMs {
    const bars = this.#block?.bars
    if (bars === undefined) return Infinity
    const row = Math.floor(this.#bar / barPrints)
    const close = bars.time[row]
    if (close === undefined) return Infinity
    const part = this.#bar % barPrints
    return part === barPrints - 1 ? close - 1 : close - bars.intervalMs + (part * bars.intervalMs) / barPrints
  }

  #rowsLeft(): number {
    if (this.#block === null) return 0
    const { trades, quotes, bars, events } = this.#block
    return (
      (trades?.time.length ?? 0) -
      this.#trade +
      ((quotes?.time.length ?? 0) - this.#quote) +
      ((bars?.time.length ?? 0) * barPrints - this.#bar) +
      ((events?.length ?? 0) - this.#event)
    )
  }

  /** On to the block read ahead; false when it is not there. */
  #turn(): boolean {
    if (this.#ahead === undefined) {
      this.#prefetch()
      return false
    }
    const block = this.#ahead
    this.#ahead = undefined
    this.#enter(block)
    this.#prefetch()
    return !this.ended && this.#rowsLeft() > 0
  }

  #enter(block: MarketBlock | null): void {
    this.#trade = this.#quote = this.#bar = this.#event = 0
    this.#block = block
    if (block === null) this.ended = true
  }

  #prefetch(): void {
    if (this.#pending !== null || this.ended || this.#ahead !== undefined) return
    this.#pending = this.#read()
      .catch((error: unknown) => {
        this.failure = error
        return null
      })
      .then((block) => {
        this.#pending = null
        this.#ahead = block
        this.#onBlock()
      })
  }

  /** The next block that has rows; null at the end. */
  async #read(): Promise<MarketBlock | null> {
    while (this.#segment < this.#segments.length) {
      this.#iterator ??= this.#segments[this.#segment].read()[Symbol.asyncIterator]()
      const next = await this.#iterator.next()
      if (next.done !== true) return next.value
      this.#iterator = null
      this.#segment++
    }
    return null
  }
}
