import { type InstrumentId, instrumentId } from '#model/ids.ts'
import type { Instrument, MarginTier } from '#model/instrument.ts'
import { spot, usdm } from './dialect.ts'
import type { Bracket } from './wire/account.ts'
import type { FuturesSymbol, SpotSymbol, WireFilter } from './wire/market.ts'

/** What the venue lists, with what orders must respect besides the instrument's grid. */
export interface Contract {
  readonly instrument: Instrument
  readonly tradable: boolean
  readonly status: string
  /** Base units a market order may have at most; `Infinity` where none is told. */
  readonly maxMarketQuantity: number
  readonly maxQuantity: number
}

/** Fees of an account without any discount; an account's own are asked for with its keys. */
const defaultFees = { usdm: { maker: 0.0002, taker: 0.0005 }, spot: { maker: 0.001, taker: 0.001 } }
const hourMs = 3_600_000

/** What other endpoints tell of a futures symbol. */
export interface FuturesTerms {
  /** Absent without keys: brackets are told to accounts only. */
  readonly brackets?: readonly Bracket[] | undefined
  readonly fundingIntervalHours?: number | undefined
}

/** Null for what Riptide does not trade: deliveries, shares, what is not settled in its quote. */
export function toFutures(row: FuturesSymbol, terms: FuturesTerms = {}): Contract | null {
  if (row.contractType !== 'PERPETUAL' || row.quoteAsset !== row.marginAsset) return null
  const grid = gridOf(row.filters)
  if (grid === null) return null
  const marginTiers = terms.brackets?.length ? toMarginTiers(terms.brackets) : [cautiousTier(row)]
  const instrument: Instrument = {
    id: idOf(row),
    venue: usdm.venue,
    symbol: row.symbol,
    kind: 'perpetual',
    base: row.baseAsset,
    quote: row.quoteAsset,
    ...grid.sizes,
    contractSize: 1,
    maxLeverage: marginTiers[0]?.maxLeverage ?? 1,
    makerFeeRate: defaultFees.usdm.maker,
    takerFeeRate: defaultFees.usdm.taker,
    marginTiers,
    liquidationFeeRate: row.liquidationFee ?? highestLiquidationFee,
    fundingIntervalMs: (terms.fundingIntervalHours ?? 8) * hourMs,
  }
  return { instrument, tradable: row.status === 'TRADING', status: row.status, ...grid.limits }
}

export function toSpot(row: SpotSymbol): Contract | null {
  const grid = gridOf(row.filters)
  if (grid === null) return null
  const instrument: Instrument = {
    id: idOf(row),
    venue: spot.venue,
    symbol: row.symbol,
    kind: 'spot',
    base: row.baseAsset,
    quote: row.quoteAsset,
    ...grid.sizes,
    contractSize: 1,
    maxLeverage: 1,
    makerFeeRate: defaultFees.spot.maker,
    takerFeeRate: defaultFees.spot.taker,
    marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0, deduction: 0, maxLeverage: 1 }],
    liquidationFeeRate: 0,
  }
  const tradable = row.status === 'TRADING' && row.isSpotTradingAllowed
  return { instrument, tradable, status: row.status, ...grid.limits }
}

/** The account's brackets, ascending; `cum` makes the margin continuous over their borders. */
export function toMarginTiers(brackets: readonly Bracket[]): readonly MarginTier[] {
  const sorted = brackets.toSorted((a, b) => a.notionalFloor - b.notionalFloor)
  return sorted.map(({ notionalCap, maintMarginRatio, cum, initialLeverage }, index) => ({
    notionalCap: index === sorted.length - 1 ? Infinity : notionalCap,
    maintenanceRate: maintMarginRatio,
    deduction: cum,
    maxLeverage: initialLeverage,
  }))
}

/**
 * Brackets are told to accounts only. What exchangeInfo says instead is out of use at the venue and stricter than the first bracket of most
 * symbols, so a simulation without keys errs on the side of too much margin.
 */
function cautiousTier({ maintMarginPercent, requiredMarginPercent }: FuturesSymbol): MarginTier {
  return {
    notionalCap: Infinity,
    maintenanceRate: Number((maintMarginPercent / 100).toFixed(8)),
    deduction: 0,
    maxLeverage: Math.max(1, Math.floor(100 / requiredMarginPercent)),
  }
}

const highestLiquidationFee = 0.02

const idOf = ({ baseAsset, quoteAsset }: { readonly baseAsset: string; readonly quoteAsset: string }): InstrumentId =>
  instrumentId(`${baseAsset}_${quoteAsset}`)

/** Null where the filters that make the grid are missing. `pricePrecision` is not the tick. */
function gridOf(filters: readonly WireFilter[]) {
  const find = (type: string): WireFilter | undefined => filters.find(({ filterType }) => filterType === type)
  const lot = find('LOT_SIZE')
  const market = find('MARKET_LOT_SIZE')
  const tickSize = find('PRICE_FILTER')?.tickSize
  const notional = find('NOTIONAL') ?? find('MIN_NOTIONAL')
  if (!tickSize || !lot?.stepSize) return null
  // 0 = the filter sets no limit
  const maxQuantity = lot.maxQty || Infinity
  return {
    sizes: {
      tickSize,
      // an order of either type fits the coarser grid
      lotSize: Math.max(lot.stepSize, market?.stepSize ?? 0),
      minQuantity: Math.max(lot.minQty ?? 0, market?.minQty ?? 0),
      minNotional: notional?.notional ?? notional?.minNotional ?? 0,
    },
    limits: { maxQuantity, maxMarketQuantity: Math.min(maxQuantity, market?.maxQty || Infinity) },
  }
}
