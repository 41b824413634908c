import type { UnixMs } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import { snapQuantity } from '#model/instrument.ts'
import type { Side } from '#model/market.ts'
import type { BookSnapshot, Level, LevelChange, Top } from './types.ts'
import { remainingOf, type WorkingOrder } from './working-order.ts'

const keptChanges = 20_000
/** What was taken from the market's own sizes grows back after this time. */
const refillMs = 3_000

/** One price of one side: the market's own size and the test accounts' orders behind each other. */
export interface BookLevel {
  readonly price: number
  /** The market's own, less what was taken from it. */
  background: number
  readonly orders: WorkingOrder[]
  taken: number
  takenAt: UnixMs
  /** As last told. */
  told: number
  toldOrders: number
}

export type BookSide = 'bid' | 'ask'
interface LoggedChange extends LevelChange {
  readonly sizeBefore: number
  readonly ordersBefore: number
}

/** What `commit` tells. */
export interface Committed {
  readonly changes: readonly LevelChange[]
  readonly top: Top | null
  readonly topChanged: boolean
}

/**
 * A book that is told as it changes: every changed level gets the next version, and the log of them leads from any kept
 * version to the present. The market's own sizes come from recorded depth or are made up; the accounts' orders rest among them.
 */
export class Book {
  version = 0
  instrument: Instrument
  readonly bids: BookLevel[] = []
  readonly asks: BookLevel[] = []
  #log: LoggedChange[] = []
  readonly #dirty = new Set<BookLevel>()
  readonly #sideOf = new WeakMap<BookLevel, BookSide>()
  /** Levels that were eaten whole, so that they come back only after a while. */
  readonly #eaten = { bid: new Map<number, BookLevel>(), ask: new Map<number, BookLevel>() }
  #top: Top | null = null

  constructor(instrument: Instrument) {
    this.instrument = instrument
  }

  levels(side: BookSide): BookLevel[] {
    return side === 'bid' ? this.bids : this.asks
  }

  /** Levels a taker of that side meets. */
  opposite(side: Side): BookLevel[] {
    return side === 'buy' ? this.asks : this.bids
  }

  sizeOf(level: BookLevel): number {
    let size = level.background
    for (const order of level.orders) size += remainingOf(this.instrument, order)
    return level.orders.length === 0 ? size : snapQuantity(this.instrument, size)
  }

  /** First level with anything on it. */
  best(side: BookSide): BookLevel | undefined {
    for (const level of this.levels(side)) if (level.background > 0 || level.orders.length > 0) return level
    return undefined
  }

  /** The market's own size at a price; what was taken lately stays taken. */
  setBackground(side: BookSide, price: number, size: number, time: UnixMs): void {
    const level = size > 0 ? this.at(side, price) : this.find(side, price)
    if (level === undefined) return
    if (size <= 0 || time - level.takenAt >= refillMs) level.taken = 0
    const left = Math.max(0, snapQuantity(this.instrument, size - level.taken))
    if (left === level.background) return
    level.background = left
    for (const order of level.orders) order.queueAhead = Math.min(order.queueAhead, left)
    this.#dirty.add(level)
  }

  /** A taker consumes the market's own size. */
  takeBackground(level: BookLevel, quantity: number, time: UnixMs): void {
    level.background = Math.max(0, snapQuantity(this.instrument, level.background - quantity))
    level.taken = snapQuantity(this.instrument, level.taken + quantity)
    level.takenAt = time
    for (const order of level.orders) {
      order.queueAhead = Math.max(0, snapQuantity(this.instrument, order.queueAhead - quantity))
    }
    this.#dirty.add(level)
  }

  /** The recording's own prints took from the market's own size. */
  shrink(level: BookLevel, size: number): void {
    level.background = size
    for (const order of level.orders) order.queueAhead = Math.min(order.queueAhead, size)
    this.#dirty.add(level)
  }

  rest(order: WorkingOrder): void {
    const level = this.at(sideOf(order.side), order.price ?? 0)
    order.queueAhead = level.background
    order.resting = true
    level.orders.push(order)
    this.#dirty.add(level)
  }

  unrest(order: WorkingOrder): void {
    if (!order.resting) return
    order.resting = false
    const level = this.find(sideOf(order.side), order.price ?? 0)
    const index = level?.orders.indexOf(order) ?? -1
    if (level === undefined || index < 0) return
    level.orders.splice(index, 1)
    this.#dirty.add(level)
  }

  /** A resting order was filled in part. */
  touched(order: WorkingOrder): void {
    const level = this.find(sideOf(order.side), order.price ?? 0)
    if (level !== undefined) this.#dirty.add(level)
  }

  /** Forgets the market's own sizes (after a gap, or when the market ends). */
  clearBackground(): void {
    for (const level of [...this.bids, ...this.asks]) {
      if (level.background === 0) continue
      level.background = 0
      this.#dirty.add(level)
    }
  }

  /** Gives every changed level its version; null when nothing changed. */
  commit(time: UnixMs): Committed | null {
    if (this.#dirty.size === 0) return null
    const changes: LevelChange[] = []
    for (const level of this.#dirty) {
      const size = this.sizeOf(level)
      const orders = size > 0 ? level.orders.length + (level.background > 0 ? 1 : 0) : 0
      const side = this.#sideOf.get(level) as BookSide
      if (size === 0) this.#drop(level, side, time)
      if (size === level.told) continue
      this.version++
      const change = { version: this.version, time, side, price: level.price, size, orders }
      this.#log.push({ ...change, sizeBefore: level.told, ordersBefore: level.toldOrders })
      changes.push(change)
      level.told = size
      level.toldOrders = orders
    }
    this.#dirty.clear()
    if (changes.length === 0) return null
    if (this.#log.length > keptChanges * 1.25) this.#log = this.#log.slice(-keptChanges)
    const before = this.#top
    this.#top = this.#findTop(time)
    return { changes, top: this.#top, topChanged: !sameTop(before, this.#top) }
  }

  top(): Top | null {
    return this.#top
  }

  snapshot(time: UnixMs, limit = Infinity): BookSnapshot {
    const told = (levels: readonly BookLevel[]): Level[] => {
      const rows: Level[] = []
      for (const { price, told: size, toldOrders } of levels) {
        if (size > 0 && rows.push({ price, size, orders: toldOrders }) >= limit) break
      }
      return rows
    }
    return { version: this.version, time, bids: told(this.bids), asks: told(this.asks) }
  }

  /** The book as it was at `time`, found by undoing what came after; at most the log's length back. */
  snapshotAt(time: UnixMs, limit = Infinity): BookSnapshot {
    const sides = { bid: new Map<number, Level>(), ask: new Map<number, Level>() }
    for (const side of ['bid', 'ask'] as const) {
      for (const { price, told, toldOrders } of this.levels(side)) {
        if (told > 0) sides[side].set(price, { price, size: told, orders: toldOrders })
      }
    }
    let version = this.version
    for (let at = this.#log.length - 1; at >= 0 && this.#log[at].time > time; at--) {
      const { side, price, sizeBefore, ordersBefore } = this.#log[at]
      if (sizeBefore === 0) sides[side].delete(price)
      else sides[side].set(price, { price, size: sizeBefore, orders: ordersBefore })
      version = this.#log[at].version - 1
    }
    return {
      version,
      time,
      bids: [...sides.bid.values()].sort((a, b) => b.price - a.price).slice(0, limit),
      asks: [...sides.ask.values()].sort((a, b) => a.price - b.price).slice(0, limit),
    }
  }

  changesAfter(version: number): readonly LevelChange[] | null {
    const first = this.#log[0]?.version ?? this.version + 1
    if (version < first - 1) return null
    return this.#log.slice(version - first + 1).map(({ sizeBefore: _size, ordersBefore: _orders, ...change }) => change)
  }

  find(side: BookSide, price: number): BookLevel | undefined {
    const levels = this.levels(side)
    const level = levels[placeOf(levels, price, side)]
    return level?.price === price ? level : undefined
  }

  /** The level of that price, made when missing. */
  at(side: BookSide, price: number): BookLevel {
    const levels = this.levels(side)
    const place = placeOf(levels, price, side)
    const found = levels[place]
    if (found?.price === price) return found
    const eaten = this.#eaten[side].get(price)
    this.#eaten[side].delete(price)
    const level: BookLevel = {
      price,
      background: 0,
      orders: [],
      taken: eaten?.taken ?? 0,
      takenAt: eaten?.takenAt ?? -Infinity,
      told: 0,
      toldOrders: 0,
    }
    levels.splice(place, 0, level)
    this.#sideOf.set(level, side)
    this.#dirty.add(level)
    return level
  }

  #drop(level: BookLevel, side: BookSide, time: UnixMs): void {
    const levels = this.levels(side)
    const place = placeOf(levels, level.price, side)
    if (levels[place] === level) levels.splice(place, 1)
    const eaten = this.#eaten[side]
    for (const [price, old] of eaten) if (time - old.takenAt >= refillMs) eaten.delete(price)
    if (level.taken > 0) eaten.set(level.price, level)
  }

  #findTop(time: UnixMs): Top | null {
    const bid = this.bids[0]
    const ask = this.asks[0]
    if (bid === undefined || ask === undefined) return null
    return {
      version: this.version,
      time,
      bid: bid.price,
      bidSize: bid.told,
      ask: ask.price,
      askSize: ask.told,
    }
  }
}

export const sideOf = (side: Side): BookSide => (side === 'buy' ? 'bid' : 'ask')

function sameTop(a: Top | null, b: Top | null): boolean {
  return a?.bid === b?.bid && a?.bidSize === b?.bidSize && a?.ask === b?.ask && a?.askSize === b?.askSize
}

/** Index of the level at `price`, or where it belongs; best first. */
function placeOf(levels: readonly BookLevel[], price: number, side: BookSide): number {
  const direction = side === 'bid' ? -1 : 1
  let low = 0
  let high = levels.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (direction * (levels[middle].price - price) < 0) low = middle + 1
    else high = middle
  }
  return low
}
