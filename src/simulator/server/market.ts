import type { UnixMs } from '#model/ids.ts'
import {
  decimalsOf,
  floorQuantity,
  type Instrument,
  snapPrice,
  snapPriceAdverse,
  snapQuantity,
} from '#model/instrument.ts'
import type { MarketEvent, Side, SideCode } from '#model/market.ts'
import { Bars } from './bars.ts'
import { Book, type BookLevel, sideOf } from './book.ts'
import { Bounded } from './bounded.ts'
import { Mark } from './mark.ts'
import { Synthesis } from './synthesis.ts'
import type { TapeSink } from './tape-reader.ts'
import type {
  BookSnapshot,
  DayStats,
  LevelChange,
  Market,
  MarketState,
  MarkState,
  PublicTrade,
  ServedBar,
  SettledFunding,
  Top,
} from './types.ts'
import type { WorkingOrder } from './working-order.ts'

/** Where a market's times and news go. */
export interface MarketHost {
  /** The exchange's clock. */
  now(): UnixMs
  told(event: MarketNews): void
  /** A resting order trades; false when it may not (a closing order without a position): it has left the book then. */
  fillMaker(order: WorkingOrder, price: number, quantity: number, trade: PublicTrade): void
  /** Base units this resting order may still trade. */
  fillable(order: WorkingOrder): number
}

export type MarketNews =
  | { readonly type: 'trade'; readonly trade: PublicTrade }
  | {
      readonly type: 'book'
      readonly changes: readonly LevelChange[]
      readonly top: Top | null
      readonly topChanged: boolean
    }

/** One instrument's market: the recording plays into it, orders trade in it, doors read it. */
export class ServedMarket implements Market, TapeSink {
  instrument: Instrument
  state: MarketState = 'trading'
  readonly listedAt: UnixMs
  readonly depth: Book
  readonly fair = new Mark()
  nextFundingAt: UnixMs | null = null
  /** Share of a print beyond the queue that a resting order at its price gets. */
  readonly #participation: number
  readonly #synthesis: Synthesis
  readonly #trades = new Bounded<PublicTrade>(5_000)
  readonly #fundings = new Bounded<SettledFunding>(1_000)
  readonly #bars = new Bars()
  readonly #host: MarketHost
  #recordedDepth = false
  #quoted = false
  #nextTrade = 1
  #interest = 0
  /** The grid is no longer the recording's: what it tells is rounded. */
  #regridded = false
  /** Prints of the past are only told as history. */
  #warming: UnixMs | null = null

  constructor(
    instrument: Instrument,
    settings: { readonly seed: number; readonly levels: number; readonly participation: number },
    host: MarketHost,
  ) {
    this.instrument = instrument
    this.listedAt = host.now()
    this.depth = new Book(instrument)
    this.#host = host
    this.#participation = settings.participation
    this.#synthesis = new Synthesis(settings.seed, settings.levels)
    this.#interest = snapQuantity(instrument, instrument.lotSize * 20_000)
  }

  // the recording

  /** What the recording carries: recorded depth is taken as it is, quotes set the touch. */
  carries(feeds: { readonly depth: boolean; readonly quotes: boolean }): void {
    this.#recordedDepth = feeds.depth
    this.#quoted = feeds.quotes
  }

  /** Rows until `warm(null)` are history at these times: no book, no fills. */
  warm(time: UnixMs | null): void {
    this.#warming = time
  }

  print(recorded: number, traded: number, code: SideCode): void {
    if (this.state !== 'trading' || !(recorded > 0 && traded > 0)) return
    const { tickSize, lotSize } = this.instrument
    const price = this.#regridded ? Math.max(tickSize, snapPrice(this.instrument, recorded)) : recorded
    const quantity = this.#regridded ? Math.max(lotSize, snapQuantity(this.instrument, traded)) : traded
    const side = code === 1 ? 'buy' : code === -1 ? 'sell' : this.#guess(price)
    const left = this.#warming === null ? this.#fillResting(price, quantity, side) : quantity
    if (left > 0) this.record(price, left, side)
    if (this.#warming === null && !this.#recordedDepth) this.#sweep(price, quantity, side)
    if (!this.#recordedDepth && !this.#quoted) this.#synthesis.print(this.instrument, price, quantity, side)
    this.settle()
  }

  quote(bid: number, ask: number, bidSize: number, askSize: number): void {
    if (this.state !== 'trading' || this.#recordedDepth) return
    if (this.#regridded) {
      const below = snapPriceAdverse(this.instrument, bid, 'sell')
      const above = snapPriceAdverse(this.instrument, ask, 'buy')
      this.#synthesis.quote(below, above, this.#lots(bidSize), this.#lots(askSize))
    } else this.#synthesis.quote(bid, ask, bidSize, askSize)
    this.settle()
  }

  event(event: MarketEvent): void {
    if (this.state !== 'trading') return
    if (event.type === 'markPrice') this.fair.recorded(event.price, this.#now())
    else if (event.type === 'funding') this.fair.recordedRate(event.rate)
    else if (event.type === 'feedGap' && this.#recordedDepth) this.depth.clearBackground()
    else if (event.type === 'bookUpdate') {
      const { depth: book } = this
      if (event.snapshot) book.clearBackground()
      for (const [price, size] of event.bids) book.setBackground('bid', price, size, this.#now())
      for (const [price, size] of event.asks) book.setBackground('ask', price, size, this.#now())
    } else return
    this.settle()
  }

  /** Stands still at a price, for a listing without a recording. */
  standAt(price: number): void {
    const spread = Math.max(this.instrument.tickSize, price * 2e-4)
    this.#synthesis.print(this.instrument, price, this.instrument.lotSize * 100, 'buy')
    this.record(price, this.instrument.lotSize, 'buy')
    this.fair.update(this.instrument, price - spread / 2, price, this.#now(), this.nextFundingAt)
    this.settle()
  }

  /** Once a second: levels that change by themselves, index and fair price. */
  tick(): void {
    if (this.state !== 'trading') return
    this.settle()
    this.#updateMark()
  }

  /** Brings made-up depth up to date, lets orders the market came to trade, and tells what changed. */
  settle(): void {
    if (this.#warming !== null) return
    if (!this.#recordedDepth && this.state === 'trading') this.#synthesis.fill(this.depth, this.#host.now())
    this.#uncross()
    this.tell()
    if (Number.isNaN(this.fair.price)) this.#updateMark()
  }

  tell(): void {
    const committed = this.depth.commit(this.#host.now())
    if (committed !== null) this.#host.told({ type: 'book', ...committed })
  }

  /** A public trade. */
  record(price: number, quantity: number, side: Side, opens?: PublicTrade['opens']): PublicTrade {
    const id = this.#nextTrade++
    const effect = opens ?? (['open', 'close', 'none'] as const)[id % 3]
    const trade: PublicTrade = { tradeId: String(id), time: this.#now(), price, quantity, side, opens: effect }
    if (effect === 'open') this.#interest = snapQuantity(this.instrument, this.#interest + quantity)
    if (effect === 'close') this.#interest = Math.max(0, snapQuantity(this.instrument, this.#interest - quantity))
    this.#trades.push(trade)
    this.#bars.add(trade)
    if (this.#warming === null) this.#host.told({ type: 'trade', trade })
    return trade
  }

  /** For trades that are not on the public tape: forced closes. */
  nextTradeId(): string {
    return String(this.#nextTrade++)
  }

  /** One print that nothing else follows: told, but neither traded against nor in the bars. */
  absurd(factor: number): void {
    const last = this.last()
    if (last === null) return
    const { tickSize } = this.instrument
    const price = Number(
      (Math.max(1, Math.round((last.price * factor) / tickSize)) * tickSize).toFixed(decimalsOf(tickSize)),
    )
    const trade: PublicTrade = { ...last, tradeId: String(this.#nextTrade++), time: this.#now(), price }
    this.#trades.push(trade)
    this.#host.told({ type: 'trade', trade })
  }

  settled(rate: number): SettledFunding {
    const settled = { time: this.#now(), rate, mark: this.fair.price }
    this.#fundings.push(settled)
    return settled
  }

  end(state: MarketState): void {
    this.state = state
    if (state === 'delisted') {
      this.depth.clearBackground()
      this.#synthesis.reset()
    }
    this.tell()
  }

  change(instrument: Instrument): void {
    const { bid, ask, bidSize, askSize } = this.top() ?? { bid: 0, ask: 0, bidSize: 0, askSize: 0 }
    this.instrument = instrument
    this.depth.clearBackground()
    this.tell()
    this.depth.instrument = instrument
    this.#regridded = true
    // recorded depth is on the old grid; from here depth is made up
    this.#recordedDepth = false
    this.#synthesis.reset()
    this.quote(bid, ask, bidSize, askSize)
    this.settle()
  }

  // for readers

  last(): PublicTrade | null {
    return this.#trades.last ?? null
  }

  top(): Top | null {
    return this.depth.top()
  }

  book(limit?: number): BookSnapshot {
    return this.depth.snapshot(this.#now(), limit)
  }

  staleBook(agoMs: number, limit?: number): BookSnapshot {
    return this.depth.snapshotAt(this.#now() - Math.min(agoMs, 60_000), limit)
  }

  changesAfter(version: number): readonly LevelChange[] | null {
    return this.depth.changesAfter(version)
  }

  trades(limit: number): readonly PublicTrade[] {
    return this.#trades.newest(limit)
  }

  bars(intervalMs: number, { from, to }: { readonly from?: UnixMs; readonly to?: UnixMs } = {}): readonly ServedBar[] {
    return this.#bars.read(intervalMs, this.#now(), from, to)
  }

  day(): DayStats {
    return this.#bars.day(this.#now(), this.last())
  }

  mark(): MarkState {
    return this.fair.state(this.instrument, this.#now(), this.nextFundingAt)
  }

  openInterest(): number {
    return this.#interest
  }

  fundings(): readonly SettledFunding[] {
    return this.#fundings.newest(1_000)
  }

  // trading of orders with the market itself

  /** A print trades with resting orders that are better than it, and at its price with those whose turn it is; what is left is the recording's own. */
  #fillResting(price: number, quantity: number, side: Side): number {
    const sign = side === 'buy' ? 1 : -1
    let left = quantity
    for (const level of this.depth.opposite(side)) {
      if (left <= 0 || sign * (level.price - price) > 0) break
      for (const order of level.orders.slice()) left = this.#fillFromPrint(order, level, price, left, side)
    }
    return left
  }

  #fillFromPrint(order: WorkingOrder, level: BookLevel, price: number, left: number, side: Side): number {
    if (left <= 0 || !order.resting) return left
    let open = left
    if (level.price === price) {
      const beyond = Math.max(0, left - order.queueAhead)
      order.queueAhead = Math.max(0, snapQuantity(this.instrument, order.queueAhead - left))
      open = floorQuantity(this.instrument, beyond * this.#participation)
    }
    const traded = Math.min(open, this.#host.fillable(order))
    if (traded <= 0) return left
    this.#trade(order, traded, side)
    return Math.max(0, snapQuantity(this.instrument, left - traded))
  }

  /** Made-up levels a print went through are gone; the one it stopped at has shrunk. */
  #sweep(price: number, quantity: number, side: Side): void {
    const sign = side === 'buy' ? 1 : -1
    const { depth: book } = this
    const passive = side === 'buy' ? 'ask' : 'bid'
    for (const level of book.levels(passive)) {
      const beyond = sign * (level.price - price)
      if (beyond > 0) break
      if (level.background <= 0) continue
      const rest =
        beyond < 0 ? 0 : Math.max(this.instrument.lotSize, snapQuantity(this.instrument, level.background - quantity))
      if (rest < level.background) book.shrink(level, rest)
    }
  }

  /** Where the market's own sizes have come to a resting order, they trade with it. */
  #uncross(): void {
    for (const side of ['buy', 'sell'] as const) {
      const sign = side === 'buy' ? 1 : -1
      for (;;) {
        const own = this.depth.levels(sideOf(side)).find((level) => level.orders.length > 0)
        const other = this.depth.opposite(side).find((level) => level.background > 0)
        if (own === undefined || other === undefined || sign * (own.price - other.price) < 0) break
        const [order] = own.orders
        const quantity = Math.min(this.#host.fillable(order), other.background)
        if (quantity <= 0) continue
        this.depth.takeBackground(other, quantity, this.#host.now())
        this.#trade(order, quantity, side === 'buy' ? 'sell' : 'buy')
      }
    }
  }

  #trade(order: WorkingOrder, quantity: number, taker: Side): void {
    const price = order.price ?? 0
    const trade = this.record(price, quantity, taker)
    this.#host.fillMaker(order, price, quantity, trade)
  }

  #lots(size: number): number {
    return Math.max(this.instrument.lotSize, floorQuantity(this.instrument, size))
  }

  #guess(price: number): Side {
    const top = this.top()
    if (top !== null) return price * 2 >= top.bid + top.ask ? 'buy' : 'sell'
    return price >= (this.last()?.price ?? 0) ? 'buy' : 'sell'
  }

  #updateMark(): void {
    const top = this.top()
    const last = this.last()?.price ?? NaN
    const mid = top === null ? last : (top.bid + top.ask) / 2
    this.fair.update(this.instrument, mid, last, this.#now(), this.nextFundingAt)
  }

  #now(): UnixMs {
    return this.#warming ?? this.#host.now()
  }
}
