import type { InstrumentId, VenueId } from './ids.ts'

/**
 * What is traded: a linear contract (or a spot pair traded as one), settled in `quote`.
 * Quantities are in base units everywhere inside; `contractSize` converts at the venue's door only.
 */
export interface Instrument {
  readonly id: InstrumentId
  readonly venue: VenueId
  /** The venue's own spelling. */
  readonly symbol: string
  readonly kind: 'spot' | 'perpetual'
  readonly base: string
  readonly quote: string
  /** Prices are whole multiples of it, in quote per base. */
  readonly tickSize: number
  /** Quantities are whole multiples of it, in base. */
  readonly lotSize: number
  /** Base units in one of the venue's contracts; 1 where the venue counts coins. */
  readonly contractSize: number
  /** Base units. */
  readonly minQuantity: number
  /** Quote units. */
  readonly minNotional: number
  readonly maxLeverage: number
  /** Fractions of notional. */
  readonly makerFeeRate: number
  readonly takerFeeRate: number
  /** Ascending by `notionalCap`; the last one's cap is `Infinity`. */
  readonly marginTiers: readonly MarginTier[]
  /** Fraction of notional charged on top when liquidated. */
  readonly liquidationFeeRate: number
  /** Absent where no funding is paid (spot). */
  readonly fundingIntervalMs?: number
}

/** Maintenance margin of a position up to `notionalCap` quote units: `notional × maintenanceRate − deduction`. */
export interface MarginTier {
  readonly notionalCap: number
  readonly maintenanceRate: number
  /** Quote units; 0 where the venue applies one rate to the whole position (MEXC). */
  readonly deduction: number
  readonly maxLeverage: number
}

/** Nearest price on the grid. */
export function snapPrice(instrument: Instrument, price: number): number {
  return snap(price, instrument.tickSize, Math.round(price / instrument.tickSize))
}

/** Price on the grid, rounded against the trader: up for a buy, down for a sell. */
export function snapPriceAdverse(instrument: Instrument, price: number, side: 'buy' | 'sell'): number {
  const ticks = price / instrument.tickSize
  return snap(price, instrument.tickSize, side === 'buy' ? Math.ceil(ticks - 1e-9) : Math.floor(ticks + 1e-9))
}

/** Nearest quantity on the grid; for sums, so that 0.1 + 0.2 − 0.3 is 0. */
export function snapQuantity(instrument: Pick<Instrument, 'lotSize'>, quantity: number): number {
  return snap(quantity, instrument.lotSize, Math.round(quantity / instrument.lotSize))
}

/** Largest quantity on the grid that is not above `quantity`; for sizes. */
export function floorQuantity(instrument: Pick<Instrument, 'lotSize'>, quantity: number): number {
  return snap(quantity, instrument.lotSize, Math.floor(quantity / instrument.lotSize + 1e-9))
}

/** Digits after the point that the grid needs, at most 12. */
export function decimalsOf(step: number): number {
  const known = knownDecimals.get(step)
  if (known !== undefined) return known
  const text = String(step)
  const [base = '', exponent = '0'] = text.split('e')
  const fraction = base.split('.')[1] ?? ''
  const decimals = Math.min(12, Math.max(0, fraction.length - Number(exponent)))
  if (knownDecimals.size >= 1_000) knownDecimals.clear()
  knownDecimals.set(step, decimals)
  return decimals
}

/** Grids are few and asked for with every price. */
const knownDecimals = new Map<number, number>()

function snap(value: number, step: number, steps: number): number {
  return Number.isFinite(value) ? Number((steps * step).toFixed(decimalsOf(step))) : value
}
