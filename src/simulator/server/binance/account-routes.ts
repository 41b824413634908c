import { toMoney, toNumber } from '#model/money.ts'
import type { MarginTier } from '#model/instrument.ts'
import type { AccountId, IncomeKind, IncomeRow, PositionRow, PositionSide } from '../types.ts'
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
import { amount, plain } from './decimals.ts'
import { orderLimits } from './exchange-info.ts'
import { askedWindow } from './history-window.ts'
import type { LimitRules } from './limits.ts'
import type { Listing } from './listings.ts'
import type { Params } from './params.ts'
import { accepted, type OrderDeps } from './place.ts'
import { type Call, read, type Routes, trade } from './routes.ts'
import { marginLower, marginWord, positionSideWord } from './words.ts'
import { missing, notValid, WireError } from './wire-error.ts'

/** Notional of the last tier, which has no end. */
const endless = 9_223_372_036_854_776_000
const done = { code: 200, msg: 'success' }

/** Balances, positions, settings, fees and income. */
export function accountRoutes(deps: OrderDeps & { readonly limits: LimitRules }): Routes {
  const { exchange, listings, limits } = deps
  const marginChanges = new MarginChanges()
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
    'GET /fapi/v1/symbolConfig': read(5, ({ accountId, params }) => {
      const one = listings.askedMaybe(params)
      return (one === undefined ? listings.all() : [one]).map((listing) => {
        const { leverage, marginMode } = exchange.settings(accountId, listing.id)
        return {
          symbol: listing.symbol,
          marginType: marginWord(marginMode),
          isAutoAddMargin: false,
          leverage: leverage.long,
          maxNotionalValue: maxNotional(exchange.tiers(listing.id), leverage.long),
        }
      })
    }),
    'GET /fapi/v1/accountConfig': read(5, config),
    'GET /fapi/v1/positionSide/dual': read(30, ({ accountId }) => ({ dualSidePosition: dual(accountId) })),
    'POST /fapi/v1/positionSide/dual': trade(1, ({ accountId, params }) => {
      if (!params.has('dualSidePosition')) throw missing('dualSidePosition')
      const outcome = exchange.setPositionMode(
        accountId,
        params.boolean('dualSidePosition') === true ? 'hedge' : 'oneWay',
      )
      if (outcome.ok) return done
      throw refusedAs(outcome.refusal.code, {
        noChange: [-4059, 'No need to change position side.'],
        openOrders: [-4067, 'Position side cannot be changed if there exists open orders.'],
        openPosition: [-4068, 'Position side cannot be changed if there exists position.'],
      })
    }),
    'POST /fapi/v1/leverage': trade(1, ({ accountId, params }) => {
      const listing = listings.asked(params)
      const leverage = params.integer('leverage')
      if (leverage === undefined) throw missing('leverage')
      const outcome = exchange.setLeverage(accountId, listing.id, leverage)
      if (!outcome.ok && outcome.refusal.code === 'leverage')
        throw new WireError(-4028, `Leverage ${leverage} is not valid`)
      accepted(outcome, listing)
      return { leverage, maxNotionalValue: maxNotional(exchange.tiers(listing.id), leverage), symbol: listing.symbol }
    }),
    'POST /fapi/v1/marginType': trade(1, ({ accountId, params }) => {
      const listing = listings.asked(params)
      if (!params.has('marginType')) throw missing('marginType')
      const word = params.choice('marginType', ['ISOLATED', 'CROSSED'], notValid('marginType'))
      const outcome = exchange.setMarginMode(accountId, listing.id, word === 'ISOLATED' ? 'isolated' : 'cross')
      if (outcome.ok) return done
      throw refusedAs(outcome.refusal.code, {
        noChange: [-4046, 'No need to change margin type.'],
        openOrders: [-4047, 'Margin type cannot be changed if there exists open orders.'],
        openPosition: [-4048, 'Margin type cannot be changed if there exists position.'],
      })
    }),
    'POST /fapi/v1/positionMargin': trade(1, ({ accountId, params }) => {
      const listing = listings.asked(params)
      const text = params.decimal('amount')
      if (text === undefined) throw missing('amount')
      const type = params.integer('type')
      if (type !== 1 && type !== 2) throw notValid('type')
      const side = positionSideOf(params)
      const moved = toMoney(Number(text))
      const outcome = exchange.addMargin(accountId, listing.id, side, type === 1 ? moved : -moved)
      if (!outcome.ok) {
        throw refusedAs(outcome.refusal.code, {
          noPosition: [-4046, 'Cannot modify the margin of a position that is not isolated.'],
          insufficientMargin: [-4051, 'Isolated balance insufficient.'],
        })
      }
      marginChanges.add(accountId, {
        symbol: listing.symbol,
        type,
        deltaType: 'USER_ADJUST',
        amount: amount(moved),
        asset: listing.instrument.quote,
        time: exchange.now(),
        positionSide: positionSideWord(side),
      })
      return { amount: toNumber(moved), code: 200, msg: 'Successfully modify position margin.', type }
    }),
    'GET /fapi/v1/positionMargin/history': read(1, ({ accountId, params }) => {
      const { symbol } = listings.asked(params)
      return marginChanges.of(accountId, symbol).slice(-params.limit(500, 500))
    }),
    'GET /fapi/v1/leverageBracket': read(1, ({ params }) => {
      const one = listings.askedMaybe(params)
      return (one === undefined ? listings.all() : [one]).map((listing) => ({
        symbol: listing.symbol,
        brackets: exchange.tiers(listing.id).map((tier, at, tiers) => ({
          bracket: at + 1,
          initialLeverage: tier.maxLeverage,
          notionalCap: capOf(tier),
          notionalFloor: at === 0 ? 0 : tiers[at - 1].notionalCap,
          maintMarginRatio: tier.maintenanceRate,
          cum: tier.deduction,
        })),
      }))
    }),
    'GET /fapi/v1/commissionRate': read(20, ({ accountId, params }) => {
      const listing = listings.asked(params)
      const { maker, taker } = exchange.fees(accountId, listing.id)
      return {
        symbol: listing.symbol,
        makerCommissionRate: plain(maker),
        takerCommissionRate: plain(taker),
        rpiCommissionRate: plain(maker),
      }
    }),
    'GET /fapi/v1/income': read(30, ({ accountId, params }) => {
      const listing = listings.askedMaybe(params)
      const type = params.text('incomeType')
      const limit = params.limit(100, 1000)
      const rows = exchange
        .income(accountId, {
          ...(listing === undefined ? {} : { instrumentId: listing.id }),
          ...askedWindow(params, exchange.now()),
        })
        .filter((row) => type === undefined || incomeWords[row.kind] === type)
      const page = params.integer('page') ?? 1
      const told = params.has('startTime') ? rows.slice((page - 1) * limit, page * limit) : rows.slice(-limit)
      return told.map((row) =>
        incomeRow(row, row.instrumentId === null ? '' : (listings.of(row.instrumentId)?.symbol ?? '')),
      )
    }),
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

const incomeWords: Readonly<Record<IncomeKind, string>> = {
  realizedProfit: 'REALIZED_PNL',
  fee: 'COMMISSION',
  funding: 'FUNDING_FEE',
  liquidationFee: 'INSURANCE_CLEAR',
  transfer: 'TRANSFER',
  insuranceClear: 'INSURANCE_CLEAR',
}

function incomeRow(row: IncomeRow, symbol: string) {
  return {
    symbol,
    incomeType: incomeWords[row.kind],
    income: amount(row.amount),
    asset: row.currency,
    info: incomeWords[row.kind],
    time: row.time,
    tranId: Number(row.incomeId),
    tradeId: row.tradeId ?? '',
  }
}

function ofCurrency(positions: readonly PositionRow[], currency: string): readonly PositionRow[] {
  return positions.filter(({ instrumentId }) => instrumentId.endsWith(`_${currency}`))
}

const capOf = (tier: MarginTier): number => (Number.isFinite(tier.notionalCap) ? tier.notionalCap : endless)

/** Largest notional at that leverage. */
function maxNotional(tiers: readonly MarginTier[], leverage: number): string {
  const fitting = tiers.filter(({ maxLeverage }) => maxLeverage >= leverage)
  const tier = fitting[fitting.length - 1] ?? tiers[tiers.length - 1]
  return tier === undefined ? '0' : String(capOf(tier))
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

function positionSideOf(params: Params): PositionSide {
  const word = params.choice('positionSide', ['BOTH', 'LONG', 'SHORT'], notValid('positionSide')) ?? 'BOTH'
  return ({ BOTH: 'net', LONG: 'long', SHORT: 'short' } as const)[word]
}

function refusedAs(code: string, words: Readonly<Record<string, readonly [number, string]>>): WireError {
  const [number, message] = words[code] ?? [-1000, 'An unknown error occurred while processing the request.']
  return new WireError(number, message)
}

interface MarginChange {
  readonly symbol: string
  readonly type: number
  readonly deltaType: string
  readonly amount: string
  readonly asset: string
  readonly time: number
  readonly positionSide: string
}

/** Margins moved by hand; the newest 1 000 of each account. */
class MarginChanges {
  readonly #rows = new Map<AccountId, MarginChange[]>()

  add(accountId: AccountId, change: MarginChange): void {
    const rows = this.#rows.get(accountId) ?? []
    rows.push(change)
    this.#rows.set(accountId, rows.slice(-1000))
  }

  of(accountId: AccountId, symbol: string): readonly MarginChange[] {
    return (this.#rows.get(accountId) ?? []).filter((row) => row.symbol === symbol)
  }
}
