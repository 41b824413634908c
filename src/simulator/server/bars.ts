import type { UnixMs } from '#model/ids.ts'
import type { DayStats, PublicTrade, ServedBar } from './types.ts'

const minuteMs = 60_000
const dayMs = 86_400_000
/** A week of minutes. */
const keptMinutes = 10_080
/** 1970-01-05 was a Monday. */
const mondayMs = 4 * dayMs

interface Minute {
  openTime: UnixMs
  open: number
  high: number
  low: number
  close: number
  volume: number
  notional: number
  buyVolume: number
  buyNotional: number
  trades: number
  firstTradeId: string | null
  lastTradeId: string | null
}

/** Minutes of one market, from which every longer interval is put together. */
export class Bars {
  #minutes: Minute[] = []

  add({ time, price, quantity, side, tradeId }: PublicTrade): void {
    const openTime = Math.floor(time / minuteMs) * minuteMs
    this.#fillTo(openTime)
    let minute = this.#minutes[this.#minutes.length - 1]
    // a clock that jumped back adds to the last minute
    if (minute === undefined || minute.openTime < openTime) {
      minute = flat(openTime, price)
      this.#push(minute)
    }
    if (minute.trades === 0) minute.open = minute.high = minute.low = price
    minute.high = Math.max(minute.high, price)
    minute.low = Math.min(minute.low, price)
    minute.close = price
    minute.volume += quantity
    minute.notional += price * quantity
    if (side === 'buy') {
      minute.buyVolume += quantity
      minute.buyNotional += price * quantity
    }
    minute.trades++
    minute.firstTradeId ??= tradeId
    minute.lastTradeId = tradeId
  }

  /** Bars with `from ≤ openTime ≤ to`, the forming one included, minutes without trades flat. */
  read(intervalMs: number, now: UnixMs, from = -Infinity, to = Infinity): readonly ServedBar[] {
    this.#fillTo(Math.floor(now / minuteMs) * minuteMs + minuteMs)
    const bars: ServedBar[] = []
    let bar: Minute | null = null
    const close = (): void => {
      if (bar !== null) bars.push({ ...bar, intervalMs, closed: bar.openTime + intervalMs <= now })
    }
    for (let at = this.#firstAt(Math.max(from, -dayMs)); at < this.#minutes.length; at++) {
      const minute = this.#minutes[at]
      if (minute.openTime > now) break
      const openTime = bucketOf(minute.openTime, intervalMs)
      if (openTime > to) break
      if (openTime < from) continue
      if (bar === null || bar.openTime !== openTime) {
        close()
        bar = { ...minute, openTime }
      } else merge(bar, minute)
    }
    close()
    return bars
  }

  day(now: UnixMs, last: PublicTrade | null): DayStats {
    const minutes = this.#minutes.slice(this.#firstAt(now - dayMs))
    const [first] = minutes
    const price = last?.price ?? 0
    return {
      openTime: first === undefined ? now : Math.max(first.openTime, now - dayMs),
      closeTime: now,
      open: first?.open ?? price,
      high: minutes.reduce((high, minute) => Math.max(high, minute.high), price),
      low: minutes.reduce((low, minute) => Math.min(low, minute.low), price),
      last: price,
      lastQuantity: last?.quantity ?? 0,
      volume: minutes.reduce((sum, { volume }) => sum + volume, 0),
      notional: minutes.reduce((sum, { notional }) => sum + notional, 0),
      trades: minutes.reduce((sum, { trades }) => sum + trades, 0),
      firstTradeId: minutes.find(({ firstTradeId }) => firstTradeId !== null)?.firstTradeId ?? null,
      lastTradeId: last?.tradeId ?? null,
    }
  }

  /** Flat minutes up to, not including, `openTime`. */
  #fillTo(openTime: UnixMs): void {
    let last = this.#minutes[this.#minutes.length - 1]
    if (last === undefined || openTime - last.openTime > keptMinutes * minuteMs) return
    while (last.openTime + minuteMs < openTime) {
      last = flat(last.openTime + minuteMs, last.close)
      this.#push(last)
    }
  }

  #push(minute: Minute): void {
    this.#minutes.push(minute)
    if (this.#minutes.length > keptMinutes * 1.25) this.#minutes = this.#minutes.slice(-keptMinutes)
  }

  #firstAt(time: UnixMs): number {
    let low = 0
    let high = this.#minutes.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#minutes[middle].openTime < time) low = middle + 1
      else high = middle
    }
    return low
  }
}

function bucketOf(time: UnixMs, intervalMs: number): UnixMs {
  const origin = intervalMs === 7 * dayMs ? mondayMs : 0
  return Math.floor((time - origin) / intervalMs) * intervalMs + origin
}

function merge(bar: Minute, minute: Minute): void {
  bar.high = Math.max(bar.high, minute.high)
  bar.low = Math.min(bar.low, minute.low)
  bar.close = minute.close
  bar.volume += minute.volume
  bar.notional += minute.notional
  bar.buyVolume += minute.buyVolume
  bar.buyNotional += minute.buyNotional
  bar.trades += minute.trades
  bar.firstTradeId ??= minute.firstTradeId
  bar.lastTradeId = minute.lastTradeId ?? bar.lastTradeId
}

function flat(openTime: UnixMs, price: number): Minute {
  return {
    openTime,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: 0,
    notional: 0,
    buyVolume: 0,
    buyNotional: 0,
    trades: 0,
    firstTradeId: null,
    lastTradeId: null,
  }
}
