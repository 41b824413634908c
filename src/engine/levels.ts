import { snapPrice, snapPriceAdverse } from '#model/instrument.ts'
import type { Scaling } from '#model/strategy.ts'
import type { Dealer } from './dealer.ts'
import { interpolate } from './risk/risk.ts'
import type { Moment } from './room.ts'

/** Prices of one strategy's orders, on the instrument's grid: by the reading it names while that has a value, else by the distance. */
export class Levels {
  readonly #dealer: Dealer

  constructor(dealer: Dealer) {
    this.#dealer = dealer
  }

  entry(moment: Moment): number {
    const { instance, instrument, direction, side } = this.#dealer
    const { order } = instance.strategy.document.entry
    if (order.type === 'market') return moment.price
    const base = this.#base(order.priceReading, moment)
    return snapPriceAdverse(instrument, base * (1 + (direction * order.offsetPct) / 100), side)
  }

  /** The reading counts on the losing side of the entry only; NaN when neither it nor the distance is known. */
  stop(entryPrice: number, moment: Moment): number {
    const { instance, direction } = this.#dealer
    const { distancePct, priceReading, scaling } = instance.strategy.document.protection.stopLoss
    const read = this.#dealer.valueOf(priceReading, moment)
    const distance = (distancePct ?? Number.NaN) / 100
    const base = (entryPrice - read) * direction > 0 ? Math.abs(entryPrice - read) : entryPrice * distance
    return this.#snapExit(entryPrice - direction * base * this.scale(scaling, moment).value)
  }

  /** Infinitely far in the direction of the trade when there is none. */
  takeProfit(entryPrice: number, moment: Moment): number {
    const { instance, instrument, direction } = this.#dealer
    const rule = instance.strategy.document.protection.takeProfit
    if (!rule) return direction * Infinity
    const read = this.#dealer.valueOf(rule.priceReading, moment)
    const distance = (rule.distancePct ?? Number.NaN) / 100
    const base = (read - entryPrice) * direction > 0 ? Math.abs(read - entryPrice) : entryPrice * distance
    const price = this.#snapExit(entryPrice + direction * base * this.scale(rule.scaling, moment).value)
    return Number.isNaN(price) ? direction * Infinity : Math.max(price, instrument.tickSize)
  }

  /** Limit of a planned exit. */
  exit(
    order: { priceReading?: string | undefined; adjustPct: number; scaling?: Scaling | undefined },
    moment: Moment,
  ): number {
    const { instrument, direction } = this.#dealer
    const base = this.#base(order.priceReading, moment)
    const adjust = (order.adjustPct / 100) * this.scale(order.scaling, moment).value
    return snapPrice(instrument, base * (1 + direction * adjust))
  }

  /** A pending risk reading gives the most conservative scale. */
  scale(scaling: Scaling | undefined, moment: Moment): { value: number; assumed: boolean } {
    return scaling
      ? interpolate(scaling.points, this.#dealer.valueOf(scaling.reading, moment))
      : { value: 1, assumed: false }
  }

  #base(reading: string | undefined, moment: Moment): number {
    const read = this.#dealer.valueOf(reading, moment)
    return Number.isNaN(read) ? moment.price : read
  }

  /** Exit prices never round in our favor. */
  #snapExit(price: number): number {
    return snapPriceAdverse(this.#dealer.instrument, price, this.#dealer.side)
  }
}
