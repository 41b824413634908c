import { instrumentId, venueId } from '#model/ids.ts'
import { decimalsOf } from '#model/instrument.ts'
import type { Instrument, MarginTier } from '#model/instrument.ts'
import type { Liquidity } from './options.ts'

/** An instrument and what its market is like. */
export interface Listing {
  readonly instrument: Instrument
  readonly liquidity: Liquidity
  readonly startPrice: number
}

/** Names of no coin known to us; prices and grids from the span real listings have. */
const bases = [
  ['QORVEL', 38.4, 0.01, 0.1],
  ['BRISKA', 0.4127, 0.0001, 10],
  ['ZUNDRA', 0.0318, 0.00002, 100],
  ['MOLVIX', 2.864, 0.0005, 1],
  ['TARNEK', 0.000_047_2, 0.000_000_02, 100_000],
  ['OPHRYL', 1.2736, 0.0001, 1],
  ['VEXUMA', 0.008_841, 0.000_002, 1_000],
  ['LUNDIP', 11.52, 0.005, 0.1],
  ['KWASTO', 0.1536, 0.00005, 10],
  ['FENDRU', 5.072, 0.001, 1],
  ['YARBIX', 0.002_219, 0.000_000_5, 1_000],
  ['HOLMEQ', 214.6, 0.05, 0.01],
] as const

const classes: readonly Liquidity[] = ['liquid', 'mid', 'thin', 'mid', 'thin', 'liquid', 'mid', 'thin']

const costs = {
  liquid: { maxLeverage: 100, takerFeeRate: 0.0002, makerFeeRate: 0 },
  mid: { maxLeverage: 50, takerFeeRate: 0.0004, makerFeeRate: 0.0001 },
  thin: { maxLeverage: 20, takerFeeRate: 0.0006, makerFeeRate: 0.0002 },
} as const

/** The `index`-th listing, the same in every market; after twelve the names repeat with a number. */
export function listingAt(index: number): Listing {
  const [name, startPrice, tickSize, lotSize] = bases[index % bases.length]
  const round = Math.floor(index / bases.length)
  const base = round === 0 ? name : `${name}${round + 1}`
  const liquidity = classes[index % classes.length]
  const { maxLeverage, takerFeeRate, makerFeeRate } = costs[liquidity]
  const instrument: Instrument = {
    id: instrumentId(`${base}_USDT`),
    venue: venueId('simulator'),
    symbol: `${base}_USDT`,
    kind: 'perpetual',
    base,
    quote: 'USDT',
    tickSize,
    lotSize,
    contractSize: lotSize,
    minQuantity: lotSize,
    minNotional: Number((5 * Math.ceil((startPrice * lotSize) / 5)).toFixed(decimalsOf(1))),
    maxLeverage,
    makerFeeRate,
    takerFeeRate,
    marginTiers: tiersOf(maxLeverage, liquidity === 'liquid' ? 250_000 : liquidity === 'mid' ? 50_000 : 10_000),
    liquidationFeeRate: 0.005,
    fundingIntervalMs: 8 * 3_600_000,
  }
  return { instrument, liquidity, startPrice }
}

/** Four tiers, each five times the last with half its leverage; deductions keep the margin continuous (Binance). */
function tiersOf(maxLeverage: number, firstCap: number): readonly MarginTier[] {
  const tiers: MarginTier[] = []
  let deduction = 0
  let below = 0
  let rateBelow = 0
  for (let step = 0; step < 4; step++) {
    const leverage = Math.max(1, Math.floor(maxLeverage / 2 ** step))
    const maintenanceRate = 0.5 / leverage
    deduction += below * (maintenanceRate - rateBelow)
    const notionalCap = step === 3 ? Infinity : firstCap * 5 ** step
    tiers.push({ notionalCap, maintenanceRate, deduction: Math.round(deduction * 1e8) / 1e8, maxLeverage: leverage })
    below = notionalCap
    rateBelow = maintenanceRate
  }
  return tiers
}
