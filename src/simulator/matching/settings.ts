import type { InstrumentId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { Money } from '#model/money.ts'

/** The part of the simulator's configuration that matching depends on; see `SimulatorConfig`. */
export interface MatchingSettings {
  readonly instruments: readonly Instrument[]
  readonly balance: Money
  readonly reportLatencyMs: number
  readonly participation: number
  readonly impact: number
  readonly fees?: { readonly makerRate: number; readonly takerRate: number }
  readonly assumedFundingRate: number
  readonly fundingFeeds?: readonly InstrumentId[]
}

/** History that volatility and volume of the impact law are measured on; older data is dropped. */
export const activityWindowMs = 3_600_000

/** A quote, a taker print, a book or a mark price older than this is no longer the best known one. */
export const knownForMs = 60_000

/** Without a recorded book, immediate-or-cancel means what trades within this time after arrival. */
export const immediateMs = 1_000

/** An order sent up to this long after a bar's open counts as sent at the close before it. */
export const atOpenMs = 1_000

/** Half the spread assumed at the end of the data when no touch is known; fraction of price. */
export const assumedHalfSpread = 0.001

/** σ per hour assumed when the hour before has too little data: at least this. */
export const assumedHourlyVolatility = 0.05

/** The hour counts as known from this many prints, and this many minutes, on. */
export const minActivityPrints = 20
export const minActivityMinutes = 10

/** Funding is assumed this often for a short of a coin recorded on spot. */
export const spotFundingIntervalMs = 28_800_000

/** Funding instants closer together than this are one settlement. */
export const fundingGuardMs = 60_000
