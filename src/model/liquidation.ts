import type { Instrument, MarginTier } from './instrument.ts'

/** What an isolated position can be liquidated on. */
export interface LiquidationInput {
  readonly instrument: Pick<Instrument, 'marginTiers' | 'takerFeeRate'>
  /** Base units, positive long, negative short, not 0. */
  readonly quantity: number
  readonly entryPrice: number
  readonly leverage: number
  /** Quote units put in on top of `notional / leverage`. */
  readonly addedMargin?: number
}

/**
 * Mark price at which an isolated linear position is closed by force: the first one, coming from the entry, where
 * margin and unrealised profit no longer cover maintenance margin plus the taker fee of closing.
 * Long `(e·(1 − 1/L) − (deduction + added)/q) / (1 − mmr − t)`, short `(e·(1 + 1/L) + (deduction + added)/q) / (1 + mmr + t)`,
 * with the tier of the notional at that price (domain.md §3.5, Binance's bracket rule). null = cannot happen at a price
 * above 0, as for any long at leverage 1; NaN = unknown, because an input or the tiers are missing.
 */
export function liquidationPrice(input: LiquidationInput): number | null {
  const { instrument, quantity, entryPrice, leverage } = input
  if (!(Math.abs(quantity) > 0 && entryPrice > 0 && leverage > 0)) return Number.NaN
  if (quantity > 0 && leverage <= 1) return null
  if (instrument.marginTiers.length === 0) return Number.NaN
  return quantity > 0 ? longPrice(input, quantity) : shortPrice(input, -quantity)
}

/** The tier that holds a position of this notional: the first whose cap is not below it. NaN notional finds none. */
export function tierOf(instrument: Pick<Instrument, 'marginTiers'>, notional: number): MarginTier | undefined {
  return instrument.marginTiers.find((tier) => notional <= tier.notionalCap)
}

/** Quote units the venue wants left in a position of this notional at mark price; NaN without tiers. */
export function maintenanceMargin(instrument: Pick<Instrument, 'marginTiers'>, notional: number): number {
  const tier = tierOf(instrument, notional)
  return tier === undefined ? Number.NaN : notional * tier.maintenanceRate - tier.deduction
}

function longPrice(input: LiquidationInput, size: number): number | null {
  const { marginTiers: tiers, takerFeeRate } = input.instrument
  const kept = input.entryPrice * (1 - 1 / input.leverage)
  for (let index = tiers.length - 1; index >= 0; index--) {
    const tier = tiers[index]
    const floor = index === 0 ? 0 : tiers[index - 1].notionalCap / size
    if (floor >= input.entryPrice) continue
    const top = Math.min(tier.notionalCap / size, input.entryPrice)
    const price =
      (kept - (tier.deduction + (input.addedMargin ?? 0)) / size) / (1 - tier.maintenanceRate - takerFeeRate)
    if (price >= top) return top
    if (price > floor) return price
  }
  return null
}

function shortPrice(input: LiquidationInput, size: number): number {
  const { marginTiers: tiers, takerFeeRate } = input.instrument
  const kept = input.entryPrice * (1 + 1 / input.leverage)
  let price = Number.NaN
  for (let index = 0; index < tiers.length; index++) {
    const tier = tiers[index]
    const cap = tier.notionalCap / size
    if (cap < input.entryPrice) continue
    const bottom = index === 0 ? input.entryPrice : Math.max(tiers[index - 1].notionalCap / size, input.entryPrice)
    price = (kept + (tier.deduction + (input.addedMargin ?? 0)) / size) / (1 + tier.maintenanceRate + takerFeeRate)
    if (price <= bottom) return bottom
    if (price <= cap) return price
  }
  return price
}
