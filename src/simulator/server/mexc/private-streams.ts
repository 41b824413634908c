import type { UnixMs } from '#model/ids.ts'
import type { FaultContext } from '../faults.ts'
import type { AccountId, BalanceRow, ExchangeEvent, ExchangeOrder, PositionRow } from '../types.ts'
import { assetPush, positionRow } from './account-rows.ts'
import { fillPush, orderPush, planRow } from './order-rows.ts'
import type { Deps } from './routes.ts'
import type { StopOrderRow } from './stop-orders.ts'

/** One logged-in socket. */
export interface PrivateListener {
  /** By its filters; `filter` null = what cannot be filtered. */
  wants(filter: string | null, symbol: string | null): boolean
  send(frame: string, context: FaultContext): void
}

interface Push {
  readonly accountId: AccountId
  readonly topic: string
  readonly filter: string | null
  readonly symbol: string | null
  readonly data: unknown
  readonly ts: UnixMs
  /** A trigger order that may turn out to be a leg of a stop. */
  readonly conditionalId?: string
}

/** `push.personal.*` of every account somebody listens to. */
export class PrivateStreams {
  readonly #deps: Deps
  readonly #listeners = new Map<AccountId, Set<PrivateListener>>()
  readonly #adlLevels = new Map<string, number>()
  #queue: Push[] = []

  constructor(deps: Deps) {
    this.#deps = deps
  }

  join(accountId: AccountId, listener: PrivateListener): void {
    let listeners = this.#listeners.get(accountId)
    if (listeners === undefined) this.#listeners.set(accountId, (listeners = new Set()))
    listeners.add(listener)
  }

  leave(accountId: AccountId, listener: PrivateListener): void {
    const listeners = this.#listeners.get(accountId)
    listeners?.delete(listener)
    if (listeners?.size === 0) this.#listeners.delete(accountId)
  }

  take(event: ExchangeEvent): void {
    if (this.#listeners.size === 0) return
    if (event.type === 'mark') {
      for (const accountId of this.#listeners.keys())
        for (const row of this.#deps.exchange.positions(accountId, event.instrumentId)) this.#adl(row, event.time)
      return
    }
    if (!('accountId' in event) || !this.#listeners.has(event.accountId)) return
    const { accountId, time } = event
    switch (event.type) {
      case 'order':
        this.#order(event.order, time)
        if (event.fill !== null)
          this.#push(
            accountId,
            'order.deal',
            this.#symbol(event.order),
            fillPush(this.#deps.listings, event.fill),
            time,
          )
        else this.#frozen(event.order, time)
        return
      case 'conditional': {
        const data = planRow(this.#deps.listings, event.order)
        const { conditionalId } = event.order
        return this.#enqueue({
          accountId,
          topic: 'plan.order',
          filter: 'plan.order',
          symbol: data.symbol,
          data,
          ts: time,
          conditionalId,
        })
      }
      case 'account':
        for (const row of event.balances) this.#asset(row, time)
        for (const row of event.positions) this.#position(row, time)
        return
      case 'config':
        if (event.instrumentId === null) {
          const data = { positionMode: event.positionMode === 'hedge' ? 1 : 2 }
          return this.#enqueue({ accountId, topic: 'position.mode', filter: null, symbol: null, data, ts: time })
        }
        for (const row of this.#deps.exchange.positions(accountId, event.instrumentId)) this.#position(row, time)
        return
      case 'liquidationRisk': {
        const { position, marginRatio } = event
        const { symbol } = this.#deps.listings.of(position.instrumentId)
        const { liquidationPrice, adlLevel, positionId } = position
        const data = {
          symbol,
          positionId: Number(positionId),
          liquidatePrice: liquidationPrice ?? 0,
          marginRatio: Number(marginRatio.toFixed(4)),
          adlLevel,
        }
        this.#enqueue({ accountId, topic: 'liquidate.risk', filter: null, symbol, data, ts: time })
      }
    }
  }

  /** A position's stop has changed. */
  stopOrder(accountId: AccountId, row: StopOrderRow): void {
    if (!this.#listeners.has(accountId)) return
    const ts = this.#deps.exchange.now()
    const { symbol } = row
    this.#enqueue({ accountId, topic: 'stop.planorder', filter: 'stop.planorder', symbol, data: row, ts })
    if (row.orderId === '0') return
    const { orderId, lossTrend, profitTrend, stopLossPrice, takeProfitPrice, isFinished } = row
    const data = { symbol, orderId, lossTrend, profitTrend, stopLossPrice, takeProfitPrice, isFinished }
    this.#enqueue({ accountId, topic: 'stop.order', filter: 'stop.order', symbol, data, ts })
  }

  #order(order: ExchangeOrder, ts: UnixMs): void {
    const { listings, notes } = this.#deps
    this.#push(order.accountId, 'order', this.#symbol(order), orderPush(listings, notes, order), ts)
  }

  /** An order that came to rest or left holds or frees margin. */
  #frozen(order: ExchangeOrder, ts: UnixMs): void {
    if (order.price === null || order.status === 'rejected') return
    const { quote } = this.#deps.listings.of(order.instrumentId).instrument
    const row = this.#deps.exchange.balances(order.accountId).find(({ currency }) => currency === quote)
    if (row !== undefined) this.#asset(row, ts)
  }

  #asset(row: BalanceRow, ts: UnixMs): void {
    this.#enqueue({ accountId: row.accountId, topic: 'asset', filter: 'asset', symbol: null, data: assetPush(row), ts })
  }

  #position(row: PositionRow, ts: UnixMs): void {
    const { listings, notes } = this.#deps
    this.#push(row.accountId, 'position', this.#symbol(row), positionRow(listings, notes, row), ts)
    this.#adl(row, ts)
  }

  #adl({ accountId, positionId, adlLevel, quantity }: PositionRow, ts: UnixMs): void {
    if (quantity === 0) return void this.#adlLevels.delete(positionId)
    if (this.#adlLevels.get(positionId) === adlLevel) return
    this.#adlLevels.set(positionId, adlLevel)
    const data = { positionId: Number(positionId), adlLevel }
    this.#enqueue({ accountId, topic: 'adl.level', filter: 'adl.level', symbol: null, data, ts })
  }

  #symbol({ instrumentId }: Pick<ExchangeOrder, 'instrumentId'>): string {
    return this.#deps.listings.of(instrumentId).symbol
  }

  #push(accountId: AccountId, topic: string, symbol: string, data: unknown, ts: UnixMs): void {
    this.#enqueue({ accountId, topic, filter: topic, symbol, data, ts })
  }

  /** Told when what is being done is done, so that a request is answered before its consequences are told. */
  #enqueue(push: Push): void {
    if (this.#queue.push(push) === 1) queueMicrotask(() => this.#flush())
  }

  #flush(): void {
    const queue = this.#queue
    this.#queue = []
    for (const { accountId, topic, filter, symbol, data, ts, conditionalId } of queue) {
      if (conditionalId !== undefined && this.#deps.stopOrders.owns(conditionalId)) continue
      const listeners = this.#listeners.get(accountId)
      if (listeners === undefined) continue
      const channel = `push.personal.${topic}`
      const frame = JSON.stringify({ channel, data, ts })
      const context = symbol === null ? { stream: channel } : { stream: channel, symbol }
      for (const listener of listeners) if (listener.wants(filter, symbol)) listener.send(frame, context)
    }
  }
}
