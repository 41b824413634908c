import { accountContract } from './account-contract.ts'
import type { Bench, BenchName, BenchOptions } from './bench.ts'
import { marketContract } from './market-contract.ts'

/** One promise of the port: what an operation does at every venue. */
export interface Promised {
  readonly operation: string
  /** A sentence. */
  readonly expectation: string
  readonly given?: BenchOptions
  /** Who does not promise it, and why. */
  readonly exempt?: Partial<Record<BenchName, string>>
  /** Throws where the venue does not keep it. */
  readonly check: (this: void, bench: Bench) => Promise<void>
}

/** Everything `model/venue.ts` promises, as a table that every implementation passes. */
export const venueContract: readonly Promised[] = [
  ...marketContract,
  ...accountContract.map((promised) => ({
    ...promised,
    exempt: { 'binance-spot': 'market data only', ...promised.exempt },
  })),
]
