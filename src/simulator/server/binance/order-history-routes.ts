import type { AccountId, ExchangeOrder, Ref } from '../types.ts'
import { plain } from './decimals.ts'
import { askedWindow } from './history-window.ts'
import type { Listing } from './listings.ts'
import { ackRow, fillRow, orderRow } from './order-rows.ts'
import type { Params } from './params.ts'
import type { OrderDeps } from './place.ts'
import { read, type Routes } from './routes.ts'
import { missing, notValid, WireError } from './wire-error.ts'

const day = 86_400_000

/** Orders and fills as they are and were. */
export function orderHistoryRoutes(deps: OrderDeps): Routes {
  const { exchange, listings, extras } = deps
  const told = (orders: readonly ExchangeOrder[]): unknown[] =>
    orders.flatMap((order) => {
      const listing = listings.of(order.instrumentId)
      return listing === undefined ? [] : [orderRow(listing, order, extras)]
    })
  return {
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

/** `-2013`. */
export const noSuchOrder = (): WireError => new WireError(-2013, 'Order does not exist.')

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

/** Closed without a fill and older than 3 days, or older than 90 days: the venue no longer tells it. */
function isForgotten(order: ExchangeOrder, now: number): boolean {
  const closed = order.status !== 'new' && order.status !== 'partiallyFilled'
  if (now - order.createdAt > 90 * day) return true
  return closed && order.filledQuantity === 0 && now - order.createdAt > 3 * day
}
