import { type InstrumentId, instrumentId, venueId, type VenueId } from '#model/ids.ts'
import type { Instrument, MarginTier } from '#model/instrument.ts'

/** Currencies that symbols are quoted in, longest first where one ends in another. */
const quoteCurrencies = ['FDUSD', 'USDT', 'USDC', 'BUSD', 'TUSD', 'BTC', 'ETH', 'BNB'] as const

interface MarketDefaults {
  readonly makerFeeRate: number
  readonly takerFeeRate: number
  readonly maxLeverage: number
  readonly liquidationFeeRate: number
  readonly marginTiers: readonly MarginTier[]
}

const oneTier = (maxLeverage: number): readonly MarginTier[] => [
  { notionalCap: Infinity, maintenanceRate: 0.005, deduction: 0, maxLeverage },
]

/**
 * What files do not say about a market, per venue and kind. Fees: Binance spot 0.1 %, USDT-M 0.02 / 0.05 % (venues/binance.md §13),
 * MEXC contract orders through the API 0.06 / 0.08 % since 2026-06-01 (venues/mexc.md §13), MEXC spot 0.05 % as listed for takers.
 * Leverage: 10 is the most a strategy may ask for; a spot recording is traded as if it were a contract.
 */
const defaults: Readonly<Record<string, MarketDefaults>> = {
  'binance spot': {
    makerFeeRate: 0.001,
    takerFeeRate: 0.001,
    maxLeverage: 10,
    liquidationFeeRate: 0.005,
    marginTiers: oneTier(10),
  },
  'binance perpetual': {
    makerFeeRate: 0.0002,
    takerFeeRate: 0.0005,
    maxLeverage: 20,
    liquidationFeeRate: 0.0125,
    marginTiers: oneTier(20),
  },
  'mexc spot': {
    makerFeeRate: 0.0005,
    takerFeeRate: 0.0005,
    maxLeverage: 10,
    liquidationFeeRate: 0.005,
    marginTiers: oneTier(10),
  },
  'mexc perpetual': {
    makerFeeRate: 0.0006,
    takerFeeRate: 0.0008,
    maxLeverage: 20,
    liquidationFeeRate: 0.0004,
    marginTiers: oneTier(20),
  },
}

const fundingIntervalMs = 8 * 3_600_000

/** Where an instrument is traded, as far as a path tells. */
export interface Market {
  readonly venue: VenueId
  readonly kind: Instrument['kind']
}

/** A pair read from a symbol. */
export interface Pair {
  readonly base: string
  readonly quote: string
}

export function isQuote(currency: string): boolean {
  return (quoteCurrencies as readonly string[]).includes(currency)
}

/** The pair behind a venue's spelling such as `MTHBTC`, `mth_btc` or `MTH/BTC`; undefined when it ends in no known quote. */
export function splitSymbol(symbol: string): Pair | undefined {
  const text = symbol.toUpperCase().replace(/[-_/]/g, '')
  const quote = quoteCurrencies.find((currency) => text.endsWith(currency))
  if (quote === undefined || !/^[A-Z0-9]+$/.test(text) || text.length === quote.length) return undefined
  return { base: text.slice(0, -quote.length), quote }
}

/** Canonical id of a pair. */
export function idOf({ base, quote }: Pair): InstrumentId {
  return instrumentId(`${base}_${quote}`)
}

/** Reads venue and kind from hints in the path; Binance unless it says mexc, and a perpetual only for dollar pairs. */
export function marketOf(path: string, { quote }: Pair): Market {
  const words = path.toLowerCase().split(/[^a-z0-9]+/)
  // the word nearest to the file wins: folders above may be named after anything
  const last = (...hints: readonly string[]): number => Math.max(...hints.map((hint) => words.lastIndexOf(hint)))
  const spot = last('spot')
  const contract = last('usdm', 'um', 'futures', 'perp', 'perpetual', 'swap', 'linear')
  const kind = spot > contract || (contract < 0 && !quote.includes('USD')) ? 'spot' : 'perpetual'
  return { venue: venueId(last('mexc') > last('binance') ? 'mexc' : 'binance'), kind }
}

/** An instrument with what its prints show (decimals of prices and quantities) and this file's defaults for the rest. */
export function makeInstrument(
  pair: Pair,
  market: Market,
  priceDecimals: number,
  quantityDecimals: number,
): Instrument {
  const found = defaults[`${market.venue} ${market.kind}`] ?? defaults['binance perpetual']
  const lotSize = gridOf(Math.min(quantityDecimals, 8))
  return {
    id: idOf(pair),
    venue: market.venue,
    symbol:
      market.venue === 'mexc' && market.kind === 'perpetual'
        ? `${pair.base}_${pair.quote}`
        : `${pair.base}${pair.quote}`,
    kind: market.kind,
    base: pair.base,
    quote: pair.quote,
    tickSize: gridOf(Math.min(priceDecimals, 12)),
    lotSize,
    contractSize: 1,
    minQuantity: lotSize,
    minNotional: minNotionalOf(pair.quote),
    ...found,
    ...(market.kind === 'perpetual' ? { fundingIntervalMs } : {}),
  }
}

function gridOf(decimals: number): number {
  return Number(`1e-${decimals}`)
}

function minNotionalOf(quote: string): number {
  if (quote === 'BTC') return 0.0001
  if (quote === 'ETH') return 0.002
  return quote === 'BNB' ? 0.01 : 5
}
