import type { Money } from '#model/money.ts'
import type { Exchange } from '../exchange.ts'
import type {
  AccountEvent,
  AccountId,
  ConditionalOrder,
  ConfigEvent,
  ExchangeEvent,
  LiquidationRisk,
} from '../types.ts'
import { breakEven } from './account-rows.ts'
import { algoFrames } from './algo-frames.ts'
import { amount, plain } from './decimals.ts'
import type { Listings } from './listings.ts'
import { markText } from './market-rows.ts'
import { orderFrames } from './order-frames.ts'
import type { OrderDeps } from './place.ts'
import { marginLower, marginWord, positionSideWord } from './words.ts'

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
  readonly #deps: OrderDeps
  /** Wallets as last told: a transfer is told as its change. */
  readonly #wallets = new Map<string, Money>()
  /** Conditional orders whose TRIGGERED was told. */
  readonly #triggered = new Set<string>()
  readonly #leverage = new Map<string, number>()

  constructor(deps: OrderDeps) {
    this.#deps = deps
    this.#exchange = deps.exchange
    this.#listings = deps.listings
    for (const { accountId } of deps.exchange.control.accounts()) this.#remember(accountId)
  }

  /** Nothing where the event is nobody's own. */
  of(event: ExchangeEvent): { readonly accountId: AccountId; readonly frames: readonly UserFrame[] } | null {
    switch (event.type) {
      case 'order':
        return { accountId: event.accountId, frames: orderFrames(this.#deps, event) }
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
      if (orderId === null) return algoFrames(this.#deps, order, 'TRIGGERING', time)
      this.#triggered.add(id)
      return algoFrames(this.#deps, order, 'TRIGGERED', time)
    }
    const told = status === 'new' ? false : this.#triggered.delete(id)
    const word = status.toUpperCase()
    if (status !== 'finished' || told) return algoFrames(this.#deps, order, word, time)
    return [...algoFrames(this.#deps, order, 'TRIGGERED', time), ...algoFrames(this.#deps, order, word, time)]
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
            mt: marginWord(position.marginMode),
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
