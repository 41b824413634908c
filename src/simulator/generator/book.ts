import type { Instrument } from '#model/instrument.ts'
import type { UnixMs } from '#model/ids.ts'
import type { QuoteWriter, TradeWriter } from './columns.ts'
import { gridOf, stepsOf, valueOf } from './grid.ts'
import type { Grid } from './grid.ts'
import type { Profile } from './profiles.ts'
import type { Random } from './random.ts'
import { heatAt, pathAt } from './shapes.ts'
import type { EventShape } from './shapes.ts'
import type { Weather } from './weather.ts'

/** Seconds in which the market forgets a passing order. */
const resilience = 4
const maxLevels = 12

export interface BookParts {
  readonly instrument: Instrument
  readonly startPrice: number
  readonly profile: Profile
  readonly weather: Weather
  readonly from: UnixMs
  readonly random: Random
  readonly trades: TradeWriter
  readonly quotes: QuoteWriter
}

/**
 * Best bid and ask of one instrument around a hidden fair price: a diffusion (volatility of the minute, moves of the
 * market), plus the pressure passing orders leave for some seconds, plus the path of the event in course. Takers lift
 * the touch and walk levels; a quote at an order's millisecond is the state after it. Prices are counted in ticks.
 */
export class Book {
  /** When the book will refill after an order that emptied levels. */
  refillAt = Infinity
  /** Of the last trade or quote; everything later must be after it. */
  lastTime: UnixMs
  shape: EventShape | undefined
  readonly #parts: BookParts
  readonly #prices: Grid
  readonly #lots: Grid
  #log: number
  #pressure = 0
  #at: UnixMs
  #heat = 0
  #bid = 0
  #ask = 0
  #goalBid = 0
  #goalAsk = 0

  constructor(parts: BookParts) {
    this.#parts = parts
    this.#prices = gridOf(parts.instrument.tickSize)
    this.#lots = gridOf(parts.instrument.lotSize)
    this.#log = Math.log(parts.startPrice)
    this.#at = parts.from
    this.lastTime = parts.from - 1
    this.refill(parts.from)
  }

  /** Ends the event in course, keeping the price where it is, and begins another. */
  begin(shape: EventShape, time: UnixMs): void {
    if (this.shape) this.#log += pathAt(this.shape, time)
    this.shape = shape
  }

  /** Moves the touch to where the fair price has gone; writes a quote when that changed it. */
  refill(time: UnixMs): void {
    this.#advance(time)
    this.refillAt = Infinity
    if (time > this.lastTime && (this.#bid !== this.#goalBid || this.#ask !== this.#goalAsk)) {
      this.#bid = this.#goalBid
      this.#ask = this.#goalAsk
      this.#quote(time)
    }
  }

  /**
   * A market order of `notional` quote units in at most `rows` prints (more where it walks levels), at a time after
   * `lastTime`. A forced one always lifts the touch to the fair price itself.
   */
  take(time: UnixMs, buy: boolean, notional: number, rows: number, forced: boolean): void {
    const { random, profile } = this.#parts
    this.#advance(time)
    const sign = buy ? 1 : -1
    const hot = forced || this.#heat > 0.05
    const goal = buy ? this.#goalAsk : this.#goalBid
    const ahead = (goal - (buy ? this.#ask : this.#bid)) * sign
    const lifts = ahead > 0 && (forced || random.uniform() < (hot ? 0.85 : 0.4))
    if (!lifts) this.#follow(time)
    const touch = buy ? this.#ask : this.#bid
    const base = lifts ? goal : touch
    const eaten = Math.min(maxLevels, Math.floor(notional / (profile.levelNotional * (0.4 + 1.2 * random.uniform()))))
    const levels = forced ? 0 : Math.max(eaten, rows >> 1)
    const walk = levels === 0 ? 0 : Math.max(levels, Math.round(levels * profile.levelStep * base))
    const last = Math.max(1, base + sign * walk)
    const moved = Math.abs(last - touch)
    const prints = Math.min(moved + 1, Math.max(rows, 1 + levels, lifts ? Math.min(3, 1 + moved) : 1))
    this.#print(time, sign, touch, last, prints, notional)
    if (walk > 0) {
      const impact = Math.log(last / base)
      this.#pressure += 0.35 * impact
      if (!hot) this.#log += 0.1 * impact
    }
    this.#afterTaking(time, sign, last, moved, forced)
  }

  #print(time: UnixMs, sign: 1 | -1, touch: number, last: number, prints: number, notional: number): void {
    const { random, trades } = this.#parts
    const mean = valueOf(this.#prices, (touch + last) / 2)
    let left = Math.max(prints, stepsOf(this.#lots, notional / mean))
    for (let row = 0; row < prints; row++) {
      const remaining = prints - row
      const ticks = prints === 1 ? last : touch + Math.round(((last - touch) * row) / (prints - 1))
      const fair =
        remaining === 1 ? left : Math.floor(((left - remaining) / remaining) * (0.4 + 1.2 * random.uniform())) + 1
      const lots = Math.min(fair, left - remaining + 1)
      left -= lots
      trades.push(time, valueOf(this.#prices, ticks), valueOf(this.#lots, lots), sign)
    }
    this.lastTime = time
  }

  /** The side that was taken stands where the order stopped; the other side follows by half, but not a single order. */
  #afterTaking(time: UnixMs, sign: 1 | -1, last: number, moved: number, forced: boolean): void {
    const { random } = this.#parts
    const emptied = moved > 0 && random.uniform() < 0.5 ? 1 : 0
    const follows = forced ? 0 : moved >> 1
    if (sign > 0) {
      this.#ask = last + emptied
      this.#bid = Math.min(this.#bid + follows, this.#ask - 1)
    } else {
      this.#bid = Math.max(1, last - emptied)
      this.#ask = Math.max(this.#ask - follows, this.#bid + 1)
    }
    if (moved > 0 || random.uniform() < 0.5) this.#quote(time)
    if (moved > 0) this.refillAt = time + 100 + Math.floor(1_400 * random.uniform())
  }

  /** Quotes the goal at some millisecond since the last event, when there is one in between. */
  #follow(time: UnixMs): void {
    const gap = time - this.lastTime - 1
    if (gap < 1 || (this.#bid === this.#goalBid && this.#ask === this.#goalAsk)) return
    this.#bid = this.#goalBid
    this.#ask = this.#goalAsk
    this.#quote(this.lastTime + 1 + Math.floor(gap * this.#parts.random.uniform()))
  }

  #quote(time: UnixMs): void {
    const { random, quotes, profile } = this.#parts
    const lots = profile.levelNotional / valueOf(this.#prices, this.#bid) / this.#lots.step
    const bidLots = Math.ceil(lots * (0.15 + 0.85 * random.exponential()))
    const askLots = Math.ceil(lots * (0.15 + 0.85 * random.exponential()))
    const bid = valueOf(this.#prices, this.#bid)
    const ask = valueOf(this.#prices, this.#ask)
    quotes.push(time, bid, ask, valueOf(this.#lots, bidLots), valueOf(this.#lots, askLots))
    this.lastTime = time
  }

  #advance(time: UnixMs): void {
    const { random, profile, weather, from } = this.#parts
    const seconds = Math.max(0, time - this.#at) / 1_000
    this.#at = time
    const minute = Math.min(weather.drift.length - 1, Math.floor((time - from) / 60_000))
    const { shape } = this
    const heat = shape ? heatAt(shape, time) : 0
    this.#heat = heat
    const step = weather.volatility[minute] * (1 + heat) * Math.sqrt(seconds)
    this.#log += step * random.normal() + (weather.drift[minute] * seconds) / 60
    const keep = Math.exp(-seconds / resilience)
    this.#pressure *= keep
    let log = this.#log
    if (shape) {
      const noise = 0.035 * Math.abs(shape.rise) * heat
      if (noise > 1e-5) this.#pressure += noise * Math.sqrt(1 - keep * keep) * random.normal()
      log += pathAt(shape, time)
    }
    const fair = Math.exp(log + this.#pressure) / this.#prices.step
    const width = fair * profile.spread * weather.strain[minute] * (1 + 3 * heat) * (0.6 + 0.8 * random.uniform())
    const spread = Math.max(1, Math.round(width))
    this.#goalBid = Math.max(1, Math.round(fair - spread / 2))
    this.#goalAsk = this.#goalBid + spread
  }
}
