import type { AccountId, ExchangeOrder, OrderRequest, Outcome } from '../types.ts'
import type { Exchange } from '../exchange.ts'
import { maxPriceOf } from './exchange-info.ts'
import type { Extras, OrderExtra } from './extras.ts'
import type { Listing, Listings } from './listings.ts'
import {
  askedClientId,
  askedPositionSide,
  askedReduceOnly,
  askedSelfTrade,
  askedSide,
  askedTimeInForce,
  matchedPrice,
  priceOf,
  quantityOf,
} from './order-params.ts'
import type { Params } from './params.ts'
import { worded } from './refusals.ts'
import { missing, notRequired, notValid, WireError } from './wire-error.ts'

/** What order routes share. */
export interface OrderDeps {
  readonly exchange: Exchange
  readonly listings: Listings
  readonly extras: Extras
}

/** Reads, checks and places an order. Throws the venue's refusal. */
export function placeOrder(
  deps: OrderDeps,
  accountId: AccountId,
  params: Params,
): { listing: Listing; order: ExchangeOrder } {
  const { listing, request, extra } = readOrder(deps, accountId, params)
  const outcome = deps.exchange.place(accountId, request)
  if (outcome.ok) deps.extras.order(outcome.value.orderId, extra)
  return { listing, order: accepted(outcome, listing, request) }
}

/** As `placeOrder`, changing nothing. */
export function testOrder(
  deps: OrderDeps,
  accountId: AccountId,
  params: Params,
): { listing: Listing; request: OrderRequest } {
  const { listing, request } = readOrder(deps, accountId, params)
  accepted(deps.exchange.test(accountId, request), listing, request)
  return { listing, request }
}

/** Its value, or the refusal in the venue's words. */
export function accepted<T>(
  outcome: Outcome<T>,
  listing: Listing,
  asked: { readonly type?: string; readonly side?: 'buy' | 'sell' } = {},
): T {
  if (outcome.ok) return outcome.value
  throw worded(outcome.refusal, {
    minNotional: listing.instrument.minNotional,
    ...(asked.type === 'limit' && asked.side !== undefined ? { limitSide: asked.side } : {}),
  })
}

/** ACK tells an order as it was taken in; RESULT tells what became of it where that is decided at once. */
export function acknowledged(params: Params, order: ExchangeOrder): ExchangeOrder {
  const kind = params.choice('newOrderRespType', ['ACK', 'RESULT'], notValid('newOrderRespType')) ?? 'ACK'
  const decided = order.type === 'market' || order.timeInForce === 'ioc' || order.timeInForce === 'fok'
  if (kind === 'RESULT' && decided) return order
  if (order.status === 'rejected') return order
  return { ...order, status: 'new', reason: null, filledQuantity: 0, filledNotional: 0n, averagePrice: null }
}

function readOrder(
  { exchange, listings }: OrderDeps,
  accountId: AccountId,
  params: Params,
): { listing: Listing; request: OrderRequest; extra: OrderExtra } {
  const listing = listings.asked(params)
  const mode = exchange.positionMode(accountId)
  const side = askedSide(params)
  const type = askedOrderType(params)
  const positionSide = askedPositionSide(params, mode)
  const reduceOnly = askedReduceOnly(params, mode)
  const client = askedClientId(params, 'newClientOrderId')
  const { word: selfTradeWord, selfTrade } = askedSelfTrade(params)
  const shared = {
    instrumentId: listing.id,
    side,
    positionSide,
    reduceOnly,
    ...client,
    ...(selfTrade === undefined ? {} : { selfTrade }),
  }
  if (type === 'MARKET') {
    if (params.has('price')) throw notRequired('price')
    if (params.has('timeInForce')) throw notRequired('timeInForce')
    const quantity = quantityOf(listing, requiredDecimal(params, 'quantity'))
    const extra = { priceMatch: 'NONE', selfTrade: selfTradeWord, goodTillDate: 0 }
    return { listing, request: { ...shared, type: 'market', quantity }, extra }
  }
  const tif = askedTimeInForce(params, exchange.now())
  if (tif === undefined) throw missing('timeInForce')
  const quantity = quantityOf(listing, requiredDecimal(params, 'quantity'))
  const matched = matchedPrice(params, listing, side)
  const maxPrice = maxPriceOf(listing.instrument.tickSize)
  const price = matched?.price ?? priceOf(listing, requiredDecimal(params, 'price'), maxPrice)
  const extra = {
    priceMatch: matched?.word ?? 'NONE',
    selfTrade: selfTradeWord,
    goodTillDate: tif.goodTillDate,
  }
  return {
    listing,
    request: {
      ...shared,
      type: 'limit',
      timeInForce: tif.timeInForce,
      quantity,
      price,
      ...(tif.goodTillDate > 0 ? { expiresAt: tif.goodTillDate } : {}),
    },
    extra,
  }
}

const conditionalTypes: ReadonlySet<string> = new Set([
  'STOP',
  'STOP_MARKET',
  'TAKE_PROFIT',
  'TAKE_PROFIT_MARKET',
  'TRAILING_STOP_MARKET',
])

function askedOrderType(params: Params): 'LIMIT' | 'MARKET' {
  const type = params.required('type')
  if (type === 'LIMIT' || type === 'MARKET') return type
  if (conditionalTypes.has(type)) {
    throw new WireError(
      -4120,
      'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.',
    )
  }
  throw new WireError(-1116, 'Invalid orderType.')
}

/** The text of a mandatory decimal. */
export function requiredDecimal(params: Params, name: string): string {
  const text = params.decimal(name)
  if (text === undefined) throw missing(name)
  return text
}
