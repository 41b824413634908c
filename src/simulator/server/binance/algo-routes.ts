import type { AccountId, ConditionalOrder, Ref } from '../types.ts'
import { askedWindow } from './history-window.ts'
import { algoAckRow, algoRow } from './order-rows.ts'
import { before } from './order-history-routes.ts'
import type { Params } from './params.ts'
import type { OrderDeps } from './place.ts'
import { placeAlgo } from './place-algo.ts'
import { read, type Routes, trade } from './routes.ts'
import { algoClientIdOf } from './words.ts'
import { missing, WireError } from './wire-error.ts'

/** Conditional orders: their own endpoints and ids since December 2025. */
export function algoRoutes(deps: OrderDeps): Routes {
  const { exchange, listings, extras } = deps
  const told = (orders: readonly ConditionalOrder[]): unknown[] =>
    orders.flatMap((order) => {
      const listing = listings.of(order.instrumentId)
      return listing === undefined ? [] : [algoRow(exchange, listing, order, extras)]
    })
  return {
    'POST /fapi/v1/algoOrder': trade(
      0,
      ({ accountId, params, countOrders }) => {
        countOrders(1, 1)
        const { listing, order } = placeAlgo(deps, accountId, params)
        return algoAckRow(listing, order, extras)
      },
      'conditional',
    ),
    'GET /fapi/v1/algoOrder': read(1, ({ accountId, params }) => {
      const order = found(deps, accountId, params)
      if (order === undefined) throw new WireError(-2013, 'Order does not exist.')
      return told([order])[0]
    }),
    'DELETE /fapi/v1/algoOrder': trade(
      1,
      ({ accountId, params }) => {
        const outcome = exchange.cancelConditional(accountId, askedAlgo(params))
        if (!outcome.ok) throw new WireError(-2011, 'Unknown order sent.')
        const order = outcome.value
        return {
          algoId: Number(order.conditionalId),
          clientAlgoId: algoClientIdOf(order),
          code: '200',
          msg: 'success',
        }
      },
      'cancel',
    ),
    'GET /fapi/v1/openAlgoOrders': read(
      (params) => (params.has('symbol') ? 1 : 40),
      ({ accountId, params }) => told(exchange.openConditionals(accountId, listings.askedMaybe(params)?.id)),
    ),
    'GET /fapi/v1/allAlgoOrders': read(5, ({ accountId, params }) => {
      const listing = listings.asked(params)
      const limit = params.limit(500, 1000)
      const algoId = params.id('algoId')
      const orders = exchange.conditionals(accountId, {
        instrumentId: listing.id,
        ...(algoId === undefined ? askedWindow(params, exchange.now()) : { afterId: before(algoId) }),
      })
      return told(algoId === undefined && !params.has('startTime') ? orders.slice(-limit) : orders.slice(0, limit))
    }),
    'DELETE /fapi/v1/algoOpenOrders': trade(
      1,
      ({ accountId, params }) => {
        exchange.cancelAllConditional(accountId, listings.asked(params).id)
        return { code: 200, msg: 'The operation of cancel all open order is done.' }
      },
      'cancel',
    ),
  }
}

function found({ exchange }: OrderDeps, accountId: AccountId, params: Params): ConditionalOrder | undefined {
  return exchange.conditional(accountId, askedAlgo(params))
}

function askedAlgo(params: Params): Ref {
  const orderId = params.id('algoId')
  if (orderId !== undefined) return { orderId }
  const clientId = params.text('clientAlgoId')
  if (clientId === undefined) throw missing('algoId')
  return { clientId }
}
