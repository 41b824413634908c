import type { AccountId, ExchangeOrder, Ref } from '../types.ts'
import { plain } from './decimals.ts'
import { maxPriceOf } from './exchange-info.ts'
import { askedWindow } from './history-window.ts'
import type { Listing } from './listings.ts'
import { askedSide, priceOf, quantityOf } from './order-params.ts'
import { ackRow, fillRow, orderRow } from './order-rows.ts'
import { Params } from './params.ts'
import { accepted, acknowledged, type OrderDeps, placeOrder, testOrder } from './place.ts'
import { worded } from './refusals.ts'
import { read, type Routes, trade } from './routes.ts'
import { missing, notValid, WireError } from './wire-error.ts'

const day = 86_400_000

/** Orders of `/fapi/v1/order`, `batchOrders` and their histories. */
export function orderRoutes(deps: OrderDeps): Routes {
  const { exchange, listings, extras } = deps
  const told = (orders: readonly ExchangeOrder[]): unknown[] =>
    orders.flatMap((order) => {
      const listing = listings.of(order.instrumentId)
      return listing === undefined ? [] : [orderRow(listing, order, extras)]
    })
  return {
    'POST /fapi/v1/order': trade(
      0,
      ({ accountId, params, countOrders }) => {
        countOrders(1, 1)
        const { listing, order } = placeOrder(deps, accountId, params)
        return ackRow(listing, acknowledged(params, order), extras)
      },
      'create',
    ),
    'POST /fapi/v1/order/test': trade(1, ({ accountId, params }) => {
      const { listing, request } = testOrder(deps, accountId, params)
      const { updateTime, ...row } = ackRow(listing, imagined(accountId, request, exchange.now()), extras)
      return { ...row, avgPrice: '0.00000', cumQuote: '0', updateTime }
    }),
    'PUT /fapi/v1/order': trade(
      0,
      ({ accountId, params, countOrders }) => {
        countOrders(1, 1)
        return modify(deps, accountId, params)
      },
      'amend',
    ),
    'DELETE /fapi/v1/order': trade(1, ({ accountId, params }) => cancel(deps, accountId, params), 'cancel'),
    'POST /fapi/v1/batchOrders': trade(
      5,
      ({ accountId, params, countOrders }) => {
        const orders = batchOf(params)
        countOrders(orders.length, 1)
        return orders.map((one) =>
          orError(() => {
            const { listing, order } = placeOrder(deps, accountId, one)
            return ackRow(listing, acknowledged(one, order), extras)
          }),
        )
      },
      'create',
    ),
    'PUT /fapi/v1/batchOrders': trade(
      5,
      ({ accountId, params, countOrders }) => {
        const orders = batchOf(params)
        countOrders(orders.length, 1)
        return orders.map((one) => orError(() => modify(deps, accountId, one)))
      },
      'amend',
    ),
    'DELETE /fapi/v1/batchOrders': trade(
      1,
      ({ accountId, params }) =>
        cancelList(params).map((ids) =>
          orError(() => cancel(deps, accountId, Params.of({ symbol: params.required('symbol'), ...ids }))),
        ),
      'cancel',
    ),
    'DELETE /fapi/v1/allOpenOrders': trade(
      1,
      ({ accountId, params }) => {
        exchange.cancelAll(accountId, listings.asked(params).id)
        return { code: 200, msg: 'The operation of cancel all open order is done.' }
      },
      'cancel',
    ),
    'POST /fapi/v1/countdownCancelAll': trade(10, ({ accountId, params }) => {
      const listing = listings.asked(params)
      const countdownTime = params.integer('countdownTime')
      if (countdownTime === undefined) throw missing('countdownTime')
      if (countdownTime < 0) throw notValid('countdownTime')
      exchange.countdown(accountId, listing.id, countdownTime)
      return { symbol: listing.symbol, countdownTime: String(countdownTime) }
    }),
    'GET /fapi/v1/order': read(1, ({ accountId, params }) => {
      const { listing, order } = found(deps, accountId, params)
      if (isForgotten(order, exchange.now())) throw noSuchOrder()
      return orderRow(listing, order, extras)
    }),
    'GET /fapi/v1/openOrder': read(1, ({ accountId, params }) => {
      const { listing, order } = found(deps, accountId, params)
      if (order.status !== 'new' && order.status !== 'partiallyFilled') throw noSuchOrder()
      return orderRow(listing, order, extras)
    }),
    'GET /fapi/v1/openOrders': read(
      (params) => (params.has('symbol') ? 1 : 40),
      ({ accountId, params }) => told(exchange.openOrders(accountId, listings.askedMaybe(params)?.id)),
    ),
    'GET /fapi/v1/allOrders': read(5, ({ accountId, params }) => {
      const listing = listings.askedMaybe(params)
      const limit = params.limit(500, 1000)
      const orderId = params.id('orderId')
      const now = exchange.now()
      const orders = exchange.orders(accountId, {
        ...(listing === undefined ? {} : { instrumentId: listing.id }),
        ...(orderId === undefined ? askedWindow(params, now) : { afterId: before(orderId) }),
      })
      const kept = orders.filter((order) => !isForgotten(order, now))
      return told(orderId === undefined && !params.has('startTime') ? kept.slice(-limit) : kept.slice(0, limit))
    }),
    'GET /fapi/v1/userTrades': read(5, ({ accountId, params }) => {
      const listing = listings.asked(params)
      const limit = params.limit(500, 1000)
      const fromId = params.id('fromId')
      const orderId = params.id('orderId')
      if (fromId !== undefined && (params.has('startTime') || params.has('endTime')))
        throw new WireError(-1128, 'Combination of optional parameters invalid.')
      const fills = exchange
        .fills(accountId, {
          instrumentId: listing.id,
          ...(fromId === undefined ? askedWindow(params, exchange.now()) : { afterId: before(fromId) }),
        })
        .filter((fill) => orderId === undefined || fill.orderId === orderId)
      const newest = fromId === undefined && !params.has('startTime')
      return (newest ? fills.slice(-limit) : fills.slice(0, limit)).map((fill) => fillRow(listing, fill))
    }),
    'GET /fapi/v1/forceOrders': read(
      (params) => (params.has('symbol') ? 20 : 50),
      ({ accountId, params }) => {
        const listing = listings.askedMaybe(params)
        const origins = { LIQUIDATION: ['liquidation'], ADL: ['adl'] } as const
        const type = params.choice('autoCloseType', ['LIQUIDATION', 'ADL'], notValid('autoCloseType'))
        const wanted: readonly string[] = type === undefined ? ['liquidation', 'adl'] : origins[type]
        const orders = exchange.orders(accountId, {
          ...(listing === undefined ? {} : { instrumentId: listing.id }),
          ...askedWindow(params, exchange.now()),
        })
        return told(orders.filter(({ origin }) => wanted.includes(origin)).slice(-params.limit(50, 100)))
      },
    ),
    'GET /fapi/v1/orderAmendment': read(1, ({ accountId, params }) => {
      const { listing, order } = found(deps, accountId, params)
      return extras.amendments(order.orderId).map(({ id, time, price, quantity }, at) => ({
        amendmentId: id,
        symbol: listing.symbol,
        pair: listing.symbol,
        orderId: Number(order.orderId),
        clientOrderId: ackRow(listing, order, extras).clientOrderId,
        time,
        amendment: {
          price: { before: plain(price[0]), after: plain(price[1]) },
          origQty: { before: plain(quantity[0]), after: plain(quantity[1]) },
          count: at + 1,
          modifyId: at + 1,
        },
      }))
    }),
  }
}

/** The order a request names. Throws −1102, −2013. */
export function askedRef(params: Params, listing: Listing): Ref {
  const orderId = params.id('orderId')
  const clientId = params.text('origClientOrderId')
  if (orderId === undefined && clientId === undefined) throw missing('orderId')
  return { instrumentId: listing.id, ...(orderId === undefined ? { clientId: clientId as string } : { orderId }) }
}

/** Exclusive cursor for an inclusive one. */
export const before = (id: string): string => String(BigInt(id) - 1n)

const noSuchOrder = (): WireError => new WireError(-2013, 'Order does not exist.')

function found(
  { exchange, listings }: OrderDeps,
  accountId: AccountId,
  params: Params,
): { listing: Listing; order: ExchangeOrder } {
  const listing = listings.asked(params)
  const order = exchange.order(accountId, askedRef(params, listing))
  if (order === undefined) throw noSuchOrder()
  return { listing, order }
}

function cancel({ exchange, listings, extras }: OrderDeps, accountId: AccountId, params: Params) {
  const listing = listings.asked(params)
  return ackRow(listing, accepted(exchange.cancel(accountId, askedRef(params, listing)), listing), extras)
}

/** LIMIT only; side, quantity and price are all required. */
function modify(deps: OrderDeps, accountId: AccountId, params: Params) {
  const { exchange, listings, extras } = deps
  const listing = listings.asked(params)
  const side = askedSide(params)
  const ref = askedRef(params, listing)
  const quantity = quantityOf(listing, params.decimal('quantity') ?? fail(missing('quantity')))
  const price = priceOf(
    listing,
    params.decimal('price') ?? fail(missing('price')),
    maxPriceOf(listing.instrument.tickSize),
  )
  const now = exchange.order(accountId, ref)
  if (now === undefined) throw noSuchOrder()
  if (now.side !== side) throw notValid('side')
  if (now.type !== 'limit') throw new WireError(-5024, 'Order type does not support modification.')
  const reduceOnly = params.boolean('reduceOnly')
  if (reduceOnly !== undefined && reduceOnly !== now.reduceOnly)
    throw new WireError(-5047, 'The reduceOnly sent does not match the order.')
  // the venue cancels where the change leaves nothing to work
  if (now.status === 'partiallyFilled' && quantity <= now.filledQuantity)
    return ackRow(listing, accepted(exchange.cancel(accountId, ref), listing), extras)
  const outcome = exchange.amend(accountId, ref, { price, quantity })
  if (!outcome.ok && outcome.refusal.code === 'postOnlyWouldTake')
    return ackRow(listing, accepted(exchange.cancel(accountId, ref), listing), extras)
  if (!outcome.ok && (outcome.refusal.code === 'unknownOrder' || outcome.refusal.code === 'notOpen'))
    throw worded({ code: 'unknownOrder', message: outcome.refusal.message })
  const order = accepted(outcome, listing, { type: 'limit', side })
  const modifyId = extras.amended(order.orderId, {
    time: exchange.now(),
    price: [now.price ?? 0, order.price ?? 0],
    quantity: [now.quantity, order.quantity],
  })
  return { ...ackRow(listing, order, extras), pair: listing.symbol, modifyId }
}

/** Closed without a fill and older than 3 days, or older than 90 days: the venue no longer tells it. */
function isForgotten(order: ExchangeOrder, now: number): boolean {
  const closed = order.status !== 'new' && order.status !== 'partiallyFilled'
  if (now - order.createdAt > 90 * day) return true
  return closed && order.filledQuantity === 0 && now - order.createdAt > 3 * day
}

/** Runs one of a batch; its refusal stands in its place. */
function orError(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    if (error instanceof WireError) return { code: error.code, msg: error.message }
    throw error
  }
}

function batchOf(params: Params): readonly Params[] {
  const list = jsonList(params, 'batchOrders')
  if (list.length === 0 || list.length > 5) throw new WireError(-4082, 'Invalid number of batch place orders.')
  return list.map((one) => {
    if (typeof one !== 'object' || one === null) throw notValid('batchOrders')
    return Params.of(one as Record<string, unknown>)
  })
}

function cancelList(params: Params): readonly Record<string, unknown>[] {
  const byId = params.has('orderIdList')
  const name = byId ? 'orderIdList' : 'origClientOrderIdList'
  const list = jsonList(params, name)
  if (list.length === 0 || list.length > 10) throw notValid(name)
  return list.map((id) => (byId ? { orderId: id } : { origClientOrderId: id }))
}

function jsonList(params: Params, name: string): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(params.required(name))
    if (Array.isArray(list)) return list
  } catch (error) {
    if (error instanceof WireError) throw error
  }
  throw notValid(name)
}

function fail(error: WireError): never {
  throw error
}

/** What `order/test` answers: an order that is nowhere. */
function imagined(
  accountId: AccountId,
  request: Parameters<OrderDeps['exchange']['place']>[1],
  now: number,
): ExchangeOrder {
  return {
    orderId: '0',
    clientId: request.clientId ?? null,
    accountId,
    instrumentId: request.instrumentId,
    side: request.side,
    positionSide: request.positionSide ?? 'net',
    type: request.type,
    timeInForce: request.timeInForce ?? 'gtc',
    quantity: request.quantity,
    filledQuantity: 0,
    price: request.price ?? null,
    averagePrice: null,
    filledNotional: 0n,
    reduceOnly: request.reduceOnly ?? false,
    status: 'new',
    reason: null,
    origin: 'client',
    leverage: 1,
    marginMode: 'cross',
    fee: 0n,
    realizedProfit: 0n,
    conditionalId: null,
    createdAt: now,
    updatedAt: now,
    version: 1,
  }
}
