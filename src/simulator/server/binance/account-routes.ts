import type { AccountId, PositionRow, PositionSide } from '../types.ts'
import {
  accountPositionRow,
  accountTotals,
  assetRow,
  balanceRow,
  flatPosition,
  notionalOf,
  orderLoad,
  positionRow,
} from './account-rows.ts'
import { plain } from './decimals.ts'
import { orderLimits } from './exchange-info.ts'
import type { LimitRules } from './limits.ts'
import type { Listing } from './listings.ts'
import type { OrderDeps } from './place.ts'
import { type Call, read, type Routes } from './routes.ts'
import { maxNotional } from './settings-routes.ts'
import { marginLower, positionSideWord } from './words.ts'

/** Balances and positions, and what the account is. */
export function accountRoutes(deps: OrderDeps & { readonly limits: LimitRules }): Routes {
  const { exchange, listings, limits } = deps
  const balances = ({ accountId }: Call): unknown => {
    const positions = exchange.positions(accountId)
    return exchange
      .balances(accountId)
      .map((row) => balanceRow(row, ofCurrency(positions, row.currency), exchange.now()))
  }
  const dual = (accountId: AccountId): boolean => exchange.positionMode(accountId) === 'hedge'
  const config = ({ accountId, key }: Call) => ({
    feeTier: 0,
    canTrade: key.permissions.trade,
    canDeposit: true,
    canWithdraw: key.permissions.withdraw,
    dualSidePosition: dual(accountId),
    updateTime: 0,
    multiAssetsMargin: false,
    tradeGroupId: -1,
  })
  /** Markets with a position or an open order. */
  const used = (accountId: AccountId): readonly Listing[] => {
    const ids = new Set([
      ...exchange.positions(accountId).map(({ instrumentId }) => instrumentId),
      ...exchange.openOrders(accountId).map(({ instrumentId }) => instrumentId),
    ])
    return listings.all().filter(({ id }) => ids.has(id))
  }
  const rowsOf = (accountId: AccountId, listing: Listing, flat: boolean): readonly PositionRow[] => {
    const held = exchange.positions(accountId, listing.id)
    const sides: readonly PositionSide[] = dual(accountId) ? ['long', 'short'] : ['net']
    return sides.flatMap((side) => {
      const own = held.find(({ positionSide }) => positionSide === side)
      if (own !== undefined) return [own]
      const load = orderLoad(exchange, accountId, listing, side)
      return flat || load.bids + load.asks > 0 ? [flatPosition(exchange, accountId, listing, side)] : []
    })
  }
  return {
    'GET /fapi/v3/balance': read(5, balances),
    'GET /fapi/v2/balance': read(5, balances),
    'GET /fapi/v3/account': read(5, ({ accountId }) => {
      const positions = exchange.positions(accountId)
      const rows = exchange.balances(accountId)
      return {
        ...accountTotals(rows, positions),
        assets: rows.map((row) => assetRow(row, ofCurrency(positions, row.currency), exchange.now())),
        positions: used(accountId).flatMap((listing) =>
          rowsOf(accountId, listing, false).map((row) => accountPositionRow(listing, row)),
        ),
      }
    }),
    'GET /fapi/v2/account': read(5, (call) => {
      const { accountId } = call
      const positions = exchange.positions(accountId)
      const rows = exchange.balances(accountId)
      return {
        ...config(call),
        feeBurn: false,
        ...accountTotals(rows, positions),
        assets: rows.map((row) => ({
          ...assetRow(row, ofCurrency(positions, row.currency), exchange.now()),
          marginAvailable: true,
        })),
        positions: listings
          .all()
          .flatMap((listing) =>
            rowsOf(accountId, listing, true).map((row) => oldAccountPosition(deps, accountId, listing, row)),
          ),
      }
    }),
    'GET /fapi/v3/positionRisk': read(5, ({ accountId, params }) => {
      const one = listings.askedMaybe(params)
      return (one === undefined ? used(accountId) : [one]).flatMap((listing) =>
        rowsOf(accountId, listing, false).map((row) =>
          positionRow(listing, row, orderLoad(exchange, accountId, listing, row.positionSide)),
        ),
      )
    }),
    'GET /fapi/v2/positionRisk': read(5, ({ accountId, params }) => {
      const one = listings.askedMaybe(params)
      return (one === undefined ? listings.all() : [one]).flatMap((listing) =>
        rowsOf(accountId, listing, true).map((row) => oldPosition(deps, accountId, listing, row)),
      )
    }),
    'GET /fapi/v1/accountConfig': read(5, config),
    'GET /fapi/v1/positionSide/dual': read(30, ({ accountId }) => ({ dualSidePosition: dual(accountId) })),
    'GET /fapi/v1/multiAssetsMargin': read(30, () => ({ multiAssetsMargin: false })),
    'GET /fapi/v1/feeBurn': read(30, () => ({ feeBurn: false })),
    'GET /fapi/v1/rateLimit/order': read(1, () => orderLimits(limits)),
    'GET /fapi/v1/adlQuantile': read(5, ({ accountId, params }) => {
      const one = listings.askedMaybe(params)
      return (one === undefined ? used(accountId) : [one]).flatMap((listing) => {
        const levels = exchange
          .positions(accountId, listing.id)
          .map((row): [string, number] => [positionSideWord(row.positionSide), row.adlLevel - 1])
        return levels.length === 0 ? [] : [{ symbol: listing.symbol, adlQuantile: Object.fromEntries(levels) }]
      })
    }),
  }
}

function ofCurrency(positions: readonly PositionRow[], currency: string): readonly PositionRow[] {
  return positions.filter(({ instrumentId }) => instrumentId.endsWith(`_${currency}`))
}

function oldPosition({ exchange }: OrderDeps, accountId: AccountId, listing: Listing, row: PositionRow) {
  const now = positionRow(listing, row, { bids: 0, asks: 0 })
  return {
    entryPrice: now.entryPrice,
    breakEvenPrice: now.breakEvenPrice,
    marginType: marginLower(row.marginMode),
    isAutoAddMargin: 'false',
    isolatedMargin: now.isolatedMargin,
    leverage: String(row.leverage),
    liquidationPrice: now.liquidationPrice,
    markPrice: now.markPrice,
    maxNotionalValue: maxNotional(exchange.tiers(listing.id), exchange.settings(accountId, listing.id).leverage.long),
    positionAmt: now.positionAmt,
    notional: now.notional,
    isolatedWallet: now.isolatedWallet,
    symbol: now.symbol,
    unRealizedProfit: now.unRealizedProfit,
    positionSide: now.positionSide,
    updateTime: now.updateTime,
  }
}

function oldAccountPosition({ exchange }: OrderDeps, accountId: AccountId, listing: Listing, row: PositionRow) {
  const load = orderLoad(exchange, accountId, listing, row.positionSide)
  const now = positionRow(listing, row, load)
  return {
    symbol: now.symbol,
    initialMargin: now.initialMargin,
    maintMargin: now.maintMargin,
    unrealizedProfit: now.unRealizedProfit,
    positionInitialMargin: now.positionInitialMargin,
    openOrderInitialMargin: now.openOrderInitialMargin,
    leverage: String(row.leverage),
    isolated: row.marginMode === 'isolated',
    entryPrice: now.entryPrice,
    breakEvenPrice: now.breakEvenPrice,
    maxNotional: maxNotional(exchange.tiers(listing.id), row.leverage),
    bidNotional: now.bidNotional,
    askNotional: now.askNotional,
    positionSide: now.positionSide,
    positionAmt: now.positionAmt,
    notional: plain(Number(notionalOf(row).toFixed(8))),
    isolatedWallet: now.isolatedWallet,
    updateTime: now.updateTime,
  }
}
