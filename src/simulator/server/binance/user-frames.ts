import type { Money } from '#model/money.ts'
import type { Exchange } from '../exchange.ts'
import type {
  AccountEvent,
  AccountId,
  ConditionalOrder,
  ConfigEvent,
  ExchangeEvent,
  ExchangeOrder,
  LiquidationRisk,
  OrderEvent,
} from '../types.ts'
import { breakEven, orderLoad } from './account-rows.ts'
import { amount, plain } from './decimals.ts'
import type { Extras } from './extras.ts'
import type { Listings } from './listings.ts'
import { markText } from './market-rows.ts'
import { algoTimeInForce, averageText, originalType, workingTypeOf } from './order-rows.ts'
import {
  algoClientIdOf,
  clientIdOf,
  conditionalWord,
  marginLower,
  orderTimeInForce,
  orderTypeWord,
  positionSideWord,
  sideWord,
  statusWord,
} from './words.ts'

/** A user-data event before it becomes a frame. */
export interface UserFrame {
  readonly e: string
  readonly [field: string]: unknown
}

type At<T> = T & { readonly time: number }

/** What the exchange tells of accounts, as user-data events. */
export class UserFrames {
  readonly #exchange: Exchange
  readonly #listings: Listings
  readonly #extras: Extras
  /** Wallets as last told: a transfer is told as its change. */
  readonly #wallets = new Map<string, Money>()
  /** Conditional orders whose TRIGGERED was told. */
  readonly #triggered = new Set<string>()
  readonly #leverage = new Map<string, number>()

  constructor(exchange: Exchange, listings: Listings, extras: Extras) {
    this.#exchange = exchange
    this.#listings = listings
    this.#extras = extras
    for (const { accountId } of exchange.control.accounts()) this.#remember(accountId)
  }

  /** Nothing where the event is nobody's own. */
  of(event: ExchangeEvent): { readonly accountId: AccountId; readonly frames: readonly UserFrame[] } | null {
    switch (event.type) {
      case 'order':
        return { accountId: event.accountId, frames: this.#order(event) }
      case 'account':
        return { accountId: event.accountId, frames: this.#account(event) }
      case 'conditional':
        return { accountId: event.accountId, frames: this.#conditional(event.order, event.time) }
      case 'config':
        return { accountId: event.accountId, frames: this.#config(event) }
      case 'liquidationRisk':
        return { accountId: event.accountId, frames: this.#marginCall(event) }
      default:
        return null
    }
  }

  #remember(accountId: AccountId): void {
    for (const { currency, wallet } of this.#exchange.balances(accountId))
      this.#wallets.set(`${accountId}/${currency}`, wallet)
  }

  #order({ accountId, change, order, fill, time }: At<OrderEvent>): readonly UserFrame[] {
    const listing = this.#listings.of(order.instrumentId)
    if (listing === undefined) return []
    const extras = this.#extras
    if (order.conditionalId !== null) extras.inherit(order.orderId, order.conditionalId)
    const { priceMatch, selfTrade, goodTillDate } = extras.ofOrder(order.orderId)
    const load = orderLoad(this.#exchange, accountId, listing)
    const conditional =
      order.conditionalId === null ? undefined : this.#exchange.conditional(accountId, { orderId: order.conditionalId })
    const full: UserFrame = {
      e: 'ORDER_TRADE_UPDATE',
      T: order.updatedAt,
      E: time,
      o: {
        s: listing.symbol,
        c: clientIdOf(order),
        S: sideWord(order.side),
        o: orderTypeWord(order.type),
        f: goodTillDate > 0 ? 'GTD' : orderTimeInForce(order),
        q: plain(order.quantity),
        p: plain(order.price ?? 0),
        ap: order.averagePrice === null ? '0' : plain(order.averagePrice),
        sp: plain(conditional?.triggerPrice ?? 0),
        x: executionWord(change, order),
        X: statusWord(order),
        i: Number(order.orderId),
        l: plain(fill?.quantity ?? 0),
        z: plain(order.filledQuantity),
        L: plain(fill?.price ?? 0),
        ...(fill === null ? {} : { n: amount(fill.fee), N: fill.feeCurrency }),
        T: order.updatedAt,
        t: fill === null ? 0 : Number(fill.fillId),
        b: plain(Number(load.bids.toFixed(8))),
        a: plain(Number(load.asks.toFixed(8))),
        m: fill?.liquidity === 'maker',
        R: order.reduceOnly,
        wt: conditional === undefined ? 'CONTRACT_PRICE' : workingTypeOf(conditional),
        ot: originalType(order, extras),
        ps: positionSideWord(order.positionSide),
        cp: conditional?.closePosition ?? false,
        rp: fill === null ? '0' : amount(fill.realizedProfit),
        pP: false,
        si: 0,
        ss: 0,
        V: selfTrade,
        pm: priceMatch,
        gtd: goodTillDate,
        er: expiryReason(order),
      },
    }
    if (fill === null) return [full]
    const lite: UserFrame = {
      e: 'TRADE_LITE',
      E: time,
      T: order.updatedAt,
      s: listing.symbol,
      q: plain(order.quantity),
      p: plain(order.price ?? 0),
      m: fill.liquidity === 'maker',
      c: clientIdOf(order),
      S: sideWord(order.side),
      L: plain(fill.price),
      l: plain(fill.quantity),
      t: Number(fill.fillId),
      i: Number(order.orderId),
    }
    return [lite, full]
  }

  #account(event: At<AccountEvent>): readonly UserFrame[] {
    const { accountId, reason, balances, positions, time } = event
    const funding = event.funding === undefined ? undefined : -event.funding.amount
    const changes = balances.map(({ currency, wallet }) => {
      const key = `${accountId}/${currency}`
      const change = wallet - (this.#wallets.get(key) ?? 0n)
      this.#wallets.set(key, wallet)
      return change
    })
    // funding of a cross position tells the balance only
    const told = reason === 'funding' ? positions.filter(({ marginMode }) => marginMode === 'isolated') : positions
    const m = reasonWord(reason, changes[0] ?? 0n)
    return [
      {
        e: 'ACCOUNT_UPDATE',
        T: time,
        E: time,
        a: {
          m,
          B: balances.map((balance, at) => ({
            a: balance.currency,
            wb: amount(balance.wallet),
            cw: amount(balance.crossWallet),
            bc: m === 'ORDER' ? '0' : amount(funding ?? changes[at]),
          })),
          P: told.flatMap((position) => {
            const listing = this.#listings.of(position.instrumentId)
            if (listing === undefined) return []
            return [
              {
                s: listing.symbol,
                pa: plain(position.quantity),
                ep: plain(position.entryPrice),
                bep: plain(breakEven(position)),
                cr: amount(position.realizedProfit),
                up: amount(position.unrealizedProfit),
                mt: marginLower(position.marginMode),
                iw: position.marginMode === 'isolated' ? amount(position.isolatedMargin) : '0',
                ps: positionSideWord(position.positionSide),
                ma: listing.instrument.quote,
              },
            ]
          }),
        },
      },
    ]
  }

  /** `TRIGGERING` while it becomes an order, `TRIGGERED` with that order's id, then `FINISHED`. */
  #conditional(order: ConditionalOrder, time: number): readonly UserFrame[] {
    const { conditionalId: id, status, orderId } = order
    if (status === 'triggered') {
      if (orderId === null) return this.#algo(order, 'TRIGGERING', time)
      this.#triggered.add(id)
      return this.#algo(order, 'TRIGGERED', time)
    }
    const told = status === 'new' ? false : this.#triggered.delete(id)
    const word = status.toUpperCase()
    if (status !== 'finished' || told) return this.#algo(order, word, time)
    return [...this.#algo(order, 'TRIGGERED', time), ...this.#algo(order, word, time)]
  }

  #algo(order: ConditionalOrder, status: string, time: number): readonly UserFrame[] {
    const listing = this.#listings.of(order.instrumentId)
    if (listing === undefined) return []
    const { priceMatch, selfTrade, priceProtect, goodTillDate } = this.#extras.ofAlgo(order.conditionalId)
    const became =
      order.orderId === null ? undefined : this.#exchange.order(order.accountId, { orderId: order.orderId })
    const done = status === 'FINISHED' ? became : undefined
    return [
      {
        e: 'ALGO_UPDATE',
        T: order.updatedAt,
        E: time,
        o: {
          caid: algoClientIdOf(order),
          aid: Number(order.conditionalId),
          at: 'CONDITIONAL',
          o: conditionalWord(order.kind),
          s: listing.symbol,
          S: sideWord(order.side),
          ps: positionSideWord(order.positionSide),
          f: algoTimeInForce(order, goodTillDate),
          q: plain(order.quantity),
          X: status,
          ai: order.orderId ?? '',
          ap: done === undefined ? '0.00000' : averageText(done),
          aq: plain(done?.filledQuantity ?? 0),
          act: became === undefined ? '0' : orderTypeWord(became.type),
          tp: plain(order.triggerPrice),
          p: plain(order.price ?? 0),
          V: selfTrade,
          wt: workingTypeOf(order),
          pm: priceMatch,
          cp: order.closePosition,
          pP: priceProtect,
          R: order.reduceOnly,
          tt: order.triggeredAt ?? 0,
          gtd: goodTillDate,
          rm: status === 'REJECTED' ? rejectWord(order) : '',
          ia: true,
        },
      },
    ]
  }

  #config({ accountId, instrumentId, settings, time }: At<ConfigEvent>): readonly UserFrame[] {
    const listing = instrumentId === null ? undefined : this.#listings.of(instrumentId)
    if (listing === undefined || settings === null) return []
    const key = `${accountId}/${listing.symbol}`
    // only leverage is told; margin and position mode change in silence
    if (this.#leverage.get(key) === settings.leverage.long) return []
    this.#leverage.set(key, settings.leverage.long)
    return [{ e: 'ACCOUNT_CONFIG_UPDATE', E: time, T: time, ac: { s: listing.symbol, l: settings.leverage.long } }]
  }

  #marginCall({ accountId, position, time }: At<LiquidationRisk>): readonly UserFrame[] {
    const listing = this.#listings.of(position.instrumentId)
    if (listing === undefined) return []
    const balance = this.#exchange.balances(accountId).find(({ currency }) => currency === listing.instrument.quote)
    const isolated = position.marginMode === 'isolated'
    return [
      {
        e: 'MARGIN_CALL',
        E: time,
        ...(isolated || balance === undefined ? {} : { cw: amount(balance.crossWallet) }),
        p: [
          {
            s: listing.symbol,
            ps: positionSideWord(position.positionSide),
            pa: plain(position.quantity),
            mt: isolated ? 'ISOLATED' : 'CROSSED',
            iw: isolated ? amount(position.isolatedMargin) : '0',
            mp: markText(position.markPrice),
            up: amount(position.unrealizedProfit),
            mm: amount(position.maintenanceMargin),
          },
        ],
      },
    ]
  }
}

function executionWord(change: OrderEvent['change'], order: ExchangeOrder): string {
  switch (change) {
    case 'new':
      return 'NEW'
    case 'trade':
      return order.origin === 'liquidation' || order.origin === 'adl' ? 'CALCULATED' : 'TRADE'
    case 'canceled':
      return statusWord(order) === 'EXPIRED' ? 'EXPIRED' : 'CANCELED'
    case 'expired':
      return 'EXPIRED'
    case 'amended':
      return 'AMENDMENT'
    case 'rejected':
      return 'REJECTED'
  }
}

/** `er`: why the venue itself ended it. */
function expiryReason(order: ExchangeOrder): string {
  if (order.status !== 'expired' && order.status !== 'canceled') return '0'
  switch (order.reason) {
    case 'selfTrade':
      return '1'
    case 'remainder':
      return order.type === 'market' ? '8' : '2'
    case 'liquidated':
      return '4'
    case 'positionGone':
      return '5'
    case 'delisted':
    case 'tickChange':
      return '7'
    case 'expired':
      return '6'
    default:
      return '0'
  }
}

function rejectWord(order: ConditionalOrder): string {
  return order.reason === 'reduceOnlyRejected' || order.reason === 'noPosition'
    ? 'ReduceOnly Order is rejected.'
    : order.reason === 'insufficientMargin'
      ? 'Margin is insufficient.'
      : (order.reason ?? '')
}

function reasonWord(reason: AccountEvent['reason'], change: Money): string {
  switch (reason) {
    case 'funding':
      return 'FUNDING_FEE'
    case 'transfer':
      return change < 0n ? 'WITHDRAW' : 'DEPOSIT'
    case 'margin':
      return 'MARGIN_TRANSFER'
    case 'insuranceClear':
      return 'INSURANCE_CLEAR'
    case 'order':
    case 'liquidation':
    case 'adl':
    case 'settlement':
      return 'ORDER'
  }
}
