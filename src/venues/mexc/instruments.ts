import { instrumentId, venueId } from '#model/ids.ts'
import { decimalsOf, type Instrument, type MarginTier } from '#model/instrument.ts'
import type { RiskLimitRow } from './wire/account.ts'
import type { Contracts } from './wire/fields.ts'
import type { ContractDetail } from './wire/market.ts'
import { base, createScale, notional, type Quote, type Scale } from './units.ts'

export const mexc = venueId('mexc')

/** What orders by API pay since 2026-06-01 08:00 UTC, whatever the web shows; an account's own are asked for with its keys. */
const apiFees = { maker: 0.0006, taker: 0.0008 }

/** A contract with the way between its contracts and coins. */
export interface Contract {
  readonly instrument: Instrument
  readonly scale: Scale
  /** Enabled, open to orders by API, not hidden. */
  readonly tradable: boolean
  /** The price at which tiers told in contracts became notional caps. */
  readonly tierPrice: number
  readonly detail: ContractDetail
}

/** What a contract is worth and how often it pays funding, told by another endpoint. */
export interface ContractMarket {
  readonly fairPrice: number
  readonly fundingIntervalMs: number
}

/** Null for what Riptide does not trade: inverse contracts and those with a delivery. */
export function toContract(detail: ContractDetail, market: ContractMarket): Contract | null {
  if (detail.quoteCoin !== detail.settleCoin || detail.futureType === 2) return null
  const scale = createScale(detail.contractSize, detail.volUnit)
  const toCap = capOf(detail, scale, market.fairPrice)
  const marginTiers = withOpenEnd(tierRows(detail).map((row) => ({ ...row, notionalCap: toCap(row.cap) })))
  const instrument: Instrument = {
    id: instrumentId(detail.symbol),
    venue: mexc,
    symbol: detail.symbol,
    kind: 'perpetual',
    base: detail.baseCoin,
    quote: detail.quoteCoin,
    tickSize: detail.priceUnit,
    lotSize: scale.toBase(detail.volUnit),
    contractSize: detail.contractSize,
    minQuantity: scale.toBase(detail.minVol),
    // the venue has none
    minNotional: 0,
    maxLeverage: lowest(
      detail.maxLeverage,
      detail.countryConfigContractMaxLeverage,
      detail.tempMaxLeverage,
      detail.regularMaxLeverage,
      marginTiers[0]?.maxLeverage,
    ),
    makerFeeRate: apiFees.maker,
    takerFeeRate: apiFees.taker,
    marginTiers,
    liquidationFeeRate: detail.liquidationFeeRate,
    fundingIntervalMs: market.fundingIntervalMs,
  }
  const tradable = detail.state === 0 && detail.apiAllowed !== false && detail.isHidden !== true
  return { instrument, scale, tradable, tierPrice: market.fairPrice, detail }
}

/** An account's own tiers; where long and short differ, the stricter of both. */
export function toMarginTiers(rows: readonly RiskLimitRow[], contract: Contract): readonly MarginTier[] {
  const toCap = capOf(contract.detail, contract.scale, contract.tierPrice)
  const levels = new Map<number, TierRow>()
  for (const { level, maxVol, mmr, maxLeverage } of rows) {
    const other = levels.get(level)
    levels.set(level, {
      cap: Math.min(maxVol, other?.cap ?? Infinity),
      maintenanceRate: Math.max(mmr, other?.maintenanceRate ?? 0),
      maxLeverage: Math.min(maxLeverage, other?.maxLeverage ?? Infinity),
    })
  }
  const tiers = [...levels.values()].sort((a, b) => a.cap - b.cap)
  return withOpenEnd(tiers.map((row) => ({ ...row, notionalCap: toCap(row.cap) })))
}

interface TierRow {
  /** Contracts or quote units, as `riskLimitType` says. */
  readonly cap: number
  readonly maintenanceRate: number
  readonly maxLeverage: number
}

/** Rows of a custom table are authoritative; the `riskIncr` fields beside them may be zeros. */
function tierRows(detail: ContractDetail): readonly TierRow[] {
  const custom = detail.riskLimitCustom ?? []
  if (custom.length > 0)
    return custom
      .map(({ maxVol, mmr, maxLeverage }) => ({ cap: maxVol, maintenanceRate: mmr, maxLeverage }))
      .sort((a, b) => a.cap - b.cap)
  const { riskBaseVol, riskIncrVol, riskIncrMmr, riskIncrImr, maintenanceMarginRate, initialMarginRate } = detail
  const levels = riskIncrVol > 0 ? Math.max(1, detail.riskLevelLimit) : 1
  return Array.from({ length: levels }, (_, step) => ({
    cap: riskBaseVol + step * riskIncrVol,
    maintenanceRate: rounded(maintenanceMarginRate + step * riskIncrMmr, maintenanceMarginRate, riskIncrMmr),
    maxLeverage: wholeLeverage(rounded(initialMarginRate + step * riskIncrImr, initialMarginRate, riskIncrImr), detail),
  }))
}

/** Tiers told in contracts, the older and usual way, are worth what the contract is worth now. */
function capOf(detail: ContractDetail, scale: Scale, fairPrice: number): (cap: number) => Quote {
  return detail.riskLimitType === 'BY_VALUE'
    ? (cap) => cap as Quote
    : (cap) => notional(fairPrice, base(scale.toBase(cap as Contracts)))
}

function withOpenEnd(rows: readonly (TierRow & { readonly notionalCap: Quote })[]): readonly MarginTier[] {
  return rows.map(({ notionalCap, maintenanceRate, maxLeverage }, index) => ({
    notionalCap: index === rows.length - 1 ? Infinity : notionalCap,
    maintenanceRate,
    // one rate for the whole position
    deduction: 0,
    maxLeverage,
  }))
}

const wholeLeverage = (initialRate: number, detail: ContractDetail): number =>
  initialRate > 0 ? Math.max(1, Math.floor(1 / initialRate + 1e-9)) : detail.maxLeverage

const rounded = (sum: number, ...terms: readonly number[]): number =>
  Number(sum.toFixed(Math.max(...terms.map(decimalsOf))))

/** The lowest of the limits that are set; 0 and absent are none. */
const lowest = (...limits: readonly (number | null | undefined)[]): number =>
  Math.min(...(limits.filter((limit) => typeof limit === 'number' && limit > 0) as readonly number[]))
