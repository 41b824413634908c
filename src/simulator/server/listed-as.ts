import type { Instrument, MarginTier } from '#model/instrument.ts'
import { venueId } from '#model/ids.ts'
import type { ServedVenue } from '#model/served-exchange.ts'

/** What a recording does not tell of a contract: as thin ones are at both venues. */
const assumedTiers: readonly MarginTier[] = [
  { notionalCap: 50_000, maintenanceRate: 0.01, deduction: 0, maxLeverage: 20 },
  { notionalCap: 500_000, maintenanceRate: 0.025, deduction: 750, maxLeverage: 10 },
  { notionalCap: Infinity, maintenanceRate: 0.05, deduction: 13_250, maxLeverage: 5 },
]

/** An instrument of a recording as this venue lists it: a perpetual, also where the recording is of a spot pair. */
export function listedAs(venue: ServedVenue, instrument: Instrument): Instrument {
  const { base, quote, lotSize } = instrument
  const tiers = instrument.marginTiers.length > 0 ? instrument.marginTiers : assumedTiers
  const mexc = venue === 'mexc'
  return {
    ...instrument,
    venue: venueId(venue),
    kind: 'perpetual',
    symbol: mexc ? `${base}_${quote}` : `${base}${quote}`,
    contractSize: mexc ? lotSize : 1,
    minQuantity: Math.max(instrument.minQuantity, lotSize),
    // MEXC knows no smallest notional, and one rate for the whole position
    minNotional: mexc ? 0 : Math.max(5, instrument.minNotional),
    marginTiers: mexc ? tiers.map((tier) => ({ ...tier, deduction: 0 })) : tiers,
    maxLeverage: Math.max(...tiers.map(({ maxLeverage }) => maxLeverage)),
    // what the web shows; the account's own rates are charged
    makerFeeRate: mexc ? 0 : 0.0002,
    takerFeeRate: mexc ? 0.0002 : 0.0005,
    liquidationFeeRate: instrument.liquidationFeeRate > 0 ? instrument.liquidationFeeRate : 0.005,
    fundingIntervalMs: instrument.fundingIntervalMs ?? 8 * 3_600_000,
  }
}
