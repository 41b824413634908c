import { toNumber } from '#model/money.ts'
import type { BalanceRow, PositionRow } from '../types.ts'
import type { Listings } from './listings.ts'
import type { Notes } from './notes.ts'
import { wireMargin } from './order-words.ts'

/** A row of `account/assets`. */
export function assetRow(row: BalanceRow) {
  return {
    ...assetPush(row),
    equity: toNumber(row.equity),
    unrealized: toNumber(row.unrealizedProfit),
    availableCash: toNumber(row.available),
    availableOpen: toNumber(row.available),
    debtAmount: 0,
    contributeMarginAmount: 0,
    vcoinId: `vcoin-${row.currency}`,
  }
}

/** `push.personal.asset`: no equity in it. */
export function assetPush(row: BalanceRow) {
  const cash = toNumber(row.wallet - row.positionMargin - row.orderMargin)
  return {
    currency: row.currency,
    positionMargin: toNumber(row.positionMargin),
    frozenBalance: toNumber(row.orderMargin),
    availableBalance: toNumber(row.available),
    cashBalance: Math.max(0, cash),
    bonus: 0,
  }
}

/** A position, open or closed; sizes are positive, the direction is `positionType`. */
export function positionRow(listings: Listings, notes: Notes, row: PositionRow) {
  const listing = listings.of(row.instrumentId)
  const flat = row.quantity === 0
  const margin = toNumber(row.initialMargin)
  const realised = toNumber(row.realizedProfit - row.fees - row.funding)
  const profit = toNumber(row.unrealizedProfit)
  const entry = row.entryPrice
  const needed = toNumber(row.maintenanceMargin)
  return {
    positionId: Number(row.positionId),
    symbol: listing.symbol,
    positionType: notes.positionType(row),
    openType: wireMargin(row.marginMode),
    state: flat ? 3 : 1,
    holdVol: listing.vol(row.quantity),
    frozenVol: listing.vol(row.frozenQuantity),
    closeVol: listing.vol(row.closedQuantity),
    holdAvgPrice: entry,
    holdAvgPriceFullyScale: String(entry),
    openAvgPrice: entry,
    openAvgPriceFullyScale: String(entry),
    closeAvgPrice: row.closeAveragePrice,
    liquidatePrice: row.liquidationPrice ?? 0,
    oim: flat ? 0 : margin,
    im: flat ? 0 : margin,
    holdFee: -toNumber(row.funding),
    realised,
    leverage: row.leverage,
    marginRatio: margin + profit > 0 ? Number((needed / (margin + profit)).toFixed(4)) : 0,
    adlLevel: row.adlLevel,
    createTime: row.openedAt,
    updateTime: row.updatedAt,
    autoAddIm: false,
    version: notes.version(row.positionId),
    profitRatio: margin > 0 ? Number((profit / margin).toFixed(4)) : 0,
    newOpenAvgPrice: entry,
    newCloseAvgPrice: row.closeAveragePrice,
    closeProfitLoss: toNumber(row.realizedProfit),
    fee: -toNumber(row.fees),
    totalFee: -toNumber(row.fees),
    pnl: profit,
    deductFeeList: [],
    positionShowStatus: flat ? 'CLOSED' : 'HOLDING',
  }
}
