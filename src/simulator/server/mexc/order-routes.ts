import type { AccountId, ExchangeOrder, Outcome, Ref } from '../types.ts'
import { nothingFound, RawJson, success } from './envelope.ts'
import { decoded, Fields, fieldsOf } from './fields.ts'
import { limits } from './limits.ts'
import { askedListing, placeOrder } from './place.ts'
import { orderRow } from './order-rows.ts'
import { worded } from './refusals.ts'
import { type Deps, post, read, type Route } from './routes.ts'
import { parameterError, WireError } from './wire-error.ts'

const mostItems = 50

/** Placing, changing, canceling and looking up orders. */
export function orderRoutes(deps: Deps): readonly Route[] {
  return [...placeRoutes(deps), ...cancelRoutes(deps), ...lookupRoutes(deps)]
}

function placeRoutes(deps: Deps): readonly Route[] {
  const { exchange } = deps
  return [
    post(
      'order/create',
      limits.order,
      'tradeWrite',
      ({ accountId, body }) => {
        const { orderId, createdAt } = placeOrder(deps, accountId, fieldsOf(body))
        return success({ orderId, ts: createdAt })
      },
      'create',
    ),
    // the old way tells the id alone, as a number of 18 digits
    post(
      'order/submit',
      limits.order,
      'tradeWrite',
      ({ accountId, body }) => success(new RawJson(placeOrder(deps, accountId, fieldsOf(body)).orderId)),
      'create',
    ),
    post(
      'order/submit_batch',
      limits.batch,
      'tradeWrite',
      ({ accountId, body }) =>
        success(
          itemsOf(body, 2013).map((item) => {
            const fields = fieldsOf(item)
            const shared = { externalOid: fields.text('externalOid') ?? '' }
            try {
              const { orderId } = placeOrder(deps, accountId, fields)
              return { ...shared, orderId, errorMsg: 'success', errorCode: 0 }
            } catch (error) {
              if (!(error instanceof WireError)) throw error
              return { ...shared, orderId: '0', errorMsg: error.message, errorCode: error.code }
            }
          }),
        ),
      'create',
    ),
    post(
      'order/change_limit_order',
      limits.order,
      'tradeWrite',
      ({ accountId, body }) => {
        const fields = fieldsOf(body)
        const order = openOrderOf(deps, accountId, fields.required('orderId'))
        const listing = deps.listings.of(order.instrumentId)
        const quantity = listing.base(fields.requiredNumber('vol'))
        const outcome = exchange.amend(
          accountId,
          { orderId: order.orderId },
          { price: fields.requiredNumber('price'), quantity },
        )
        if (!outcome.ok) throw worded(outcome.refusal, { side: order.side })
        return success(outcome.value.orderId)
      },
      'amend',
    ),
    post(
      'position/reverse',
      limits.order,
      'tradeWrite',
      ({ accountId, body }) => reverse(deps, accountId, fieldsOf(body)),
      'create',
    ),
    post('position/close_all', limits.order, 'tradeWrite', ({ accountId }) => closeAll(deps, accountId), 'create'),
  ]
}

function cancelRoutes(deps: Deps): readonly Route[] {
  const { exchange, listings } = deps
  const item = (accountId: AccountId, ref: Ref, named: Readonly<Record<string, unknown>>) => {
    const outcome = exchange.cancel(accountId, ref)
    const refused = outcome.ok ? null : worded(outcome.refusal)
    return { ...named, errorCode: refused?.code ?? 0, errorMsg: refused?.message ?? 'success' }
  }
  const external = (fields: Fields): Ref & { readonly clientId: string } => ({
    instrumentId: listings.asked(fields.required('symbol')).id,
    clientId: fields.required('externalOid'),
  })
  return [
    // the array is what works; the object is what the documents show
    post(
      'order/cancel',
      limits.usual,
      'tradeWrite',
      ({ accountId, body }) => {
        const ids = Array.isArray(body) ? body : (body as { readonly orderIds?: unknown })?.orderIds
        return success(
          itemsOf(ids, 2014).map((id) => {
            const orderId = idOf(id)
            return item(accountId, { orderId }, { orderId })
          }),
        )
      },
      'cancel',
    ),
    post(
      'order/cancel_with_external',
      limits.usual,
      'tradeWrite',
      ({ accountId, body }) => {
        const [only] = Array.isArray(body) ? itemsOf(body, 2014) : [body]
        const outcome = exchange.cancel(accountId, external(fieldsOf(only)))
        if (!outcome.ok) throw worded(outcome.refusal)
        return success()
      },
      'cancel',
    ),
    post(
      'order/batch_cancel_with_external',
      limits.usual,
      'tradeWrite',
      ({ accountId, body }) =>
        success(
          itemsOf(body, 2014).map((row) => {
            const ref = external(fieldsOf(row))
            const orderId = exchange.order(accountId, ref)?.orderId ?? '0'
            return item(accountId, ref, {
              symbol: fieldsOf(row).required('symbol'),
              externalOid: ref.clientId,
              orderId,
            })
          }),
        ),
      'cancel',
    ),
    post(
      'order/cancel_all',
      limits.usual,
      'tradeWrite',
      ({ accountId, body }) => {
        const symbol = fieldsOf(body ?? {}).text('symbol')
        exchange.cancelAll(accountId, symbol === undefined ? undefined : listings.asked(symbol).id)
        return success()
      },
      'cancel',
    ),
  ]
}

function lookupRoutes(deps: Deps): readonly Route[] {
  const { exchange, listings, notes } = deps
  const row = (order: ExchangeOrder) => orderRow(listings, notes, order)
  const known = (accountId: AccountId, refs: readonly Ref[]) =>
    refs.flatMap((ref) => {
      const order = exchange.order(accountId, ref)
      return order === undefined ? [] : [row(order)]
    })
  return [
    read('order/get/{orderId}', limits.usual, 'tradeRead', ({ accountId, path }) => {
      const order = exchange.order(accountId, { orderId: path['orderId'] })
      if (order === undefined) throw new WireError(2040, 'order not exist')
      return success(row(order))
    }),
    read('order/external/{symbol}/{externalOid}', limits.usual, 'tradeRead', ({ accountId, path }) => {
      const instrumentId = listings.asked(path['symbol']).id
      const order = exchange.order(accountId, { instrumentId, clientId: decoded(path['externalOid']) })
      return order === undefined ? nothingFound : success(row(order))
    }),
    read('order/batch_query', limits.batchQuery, 'tradeRead', ({ accountId, fields }) => {
      const ids = fields.required('order_ids').split(',')
      if (ids.length > mostItems) throw new WireError(2014, 'Too many orders')
      return success(
        known(
          accountId,
          ids.map((orderId) => ({ orderId })),
        ),
      )
    }),
    post('order/batch_query_with_external', limits.batchQuery, 'tradeRead', ({ accountId, body }) =>
      success(
        known(
          accountId,
          itemsOf(body, 2014).map((item) => {
            const fields = fieldsOf(item)
            return {
              instrumentId: listings.asked(fields.required('symbol')).id,
              clientId: fields.required('externalOid'),
            }
          }),
        ),
      ),
    ),
  ]
}

/** Closes at market and opens as much the other way. */
function reverse(deps: Deps, accountId: AccountId, fields: Fields) {
  const { exchange, listings } = deps
  const listing = askedListing(deps, fields)
  const id = fields.required('positionId')
  const position = exchange.positions(accountId, listing.id).find(({ positionId }) => positionId === id)
  if (position === undefined) throw new WireError(2009, 'Position does not exist or is closed')
  const quantity = listing.base(fields.requiredNumber('vol'))
  const side = position.quantity > 0 ? 'sell' : 'buy'
  const shared = { instrumentId: listings.of(listing.id).id, side, type: 'market', quantity } as const
  const { positionSide } = position
  const close = exchange.place(accountId, { ...shared, positionSide, reduceOnly: positionSide === 'net' })
  acceptedOrder(close)
  const other = positionSide === 'net' ? 'net' : positionSide === 'long' ? 'short' : 'long'
  const { leverage, marginMode } = position
  acceptedOrder(exchange.place(accountId, { ...shared, positionSide: other, leverage, marginMode }))
  return success()
}

/** Account-wide: open orders go, positions are closed at market. */
function closeAll({ exchange }: Deps, accountId: AccountId) {
  exchange.cancelAll(accountId)
  for (const { instrumentId, positionSide, quantity } of exchange.positions(accountId)) {
    exchange.place(accountId, {
      instrumentId,
      side: quantity > 0 ? 'sell' : 'buy',
      positionSide,
      type: 'market',
      quantity: Math.abs(quantity),
      reduceOnly: positionSide === 'net',
    })
  }
  return success()
}

function openOrderOf({ exchange }: Deps, accountId: AccountId, orderId: string): ExchangeOrder {
  const order = exchange.order(accountId, { orderId })
  if (order === undefined) throw new WireError(2040, 'order not exist')
  if (order.status !== 'new' && order.status !== 'partiallyFilled')
    throw new WireError(2041, 'order state cannot be cancelled')
  return order
}

function acceptedOrder(outcome: Outcome<ExchangeOrder>): ExchangeOrder {
  if (outcome.ok) return outcome.value
  throw worded(outcome.refusal)
}

/** At most 50. Throws 600 for anything but an array, the code where there are more. */
export function itemsOf(body: unknown, code: number): readonly unknown[] {
  if (!Array.isArray(body)) throw parameterError('body')
  if (body.length === 0) throw parameterError('body')
  if (body.length > mostItems) throw new WireError(code, 'Too many orders in one request')
  return body as readonly unknown[]
}

/** An id as text or a number. Throws 600. */
export function idOf(id: unknown): string {
  return new Fields({ id }).required('id')
}
