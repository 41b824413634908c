import type {
  Bar,
  BookUpdate,
  FeedEnded,
  FeedGap,
  FeedStale,
  InstrumentChanged,
  MarketBlock,
  MarketEvent,
  Quote,
  SideCode,
  Trade,
} from '#model/market.ts'
import type { BookTape, Column, DepthSpec, MarketView, QuoteTape, RowColumn } from '#model/indicator.ts'
import type { Instrument } from '#model/instrument.ts'
import { BarBuilder } from './bars.ts'
import {
  BookEdgeColumn,
  EdgeColumn,
  IntegralColumn,
  QuoteEdgeColumn,
  SeenColumn,
  type Stretch,
  TwpaColumn,
} from './columns.ts'
import { OrderBook } from './order-book.ts'
import { RowTape, viewOf } from './row-tape.ts'
import { TradeTapeBuffer } from './trade-tape.ts'

/** What made an instant. */
export const instantKinds = { grid: 0, trade: 1, quote: 2, book: 3 } as const

/** Events that end a stretch: the engine decides on them by itself. */
export type ControlEvent = FeedGap | FeedStale | FeedEnded | InstrumentChanged

/** One instrument's recorded or live market: what has happened, and what is loaded and waits. */
export interface Market {
  readonly view: MarketView
  /** `instantKinds` per instant. */
  readonly kind: Uint8Array
  /** Mark price per instant; NaN while none was given. */
  readonly mark: Float64Array
  /** Rows waiting to happen are added; times must not go back. */
  load(block: MarketBlock): void
  push(event: MarketEvent): void
  /**
   * Builds the next stretch of at most `maxInstants` instants up to `untilTime` inclusive into `view.timeline` and returns how many are new.
   * 0 = nothing left by then, or a control event is due: `control()` has it; the stretch stays as it was.
   */
  advance(maxInstants: number, untilTime: number): number
  /** The control event due next, once everything before it has happened. */
  control(untilTime: number): ControlEvent | undefined
  takeControl(): void
  /** Time of the last instant; −Infinity before the first. */
  now(): number
  /** Time of the last loaded row or event, waiting ones included. */
  loadedUntil(): number
  /** Declares the furthest look-back; what is older may be forgotten. */
  keep(lookbackMs: number): void
  /** Continuous data starts anew: windows refill, bars restart. */
  restart(): void
  snapshot(): unknown
  restore(state: unknown): void
}

const quoteNames = ['bid', 'ask', 'bidSize', 'askSize'] as const
const bookNames = ['bidSize', 'askSize', 'bidValue', 'askValue'] as const
const sideCodes = { buy: 1, sell: -1 } as const

/**
 * `gridMs`: readings are also taken at multiples of it, so that windows slide when nothing trades; a multiple less than half of it
 * after the last instant is left out.
 */
export function createMarket(options: { instrument: Instrument; gridMs: number; capacity?: number }): Market {
  return new InstrumentMarket(options.gridMs, options.capacity ?? 2048)
}

class InstrumentMarket implements Market, MarketView {
  readonly timeline
  readonly kind: Uint8Array
  readonly mark: Float64Array
  readonly trades = new TradeTapeBuffer()
  readonly quotes: QuoteTape
  readonly #gridMs: number
  readonly #capacity: number
  readonly #stretch: Stretch
  readonly #quoteRows = new RowTape<(typeof quoteNames)[number]>(quoteNames)
  readonly #book = new OrderBook()
  readonly #books = new Map<string, { depth: DepthSpec; rows: RowTape<(typeof bookNames)[number]>; tape: BookTape }>()
  #bookCount = 0
  readonly #bars = new Map<number, BarBuilder>()
  readonly #columns = new Map<string, Column | RowColumn>()
  #events: MarketEvent[] = []
  #eventAt = 0
  #now = -Infinity
  #nextGrid = Infinity
  #loadedUntil = -Infinity
  #keepMs = 60_000
  #lastMark = Number.NaN
  /** The source has candles only: longer bars are made of them, not of prints. */
  #barSource = false

  constructor(gridMs: number, capacity: number) {
    this.#gridMs = gridMs
    this.#capacity = capacity
    this.timeline = {
      length: 1,
      time: new Float64Array(capacity + 1).fill(-Infinity),
      trades: new Int32Array(capacity + 1),
      quotes: new Int32Array(capacity + 1),
      books: new Int32Array(capacity + 1),
    }
    this.kind = new Uint8Array(capacity + 1)
    this.mark = new Float64Array(capacity + 1).fill(Number.NaN)
    this.#stretch = { timeline: this.timeline, number: 0 }
    this.quotes = viewOf(this.#quoteRows)
  }

  get view(): MarketView {
    return this
  }

  load(block: MarketBlock): void {
    if (block.trades) {
      this.trades.appendColumns(block.trades)
      this.#loaded(block.trades.time.at(-1))
    }
    if (block.quotes) {
      this.#quoteRows.appendColumns(block.quotes.time, block.quotes)
      this.#loaded(block.quotes.time.at(-1))
    }
    if (block.bars) {
      const { time, intervalMs, open, high, low, close, volume } = block.bars
      const bars: MarketEvent[] = []
      for (let row = 0; row < time.length; row++) {
        bars.push({
          type: 'bar',
          instrumentId: block.instrumentId,
          time: time[row],
          intervalMs,
          open: open[row],
          high: high[row],
          low: low[row],
          close: close[row],
          volume: volume[row],
        })
      }
      this.#queue(bars)
    }
    if (block.events) this.#queue(block.events)
  }

  push(event: MarketEvent): void {
    if (event.type === 'trade') this.#pushTrade(event)
    else if (event.type === 'quote') this.#pushQuote(event)
    else this.#queue([event])
  }

  advance(maxInstants: number, untilTime: number): number {
    const { timeline, trades } = this
    const quoteRows = this.#quoteRows
    const gridMs = this.#gridMs
    const half = gridMs / 2
    if (!this.#isDue(untilTime)) return 0
    const limit = Math.min(maxInstants, this.#capacity)
    this.#carryLast()
    this.#drop()
    let at = 1
    let now = this.#now
    let nextGrid = this.#nextGrid
    let row = trades.seen
    let tradeTime = trades.nextTime()
    let quoteTime = quoteRows.nextTime()
    let eventTime = this.#nextEventTime()
    while (at <= limit) {
      let time = tradeTime
      let kind: number = instantKinds.trade
      if (quoteTime < time) {
        time = quoteTime
        kind = instantKinds.quote
      }
      if (eventTime < time) {
        time = eventTime
        kind = instantKinds.book
      }
      if (nextGrid < time && nextGrid <= untilTime) {
        now = nextGrid
        nextGrid += gridMs
        kind = instantKinds.grid
      } else {
        if (time > untilTime || time === Infinity) break
        if (kind === instantKinds.book && isControl(this.#events[this.#eventAt])) break
        if (time > now) now = time
        if (kind === instantKinds.trade) {
          row++
          tradeTime = trades.time[row - trades.offset]
        } else if (kind === instantKinds.quote) {
          quoteRows.seen++
          quoteTime = quoteRows.nextTime()
        } else {
          if (this.#applyEvent(this.#events[this.#eventAt++])) {
            kind = instantKinds.trade
            row = trades.seen
          }
          eventTime = this.#nextEventTime()
        }
        if (now + half >= nextGrid || nextGrid === Infinity) nextGrid = (Math.floor((now + half) / gridMs) + 1) * gridMs
      }
      timeline.time[at] = now
      timeline.trades[at] = row
      timeline.quotes[at] = quoteRows.seen
      timeline.books[at] = this.#bookCount
      this.kind[at] = kind
      if (this.#barSource) for (const bars of this.#bars.values()) bars.mark(at)
      this.mark[at] = this.#lastMark
      at++
    }
    trades.see(row)
    this.#now = now
    this.#nextGrid = nextGrid
    timeline.length = at
    this.#stretch.number++
    if (!this.#barSource) for (const bars of this.#bars.values()) bars.build(timeline, trades)
    return at - 1
  }

  /** An instant, not a control event, is next and not later than `untilTime`. */
  #isDue(untilTime: number): boolean {
    const rowTime = Math.min(this.trades.nextTime(), this.#quoteRows.nextTime())
    const eventTime = this.#nextEventTime()
    const time = Math.min(rowTime, eventTime)
    if (this.#nextGrid < time) return this.#nextGrid <= untilTime
    if (time > untilTime || time === Infinity) return false
    return rowTime <= eventTime || !isControl(this.#events[this.#eventAt])
  }

  control(untilTime: number): ControlEvent | undefined {
    const event = this.#events[this.#eventAt]
    if (!event || event.time > untilTime || !isControl(event)) return undefined
    const grid = this.#nextGrid < event.time && this.#nextGrid <= untilTime
    return grid || this.trades.nextTime() <= event.time || this.#quoteRows.nextTime() <= event.time ? undefined : event
  }

  takeControl(): void {
    const event = this.#events[this.#eventAt++]
    if (!event) return
    if (event.time > this.#now) this.#now = event.time
    if (event.type === 'feedGap' || event.type === 'feedEnded') this.restart()
  }

  now(): number {
    return this.#now
  }

  loadedUntil(): number {
    return this.#loadedUntil
  }

  keep(lookbackMs: number): void {
    this.#keepMs = Math.max(this.#keepMs, lookbackMs)
  }

  restart(): void {
    this.trades.coveredRow = this.trades.seen
    this.trades.origin = Number.NaN
    this.#book.invalidate()
    this.#nextGrid = Infinity
    this.#quoteRows.start = this.#quoteRows.seen
    for (const { rows } of this.#books.values()) rows.start = rows.seen
    for (const bars of this.#bars.values()) bars.reset()
    // what was computed in this stretch was said of other data
    this.#carryLast()
    this.timeline.length = 1
    this.#stretch.number++
  }

  // what indicators see

  book(depth: DepthSpec): BookTape {
    const key = JSON.stringify(depth)
    const known = this.#books.get(key)
    if (known) return known.tape
    const rows = new RowTape<(typeof bookNames)[number]>(bookNames)
    const tape = viewOf(rows)
    this.#books.set(key, { depth, rows, tape })
    return tape
  }

  bars(intervalMs: number): { tape: BarBuilder['tape']; seen: RowColumn } {
    let builder = this.#bars.get(intervalMs)
    if (!builder) {
      builder = new BarBuilder(intervalMs, this.#capacity + 1)
      this.#bars.set(intervalMs, builder)
    }
    return builder
  }

  tradeEdge(offsetMs: number): RowColumn {
    if (offsetMs === 0) return this.#column('trades', () => new SeenColumn(this.timeline.trades))
    return this.#column(
      `trade ${offsetMs}`,
      () => new EdgeColumn(this.#stretch, this.trades, offsetMs, () => this.trades.coveredRow),
    )
  }

  quoteEdge(offsetMs: number): RowColumn {
    if (offsetMs === 0) return this.#column('quotes', () => new SeenColumn(this.timeline.quotes))
    return this.#column(
      `quote ${offsetMs}`,
      () => new QuoteEdgeColumn(this.#stretch, this.#quoteRows, offsetMs, () => 0),
    )
  }

  bookEdge(depth: DepthSpec, offsetMs: number): RowColumn {
    if (offsetMs === 0) return this.#column('books', () => new SeenColumn(this.timeline.books))
    const tape = this.book(depth)
    return this.#column(
      `book ${JSON.stringify(depth)} ${offsetMs}`,
      () => new BookEdgeColumn(this.#stretch, tape, offsetMs, () => 0),
    )
  }

  priceIntegral(offsetMs: number): Column {
    return this.#column(
      `integral ${offsetMs}`,
      () => new IntegralColumn(this.#stretch, this.trades, this.tradeEdge(offsetMs), offsetMs),
    )
  }

  priceOrigin(): number {
    return this.trades.origin
  }

  coveredSince(): number {
    const { coveredRow, seen, offset, time } = this.trades
    return coveredRow < seen && coveredRow >= offset
      ? time[coveredRow - offset]
      : coveredRow < seen
        ? -Infinity
        : Number.NaN
  }

  twpa(fromMs: number, toMs: number): Column {
    return this.#column(
      `twpa ${fromMs} ${toMs}`,
      () =>
        new TwpaColumn(this.#stretch, this.trades, this.priceIntegral(toMs), this.priceIntegral(fromMs), fromMs, toMs),
    )
  }

  snapshot(): unknown {
    const at = this.timeline.length - 1
    return {
      instant: [this.timeline.time[at], this.timeline.trades[at], this.timeline.quotes[at], this.timeline.books[at]],
      now: this.#now,
      nextGrid: this.#nextGrid,
      loadedUntil: this.#loadedUntil,
      lastMark: this.#lastMark,
      bookCount: this.#bookCount,
      barSource: this.#barSource,
      trades: this.trades.snapshot(),
      quotes: this.#quoteRows.snapshot(),
      book: this.#book.snapshot(),
      books: [...this.#books].map(([key, { rows }]) => [key, rows.snapshot()]),
      bars: [...this.#bars].map(([interval, bars]) => [interval, bars.snapshot()]),
    }
  }

  restore(state: unknown): void {
    const saved = state as {
      instant: [number, number, number, number]
      now: number
      nextGrid: number
      loadedUntil: number
      lastMark: number
      bookCount: number
      barSource: boolean
      trades: unknown
      quotes: unknown
      book: unknown
      books: [string, unknown][]
      bars: [number, unknown][]
    }
    this.timeline.length = 1
    this.timeline.time[0] = saved.instant[0]
    this.timeline.trades[0] = saved.instant[1]
    this.timeline.quotes[0] = saved.instant[2]
    this.timeline.books[0] = saved.instant[3]
    this.#now = saved.now
    this.#nextGrid = saved.nextGrid
    this.#loadedUntil = saved.loadedUntil
    this.#lastMark = saved.lastMark
    this.#bookCount = saved.bookCount
    this.#barSource = saved.barSource
    this.trades.restore(saved.trades)
    this.#quoteRows.restore(saved.quotes)
    this.#book.restore(saved.book)
    for (const [key, rows] of saved.books) {
      this.book(JSON.parse(key) as DepthSpec)
      this.#books.get(key)?.rows.restore(rows)
    }
    for (const [interval, bars] of saved.bars) {
      this.bars(interval)
      this.#bars.get(interval)?.restore(bars)
    }
  }

  #column<C extends Column | RowColumn>(key: string, make: () => C): C {
    const known = this.#columns.get(key)
    if (known) return known as C
    const column = make()
    this.#columns.set(key, column)
    return column
  }

  #pushTrade(trade: Trade): void {
    this.trades.append(
      Math.max(trade.time, this.#now),
      trade.price,
      trade.quantity,
      trade.side ? sideCodes[trade.side] : 0,
    )
    this.#loaded(trade.time)
  }

  #pushQuote(quote: Quote): void {
    const at = this.#quoteRows.append(Math.max(quote.time, this.#now))
    const { columns } = this.#quoteRows
    columns.bid[at] = quote.bid
    columns.ask[at] = quote.ask
    columns.bidSize[at] = quote.bidSize
    columns.askSize[at] = quote.askSize
    this.#loaded(quote.time)
  }

  #queue(events: readonly MarketEvent[]): void {
    if (this.#eventAt > 1024 || this.#eventAt === this.#events.length) {
      this.#events = this.#events.slice(this.#eventAt)
      this.#eventAt = 0
    }
    for (const event of events) this.#events.push(event)
    this.#loaded(events.at(-1)?.time)
  }

  #loaded(time: number | undefined): void {
    if (time !== undefined && time > this.#loadedUntil) this.#loadedUntil = time
  }

  #nextEventTime(): number {
    return this.#events[this.#eventAt]?.time ?? Infinity
  }

  /** True when the event brought a price. */
  #applyEvent(event: MarketEvent): boolean {
    if (event.type === 'bookUpdate') this.#applyBook(event)
    else if (event.type === 'markPrice') this.#lastMark = event.price
    else if (event.type === 'bar') this.#applyBar(event)
    return event.type === 'bar'
  }

  #applyBook(update: BookUpdate): void {
    this.#book.apply(update)
    const measured = { bidSize: 0, askSize: 0, bidValue: 0, askValue: 0 }
    for (const { depth, rows } of this.#books.values()) {
      this.#book.measure(depth, measured)
      const row = rows.append(update.time)
      for (const name of bookNames) rows.columns[name][row] = measured[name]
      rows.seen = rows.end
    }
    this.#bookCount++
  }

  /** A bar of a bar-only source counts as one print of its volume at its close, side unknown. */
  #applyBar(bar: Bar): void {
    this.trades.append(Math.max(bar.time, this.#now), bar.close, bar.volume, 0 satisfies SideCode)
    this.trades.see(this.trades.end)
    for (const builder of this.#bars.values())
      builder.bar(bar.time, bar.intervalMs, bar.open, bar.high, bar.low, bar.close, bar.volume)
    this.#barSource = true
  }

  /** Index 0 repeats the last instant. */
  #carryLast(): void {
    const { timeline } = this
    const last = timeline.length - 1
    timeline.time[0] = timeline.time[last]
    timeline.trades[0] = timeline.trades[last]
    timeline.quotes[0] = timeline.quotes[last]
    timeline.books[0] = timeline.books[last]
    this.mark[0] = this.#lastMark
    for (const bars of this.#bars.values()) bars.seen.values[0] = bars.seen.values[last]
  }

  #drop(): void {
    this.trades.drop(this.#now, this.#keepMs)
    this.#quoteRows.drop(this.#now, this.#keepMs)
    for (const { rows } of this.#books.values()) rows.drop(this.#now, this.#keepMs)
  }
}

function isControl(event: MarketEvent): event is ControlEvent {
  return (
    event.type === 'feedGap' ||
    event.type === 'feedStale' ||
    event.type === 'feedEnded' ||
    event.type === 'instrumentChanged'
  )
}
