import type { AccountId } from '../types.ts'
import { maxPriceOf } from './exchange-info.ts'
import { imaginedOrder } from './imagined-order.ts'
import { askedRef, noSuchOrder } from './order-history-routes.ts'
import type { Listing } from './listings.ts'
import { askedSide, priceOf, quantityOf } from './order-params.ts'
import { ackRow } from './order-rows.ts'
import { Params } from './params.ts'
import { accepted, acknowledged, type OrderDeps, placeOrder, testOrder } from './place.ts'
import { worded } from './refusals.ts'
import { type Routes, trade } from './routes.ts'
import { missing, notValid, WireError } from './wire-error.ts'

/** What creates, changes and cancels orders, one by one and in batches. */
export function orderRoutes(deps: OrderDeps): Routes {
  const { exchange, listings, extras } = deps
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
      const { updateTime, ...row } = ackRow(listing, imaginedOrder(accountId, request, exchange.now()), extras)
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
  }
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
  // the venue cancels where the change leaves nothing to work, or would make a maker a taker
  if (quantity <= now.filledQuantity || (now.timeInForce === 'postOnly' && isTaking(listing, side, price)))
    return ackRow(listing, accepted(exchange.cancel(accountId, ref), listing), extras)
  const outcome = exchange.amend(accountId, ref, { price, quantity })
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

function isTaking(listing: Listing, side: 'buy' | 'sell', price: number): boolean {
  const top = listing.market.top()
  if (top === null) return false
  return side === 'buy' ? price >= top.ask : price <= top.bid
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
