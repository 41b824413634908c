import { decimalsOf } from '#model/instrument.ts'
import type { Contracts } from './wire/fields.ts'

declare const baseBrand: unique symbol
declare const quoteBrand: unique symbol
/** Coins. Inside Riptide every quantity is one; at this venue's door none is, so here they carry a brand. */
export type Base = number & { readonly [baseBrand]: true }
/** Price × coins. */
export type Quote = number & { readonly [quoteBrand]: true }

/** Says of a model quantity that it counts coins. */
export const base = (quantity: number): Base => quantity as Base

/** Between the venue's contracts and coins, for one instrument. */
export interface Scale {
  /** Coins on the lot grid: the double nearest to the exact decimal product. */
  readonly toBase: (contracts: Contracts) => Base
  /** Whole volume units, never more than `quantity`. */
  readonly toContracts: (quantity: Base) => Contracts
}

/** Coins in a contract as a fraction of whole numbers, so that a product of sizes is rounded once. */
export function createScale(contractSize: number, volumeUnit: Contracts): Scale {
  const sizeDecimals = decimalsOf(contractSize)
  const unitDecimals = decimalsOf(volumeUnit)
  const size = Math.round(contractSize * 10 ** sizeDecimals)
  const units = 10 ** unitDecimals
  const divisor = 10 ** (sizeDecimals + unitDecimals)
  return {
    toBase: (contracts) =>
      (((unitDecimals === 0 ? contracts : Math.round(contracts * units)) * size) / divisor) as Base,
    toContracts(quantity) {
      const steps = quantity / contractSize / volumeUnit
      const nearest = Math.round(steps)
      const whole = Math.abs(steps - nearest) <= 1e-9 * Math.max(1, nearest) ? nearest : Math.floor(steps)
      return Number((whole * volumeUnit).toFixed(unitDecimals)) as Contracts
    },
  }
}

export const notional = (price: number, quantity: Base): Quote => (price * quantity) as Quote
