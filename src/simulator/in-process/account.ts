import type { InstrumentId, OrderId } from '#model/ids.ts'
import type { Order, VenueEvent } from '#model/order.ts'
import {
  type AccountVenue,
  type CancelOutcome,
  type FillCursor,
  type OrderRef,
  type OrderReport,
  type Timers,
  VenueError,
} from '#model/venue.ts'
import type { LatencySampler } from '../latency.ts'
import type { Exchange } from '../server/exchange.ts'
import type { AccountId, ConditionalOrder, ExchangeOrder, Outcome } from '../server/types.ts'
import { forcedOf, type Origins, ownerOf, toVenueEvents } from './events.ts'

export interface InProcessAccountOptions {
  readonly exchange: Exchange
  readonly accountId: AccountId
  readonly timers: Timers
  /** Order and cancel → exchange. */
  readonly latency: LatencySampler
  /** Exchange → us. */
  readonly reportLatencyMs: number
  /** An order is about to be sent: its market must be told to the exchange. Throws `VenueError` where there is none. */
  readonly need: (instrumentId: InstrumentId) => Promise<void>
}

const pageSize = 500

/** An account of an exchange in this process. */
export function createInProcessAccount(options: InProcessAccountOptions): AccountVenue {
  const { exchange, accountId, timers, latency, reportLatencyMs, need } = options
  const id = exchange.instruments()[0]?.venue
  const listeners = new Set<(event: VenueEvent) => void>()
  const origins: Origins = {
    conditional: (conditionalId) =>
      (exchange.conditional(accountId, { orderId: conditionalId })?.clientId ?? undefined) as OrderId | undefined,
  }

  const tell = (event: VenueEvent): void => {
    const say = (): void => listeners.forEach((listener) => listener(event))
    if (reportLatencyMs > 0) timers.after(reportLatencyMs, say)
    else say()
  }
  exchange.subscribe((event) => {
    if (!('accountId' in event) || event.accountId !== accountId) return
    for (const told of toVenueEvents(event, origins)) tell(told)
  })

  const arrival = (): Promise<void> => {
    const delayMs = latency.next()
    return delayMs === 0 ? Promise.resolve() : new Promise((resolve) => void timers.after(delayMs, resolve))
  }
  const heard = (): Promise<void> =>
    reportLatencyMs === 0
      ? Promise.resolve()
      : new Promise((resolve) => void timers.after(reportLatencyMs, () => resolve()))

  const rejected = (orderId: OrderId, code: string, message: string): void =>
    tell({ type: 'orderRejected', orderId, code, message, time: exchange.now() })

  /** A client id that exists is the order itself: it is told again. */
  const known = (orderId: OrderId): boolean => {
    const order = exchange.order(accountId, { clientId: orderId })
    const venueOrderId = order?.orderId ?? exchange.conditional(accountId, { clientId: orderId })?.conditionalId
    if (venueOrderId !== undefined) tell({ type: 'orderAccepted', orderId, venueOrderId, time: exchange.now() })
    return venueOrderId !== undefined
  }

  const place = (order: Order): Outcome<unknown> => {
    const { instrumentId, side, quantity, reduceOnly, orderId, leverage, price, stopPrice } = order
    const shared = { instrumentId, side, quantity, reduceOnly, clientId: orderId, ...(reduceOnly ? {} : { leverage }) }
    if (order.type === 'stopMarket') {
      const kind = order.purpose === 'takeProfit' ? 'takeProfitMarket' : 'stopMarket'
      const trigger = order.trigger ?? 'last'
      return exchange.placeConditional(accountId, { ...shared, kind, trigger, triggerPrice: stopPrice ?? NaN })
    }
    const { type, timeInForce } = order
    return exchange.place(accountId, { ...shared, type, timeInForce, ...(price === undefined ? {} : { price }) })
  }

  const cancelOne = ({ orderId, type, venueOrderId }: OrderRef): CancelOutcome => {
    const ref = { clientId: orderId }
    if (type !== 'stopMarket') return exchange.cancel(accountId, ref).ok ? 'requested' : 'gone'
    const conditional = exchange.conditional(accountId, venueOrderId === undefined ? ref : { orderId: venueOrderId })
    if (conditional === undefined) return 'gone'
    if (exchange.cancelConditional(accountId, { orderId: conditional.conditionalId }).ok) return 'requested'
    // it triggered: what it became can still be canceled
    const child = conditional.orderId
    return child !== null && exchange.cancel(accountId, { orderId: child }).ok ? 'requested' : 'gone'
  }

  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async submit(order) {
      try {
        await need(order.instrumentId)
      } catch (error) {
        const code = error instanceof VenueError ? error.code : 'noMarket'
        return rejected(order.orderId, code, error instanceof Error ? error.message : 'no market')
      }
      await arrival()
      if (order.expiresAt !== undefined && timers.now() > order.expiresAt)
        tell({ type: 'orderExpired', orderId: order.orderId, code: 'deadline', time: exchange.now() })
      else if (!known(order.orderId)) {
        const outcome = place(order)
        if (!outcome.ok) rejected(order.orderId, outcome.refusal.code, outcome.refusal.message)
      }
      await heard()
    },
    async cancel(ref) {
      await arrival()
      const outcome = cancelOne(ref)
      await heard()
      return outcome
    },
    async cancelAll(instrumentId) {
      await arrival()
      exchange.cancelAll(accountId, instrumentId)
      exchange.cancelAllConditional(accountId, instrumentId)
      await heard()
    },
    async findOrder({ orderId, type }) {
      if (type !== 'stopMarket') {
        const order = exchange.order(accountId, { clientId: orderId })
        return order === undefined ? null : orderReport(order, orderId)
      }
      const conditional = exchange.conditional(accountId, { clientId: orderId })
      if (conditional === undefined) return null
      const child =
        conditional.orderId === null ? undefined : exchange.order(accountId, { orderId: conditional.orderId })
      return child === undefined ? conditionalReport(conditional) : orderReport(child, orderId)
    },
    async openOrders(instrumentId) {
      return [
        ...exchange.openOrders(accountId, instrumentId).map((order) => orderReport(order, ownerOf(order, origins))),
        ...exchange.openConditionals(accountId, instrumentId).map(conditionalReport),
      ]
    },
    async fills(instrumentId, cursor) {
      const afterId = cursor ?? '0'
      const fills = exchange.fills(accountId, { instrumentId, afterId, limit: pageSize })
      const next = (fills.at(-1)?.fillId ?? cursor) as FillCursor | null
      return {
        next,
        fills: fills.map((fill) => ({
          orderId:
            (fill.clientId as OrderId | null) ?? orderOf(exchange.order(accountId, { orderId: fill.orderId }), origins),
          venueOrderId: fill.orderId,
          tradeId: fill.fillId,
          instrumentId: fill.instrumentId,
          side: fill.side,
          price: fill.price,
          quantity: fill.quantity,
          fee: fill.fee,
          feeCurrency: fill.feeCurrency,
          liquidity: fill.liquidity,
          forced: forcedOf(fill),
          time: fill.time,
        })),
      }
    },
    async positions() {
      return exchange.positions(accountId).map((row) => ({
        instrumentId: row.instrumentId,
        quantity: row.quantity,
        entryPrice: row.entryPrice,
        markPrice: row.markPrice,
        liquidationPrice: row.liquidationPrice,
        leverage: row.leverage,
        marginMode: row.marginMode,
        time: row.updatedAt,
      }))
    },
    async balances() {
      const time = exchange.now()
      return exchange
        .balances(accountId)
        .map(({ currency, wallet, available }) => ({ currency, wallet, available, time }))
    },
    async configure(instrumentId, { leverage, marginMode }) {
      for (const outcome of [
        exchange.setMarginMode(accountId, instrumentId, marginMode),
        exchange.setLeverage(accountId, instrumentId, leverage),
      ]) {
        if (outcome.ok || outcome.refusal.code === 'noChange') continue
        throw new VenueError(id, 'refused', outcome.refusal.code, outcome.refusal.message)
      }
    },
    async fees(instrumentId) {
      await need(instrumentId)
      return exchange.fees(accountId, instrumentId)
    },
    async riskTiers(instrumentId) {
      await need(instrumentId)
      return exchange.tiers(instrumentId)
    },
    async fundingPaid(instrumentId, from) {
      return exchange
        .income(accountId, { instrumentId, from })
        .filter(({ kind }) => kind === 'funding')
        .map(({ time, amount, rate }) => ({ instrumentId, time, amount: -amount, rate }))
    },
    async inspect() {
      return {
        permissions: { read: 'yes', trade: 'yes', withdraw: 'no', ipRestricted: 'yes' },
        positionMode: exchange.positionMode(accountId),
        clockOffsetMs: 0,
        notes: ['an exchange in this process: no key, no money'],
      }
    },
  }
}

const orderOf = (order: ExchangeOrder | undefined, origins: Origins): OrderId | null =>
  order === undefined ? null : ownerOf(order, origins)

function orderReport(order: ExchangeOrder, orderId: OrderId | null): OrderReport {
  const { status } = order
  return {
    orderId,
    venueOrderId: order.orderId,
    instrumentId: order.instrumentId,
    side: order.side,
    type: order.type,
    timeInForce: order.timeInForce,
    status: status === 'new' ? 'accepted' : status,
    quantity: order.quantity,
    filledQuantity: order.filledQuantity,
    price: order.price,
    stopPrice: null,
    averagePrice: order.averagePrice,
    reduceOnly: order.reduceOnly,
    time: order.updatedAt,
  }
}

function conditionalReport(order: ConditionalOrder): OrderReport {
  const { status } = order
  const takesProfit = order.kind === 'takeProfitMarket' || order.kind === 'takeProfitLimit'
  return {
    orderId: order.clientId as OrderId | null,
    venueOrderId: order.conditionalId,
    instrumentId: order.instrumentId,
    side: order.side,
    type: takesProfit ? 'takeProfitMarket' : 'stopMarket',
    timeInForce: order.timeInForce,
    status: status === 'new' || status === 'triggered' ? 'accepted' : status === 'finished' ? 'filled' : status,
    quantity: order.quantity,
    filledQuantity: 0,
    price: order.price,
    stopPrice: order.triggerPrice,
    averagePrice: null,
    reduceOnly: order.reduceOnly,
    time: order.updatedAt,
  }
}
