import { type Money, product, toNumber } from '#model/money.ts'
import type { Exchange } from '../exchange.ts'
import type { BalanceRow, PositionRow, PositionSide } from '../types.ts'
import { amount, plain } from './decimals.ts'
import type { Listing } from './listings.ts'
import { markText } from './market-rows.ts'
import { positionSideWord } from './words.ts'

/** Cross profit, which is all unrealized profit less that of isolated positions. */
function crossProfit(balance: BalanceRow, positions: readonly PositionRow[]): Money {
  let profit = balance.unrealizedProfit
  for (const position of positions) if (position.marginMode === 'isolated') profit -= position.unrealizedProfit
  return profit
}

export function balanceRow(balance: BalanceRow, positions: readonly PositionRow[], now: number) {
  return {
    accountAlias: 'SgsR',
    asset: balance.currency,
    balance: amount(balance.wallet),
    crossWalletBalance: amount(balance.crossWallet),
    crossUnPnl: amount(crossProfit(balance, positions)),
    availableBalance: amount(balance.available),
    maxWithdrawAmount: amount(balance.available),
    marginAvailable: true,
    updateTime: now,
  }
}

/** One asset of `/account`. */
export function assetRow(balance: BalanceRow, positions: readonly PositionRow[], now: number) {
  return {
    asset: balance.currency,
    walletBalance: amount(balance.wallet),
    unrealizedProfit: amount(balance.unrealizedProfit),
    marginBalance: amount(balance.equity),
    maintMargin: amount(balance.maintenanceMargin),
    initialMargin: amount(balance.positionMargin + balance.orderMargin),
    positionInitialMargin: amount(balance.positionMargin),
    openOrderInitialMargin: amount(balance.orderMargin),
    crossWalletBalance: amount(balance.crossWallet),
    crossUnPnl: amount(crossProfit(balance, positions)),
    availableBalance: amount(balance.available),
    maxWithdrawAmount: amount(balance.available),
    updateTime: now,
  }
}

/** The sums at the head of `/account`. */
export function accountTotals(balances: readonly BalanceRow[], positions: readonly PositionRow[]) {
  const sum = (of: (balance: BalanceRow) => Money): string => amount(balances.reduce((all, row) => all + of(row), 0n))
  return {
    totalInitialMargin: sum((row) => row.positionMargin + row.orderMargin),
    totalMaintMargin: sum((row) => row.maintenanceMargin),
    totalWalletBalance: sum((row) => row.wallet),
    totalUnrealizedProfit: sum((row) => row.unrealizedProfit),
    totalMarginBalance: sum((row) => row.equity),
    totalPositionInitialMargin: sum((row) => row.positionMargin),
    totalOpenOrderInitialMargin: sum((row) => row.orderMargin),
    totalCrossWalletBalance: sum((row) => row.crossWallet),
    totalCrossUnPnl: sum((row) =>
      crossProfit(
        row,
        positions.filter(({ instrumentId }) => instrumentId.endsWith(`_${row.currency}`)),
      ),
    ),
    availableBalance: sum((row) => row.available),
    maxWithdrawAmount: sum((row) => row.available),
  }
}

/** What open orders of one side add to a position. */
export interface OrderLoad {
  readonly bids: number
  readonly asks: number
}

export function orderLoad(
  exchange: Exchange,
  accountId: PositionRow['accountId'],
  listing: Listing,
  side?: PositionSide,
): OrderLoad {
  let bids = 0
  let asks = 0
  for (const order of exchange.openOrders(accountId, listing.id)) {
    if (side !== undefined && order.positionSide !== side) continue
    const notional = toNumber(product(order.price ?? 0, order.quantity)) - toNumber(order.filledNotional)
    if (order.side === 'buy') bids += notional
    else asks += notional
  }
  return { bids, asks }
}

export const notionalOf = (position: PositionRow): number => position.quantity * position.markPrice

/** What leaves the position without loss: the entry moved by the fees paid so far. */
export function breakEven(position: PositionRow): number {
  if (position.quantity === 0) return 0
  return Number((position.entryPrice + toNumber(position.fees) / position.quantity).toPrecision(12))
}

/** `GET /fapi/v3/positionRisk`. */
export function positionRow(listing: Listing, position: PositionRow, load: OrderLoad) {
  const openOrders = Math.max(load.bids, load.asks) / position.leverage
  const isolated = position.marginMode === 'isolated'
  return {
    symbol: listing.symbol,
    positionSide: positionSideWord(position.positionSide),
    positionAmt: listing.quantity(position.quantity),
    entryPrice: plain(position.entryPrice),
    breakEvenPrice: plain(breakEven(position)),
    markPrice: markText(position.markPrice),
    unRealizedProfit: amount(position.unrealizedProfit),
    liquidationPrice: position.liquidationPrice === null ? '0' : plain(position.liquidationPrice),
    isolatedMargin: isolated ? amount(position.isolatedMargin + position.unrealizedProfit) : '0',
    notional: notionalOf(position).toFixed(8),
    marginAsset: listing.instrument.quote,
    isolatedWallet: isolated ? amount(position.isolatedMargin) : '0',
    initialMargin: (toNumber(position.initialMargin) + openOrders).toFixed(8),
    maintMargin: amount(position.maintenanceMargin),
    positionInitialMargin: amount(position.initialMargin),
    openOrderInitialMargin: openOrders === 0 ? '0' : openOrders.toFixed(8),
    adl: position.adlLevel,
    bidNotional: load.bids === 0 ? '0' : plain(Number(load.bids.toFixed(8))),
    askNotional: load.asks === 0 ? '0' : plain(Number(load.asks.toFixed(8))),
    updateTime: position.updatedAt,
  }
}

/** A position of `/fapi/v3/account`. */
export function accountPositionRow(listing: Listing, position: PositionRow) {
  const isolated = position.marginMode === 'isolated'
  return {
    symbol: listing.symbol,
    positionSide: positionSideWord(position.positionSide),
    positionAmt: listing.quantity(position.quantity),
    unrealizedProfit: amount(position.unrealizedProfit),
    isolatedMargin: isolated ? amount(position.isolatedMargin + position.unrealizedProfit) : '0',
    notional: notionalOf(position).toFixed(8),
    isolatedWallet: isolated ? amount(position.isolatedMargin) : '0',
    initialMargin: amount(position.initialMargin),
    maintMargin: amount(position.maintenanceMargin),
    updateTime: position.updatedAt,
  }
}

/** A flat position, for symbols that are listed with nothing held. */
export function flatPosition(
  exchange: Exchange,
  accountId: PositionRow['accountId'],
  listing: Listing,
  positionSide: PositionSide,
): PositionRow {
  const settings = exchange.settings(accountId, listing.id)
  return {
    positionId: '0',
    accountId,
    instrumentId: listing.id,
    positionSide,
    quantity: 0,
    entryPrice: 0,
    markPrice: listing.market.mark().mark,
    leverage: positionSide === 'short' ? settings.leverage.short : settings.leverage.long,
    marginMode: settings.marginMode,
    isolatedMargin: 0n,
    initialMargin: 0n,
    maintenanceMargin: 0n,
    unrealizedProfit: 0n,
    realizedProfit: 0n,
    fees: 0n,
    funding: 0n,
    liquidationPrice: null,
    frozenQuantity: 0,
    closedQuantity: 0,
    closeAveragePrice: 0,
    adlLevel: 0,
    openedAt: 0,
    updatedAt: 0,
  }
}
