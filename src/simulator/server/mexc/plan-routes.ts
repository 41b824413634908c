import type { AccountId, ConditionalOrder } from '../types.ts'
import { RawJson, slice, success } from './envelope.ts'
import { Fields, fieldsOf } from './fields.ts'
import { numbersOf } from './history-routes.ts'
import { limits } from './limits.ts'
import { conditionalKind, planRow, planState, trendOf } from './order-rows.ts'
import { kinds } from './order-words.ts'
import { idOf, itemsOf } from './order-routes.ts'
import {
  askedAttached,
  askedClientId,
  askedKind,
  askedListing,
  askedMargin,
  askedSides,
  askedVol,
  checkOpening,
} from './place.ts'
import { worded } from './refusals.ts'
import { type Deps, post, read, type Route } from './routes.ts'
import { timesOf } from './times.ts'
import { parameterError, WireError } from './wire-error.ts'

const { usual } = limits
const day = 86_400_000
/** Of `executeCycle`. */
const lifetimes = { 1: day, 2: 7 * day } as const

/** Plan (trigger) orders and the stops of positions. */
export function planRoutes(deps: Deps): readonly Route[] {
  return [...triggerRoutes(deps), ...stopRoutes(deps)]
}

function triggerRoutes(deps: Deps): readonly Route[] {
  const { exchange, listings, stopOrders } = deps
  const plans = (orders: readonly ConditionalOrder[]): readonly ConditionalOrder[] =>
    orders.filter(({ conditionalId }) => !stopOrders.owns(conditionalId))
  return [
    post(
      'planorder/place/v2',
      limits.order,
      'tradeWrite',
      ({ accountId, body }) => success(placePlan(deps, accountId, fieldsOf(body))),
      'conditional',
    ),
    post(
      'planorder/place',
      limits.order,
      'tradeWrite',
      ({ accountId, body }) => success(new RawJson(placePlan(deps, accountId, fieldsOf(body)))),
      'conditional',
    ),
    post(
      'planorder/cancel',
      usual,
      'tradeWrite',
      ({ accountId, body }) =>
        success(
          itemsOf(body, 2014).map((item) => {
            const orderId = typeof item === 'object' && item !== null ? fieldsOf(item).required('orderId') : idOf(item)
            const outcome = exchange.cancelConditional(accountId, { orderId })
            const refused = outcome.ok ? null : worded(outcome.refusal)
            return { orderId, errorCode: refused?.code ?? 0, errorMsg: refused?.message ?? 'success' }
          }),
        ),
      'cancel',
    ),
    post(
      'planorder/cancel_all',
      usual,
      'tradeWrite',
      ({ accountId, body }) => {
        const symbol = fieldsOf(body ?? {}).text('symbol')
        const instrumentId = symbol === undefined ? undefined : listings.asked(symbol).id
        for (const { conditionalId } of plans(exchange.openConditionals(accountId, instrumentId)))
          exchange.cancelConditional(accountId, { orderId: conditionalId })
        return success()
      },
      'cancel',
    ),
    post(
      'planorder/change_price',
      limits.order,
      'tradeWrite',
      ({ accountId, body }) => {
        const fields = fieldsOf(body)
        const price = fields.number('price')
        const trend = fields.choice('trend', [1, 2, 3], 3003)
        const outcome = exchange.amendConditional(
          accountId,
          { orderId: fields.required('orderId') },
          {
            triggerPrice: fields.requiredNumber('triggerPrice'),
            ...(price === undefined || price === 0 ? {} : { price }),
            ...(trend === undefined ? {} : { trigger: trendOf[trend] }),
          },
        )
        if (!outcome.ok) throw worded(outcome.refusal)
        return success()
      },
      'conditional',
    ),
    read('planorder/list/orders', usual, 'tradeRead', ({ accountId, fields }) => {
      const { page, size } = fields.page()
      const symbol = fields.text('symbol')
      const states = numbersOf(fields, 'states')
      const { from, to } = timesOf(fields, exchange.now())
      const asked = symbol === undefined ? {} : { instrumentId: listings.asked(symbol).id }
      const rows = plans(exchange.conditionals(accountId, { from, to, ...asked })).filter(
        (order) => states === null || states.includes(planState(order)),
      )
      return success(slice(rows.toReversed(), page, size).map((order) => planRow(listings, order)))
    }),
  ]
}

/** The id of the plan order. Throws 3001–3004 for what only these have. */
function placePlan(deps: Deps, accountId: AccountId, fields: Fields): string {
  const { exchange } = deps
  const vol = askedVol(fields)
  const listing = askedListing(deps, fields)
  const { side, type } = askedKind(fields, 'orderType')
  const { positionSide, direction, closes } = askedSides(deps, accountId, fields, side)
  const triggerPrice = fields.number('triggerPrice')
  if (triggerPrice === undefined || !(triggerPrice > 0)) throw new WireError(3001, 'Trigger price error')
  const triggerType = fields.choice('triggerType', [1, 2], 3002)
  if (triggerType === undefined) throw new WireError(3002, 'Trigger type error')
  const trend = fields.choice('trend', [1, 2, 3], 3003) ?? 1
  const cycle = fields.choice('executeCycle', [1, 2], 3004)
  if (cycle === undefined) throw new WireError(3004, 'Execution cycle error')
  const marginMode = askedMargin(fields)
  const leverage = fields.integer('leverage')
  const reduceOnly = positionSide === 'net' && (closes || fields.boolean('reduceOnly') === true)
  const opens = positionSide === 'net' ? !reduceOnly : !closes
  if (opens) checkOpening(deps, accountId, listing, { positionSide, marginMode, leverage })
  const clientId = askedClientId(fields)
  const price = fields.number('price')
  const { type: kind, timeInForce } = kinds[type]
  const outcome = exchange.placeConditional(accountId, {
    instrumentId: listing.id,
    side: direction,
    positionSide,
    kind: conditionalKind(type),
    triggerPrice,
    trigger: trendOf[trend],
    direction: triggerType === 1 ? 'above' : 'below',
    quantity: listing.base(vol),
    reduceOnly,
    timeInForce,
    marginMode,
    expiresAt: exchange.now() + lifetimes[cycle],
    ...(leverage === undefined || !opens ? {} : { leverage }),
    ...(kind === 'market' || price === undefined ? {} : { price }),
    ...(clientId === undefined ? {} : { clientId }),
  })
  if (!outcome.ok) throw worded(outcome.refusal, { side: direction })
  return outcome.value.conditionalId
}

function stopRoutes({ exchange, listings, stopOrders }: Deps): readonly Route[] {
  const rows = (accountId: AccountId, fields: Fields) => {
    const symbol = fields.text('symbol')
    return stopOrders
      .rows(accountId)
      .filter((row) => symbol === undefined || row.symbol === symbol)
      .toReversed()
  }
  const change = ({ accountId, body }: { readonly accountId: AccountId; readonly body: unknown }) => {
    const fields = fieldsOf(body)
    const attached = askedAttached(fields)
    if (attached === undefined) throw new WireError(5001, 'Neither a take-profit nor a stop-loss price')
    stopOrders.change(accountId, fields.text('stopPlanOrderId') ?? fields.required('orderId'), attached)
    return success()
  }
  return [
    post(
      'stoporder/place',
      limits.stop,
      'tradeWrite',
      ({ accountId, body }) => {
        const fields = fieldsOf(body)
        const id = fields.required('positionId')
        const position = exchange.positions(accountId).find(({ positionId }) => positionId === id)
        if (position === undefined) throw new WireError(2009, 'Position does not exist or is closed')
        const attached = askedAttached(fields)
        if (attached === undefined) throw new WireError(5001, 'Neither a take-profit nor a stop-loss price')
        const whole = fields.choice('volType', [1, 2]) === 2
        const vol = fields.number('vol')
        if (!whole && (vol === undefined || !(vol > 0))) throw parameterError('vol')
        if (!whole && (vol ?? 0) > listings.of(position.instrumentId).vol(position.quantity))
          throw new WireError(2008, 'Not enough position to close')
        return success(stopOrders.place(accountId, { position, vol: whole ? undefined : vol, attached }).id)
      },
      'conditional',
    ),
    post(
      'stoporder/cancel',
      usual,
      'tradeWrite',
      ({ accountId, body }) =>
        success(
          itemsOf(body, 2014).map((item) => {
            const orderId =
              typeof item === 'object' && item !== null ? fieldsOf(item).required('stopPlanOrderId') : idOf(item)
            try {
              stopOrders.cancel(accountId, orderId)
              return { orderId, errorCode: 0, errorMsg: 'success' }
            } catch (error) {
              if (!(error instanceof WireError)) throw error
              return { orderId, errorCode: error.code, errorMsg: error.message }
            }
          }),
        ),
      'cancel',
    ),
    post(
      'stoporder/cancel_all',
      usual,
      'tradeWrite',
      ({ accountId, body }) => {
        const fields = fieldsOf(body ?? {})
        const positionId = fields.number('positionId')
        for (const row of rows(accountId, fields)) {
          if (row.isFinished === 1 || (positionId !== undefined && row.positionId !== positionId)) continue
          stopOrders.cancel(accountId, String(row.id))
        }
        return success()
      },
      'cancel',
    ),
    post('stoporder/change_price', limits.order, 'tradeWrite', change, 'conditional'),
    post('stoporder/change_plan_price', limits.order, 'tradeWrite', change, 'conditional'),
    read('stoporder/open_orders', usual, 'tradeRead', ({ accountId, fields }) =>
      success(rows(accountId, fields).filter(({ isFinished }) => isFinished === 0)),
    ),
    read('stoporder/list/orders', usual, 'tradeRead', ({ accountId, fields }) => {
      const { page, size } = fields.page()
      const finished = fields.choice('is_finished', [0, 1])
      const { from, to } = timesOf(fields, exchange.now())
      const found = rows(accountId, fields).filter(
        ({ createTime, isFinished }) =>
          createTime >= from && createTime <= to && (finished === undefined || isFinished === finished),
      )
      return success(slice(found, page, size))
    }),
  ]
}
