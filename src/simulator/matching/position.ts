import { type Instrument, snapQuantity } from '#model/instrument.ts'
import { liquidationPrice, tierOf } from '#model/liquidation.ts'
import type { Side } from '#model/market.ts'
import { type Money, portion, product, toMoney, toNumber } from '#model/money.ts'
import { signOf } from './pricing.ts'

/** Maintenance rate assumed where the instrument has no margin tiers (spot pairs traded as contracts). */
const assumedTier = { notionalCap: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage: Infinity }

/** The venue's netted position of one instrument on isolated margin. */
export class VenuePosition {
  /** Base units, positive long, negative short, 0 flat. */
  quantity = 0
  /** Signed like `quantity`, quote. */
  cost: Money = 0n
  /** Isolated margin set aside for it, quote. */
  margin: Money = 0n

  /** Books a fill; returns what it realised, fees aside. A fill beyond the position flips it. */
  fill(instrument: Instrument, side: Side, price: number, quantity: number, leverage: number): Money {
    const sign = signOf(side)
    const closing = this.quantity * sign < 0 ? Math.min(quantity, Math.abs(this.quantity)) : 0
    const realized = closing > 0 ? this.#reduce(instrument, price, closing) : 0n
    const opening = snapQuantity(instrument, quantity - closing)
    if (opening > 0) {
      const notional = product(price, opening)
      this.quantity = snapQuantity(instrument, this.quantity + sign * opening)
      this.cost += sign === 1 ? notional : -notional
      this.margin += toMoney(toNumber(notional) / leverage)
    }
    return realized
  }

  #reduce(instrument: Instrument, price: number, closing: number): Money {
    const long = this.quantity > 0
    const held = Math.abs(this.quantity)
    const cost = closing === held ? this.cost : portion(this.cost, closing, held)
    const proceeds = product(price, closing)
    this.margin -= closing === held ? this.margin : portion(this.margin, closing, held)
    this.cost -= cost
    this.quantity = snapQuantity(instrument, this.quantity + (long ? -closing : closing))
    return (long ? proceeds : -proceeds) - cost
  }

  get entryPrice(): number {
    return this.quantity === 0 ? NaN : toNumber(this.cost) / this.quantity
  }

  get leverage(): number {
    return this.margin > 0n ? Math.abs(toNumber(this.cost)) / toNumber(this.margin) : 1
  }

  /** Price at which the isolated margin is gone: `e·(1 ∓ 1/L)`; NaN when flat or a long at leverage 1. */
  get bankruptcyPrice(): number {
    const price = this.entryPrice * (1 - Math.sign(this.quantity) / this.leverage)
    return price > 1e-9 * this.entryPrice ? price : NaN
  }

  /**
   * Mark price that liquidates it; NaN when none does. Shorts on spot recordings are treated as contracts, with an assumed
   * maintenance rate of 1 % where there are no tiers.
   */
  liquidationPrice(instrument: Instrument): number {
    if (this.quantity === 0 || Number.isNaN(this.bankruptcyPrice)) return NaN
    const marginTiers = instrument.marginTiers.length > 0 ? instrument.marginTiers : [assumedTier]
    const { quantity, entryPrice, leverage } = this
    const contract = { kind: 'perpetual', marginTiers, takerFeeRate: instrument.takerFeeRate } as const
    return liquidationPrice({ instrument: contract, quantity, entryPrice, leverage }) ?? NaN
  }
}

/** Highest leverage the venue allows for a position of that notional. */
export function allowedLeverage(instrument: Instrument, notional: number): number {
  const tier = tierOf(instrument, notional)
  return tier === undefined ? instrument.maxLeverage : Math.min(instrument.maxLeverage, tier.maxLeverage)
}
