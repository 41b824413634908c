import type { AccountId, ConditionalKind, ConditionalOrder, ExchangeOrder, OrderRequest, Outcome } from '../types.ts'
import type { Exchange } from '../exchange.ts'
import { maxPriceOf } from './exchange-info.ts'
import type { AlgoExtra, Extras, OrderExtra } from './extras.ts'
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

const algoTypes: Readonly<Record<string, ConditionalKind>> = {
  STOP: 'stopLimit',
  STOP_MARKET: 'stopMarket',
  TAKE_PROFIT: 'takeProfitLimit',
  TAKE_PROFIT_MARKET: 'takeProfitMarket',
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
    const quantity = quantityOf(listing, required(params, 'quantity'))
    const extra = { priceMatch: 'NONE', selfTrade: selfTradeWord, goodTillDate: 0 }
    return { listing, request: { ...shared, type: 'market', quantity }, extra }
  }
  const tif = askedTimeInForce(params, exchange.now())
  if (tif === undefined) throw missing('timeInForce')
  const quantity = quantityOf(listing, required(params, 'quantity'))
  const matched = matchedPrice(params, listing, side)
  const maxPrice = maxPriceOf(listing.instrument.tickSize)
  const price = matched?.price ?? priceOf(listing, required(params, 'price'), maxPrice)
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

function askedOrderType(params: Params): 'LIMIT' | 'MARKET' {
  const type = params.required('type')
  if (type === 'LIMIT' || type === 'MARKET') return type
  if (algoTypes[type] !== undefined || type === 'TRAILING_STOP_MARKET') {
    throw new WireError(
      -4120,
      'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.',
    )
  }
  throw new WireError(-1116, 'Invalid orderType.')
}

/** Reads, checks and places a conditional order. Throws the venue's refusal. */
export function placeAlgo(
  { exchange, listings, extras }: OrderDeps,
  accountId: AccountId,
  params: Params,
): { listing: Listing; order: ConditionalOrder } {
  if (params.required('algoType') !== 'CONDITIONAL') throw notValid('algoType')
  const listing = listings.asked(params)
  const mode = exchange.positionMode(accountId)
  const side = askedSide(params)
  const kind = algoTypes[params.required('type')]
  if (kind === undefined) throw new WireError(-1116, 'Invalid orderType.')
  const positionSide = askedPositionSide(params, mode)
  const closePosition = params.boolean('closePosition') ?? false
  if (closePosition && (params.has('quantity') || params.has('reduceOnly')))
    throw new WireError(-4137, 'Quantity and reduceOnly must not be sent with closePosition equal to true.')
  const limit = kind === 'stopLimit' || kind === 'takeProfitLimit'
  if (closePosition && limit)
    throw new WireError(
      -4136,
      `Target strategy invalid for orderType '${params.required('type')}',closePosition 'true'.`,
    )
  const reduceOnly = closePosition ? false : askedReduceOnly(params, mode)
  const maxPrice = maxPriceOf(listing.instrument.tickSize)
  const triggerPrice = priceOf(listing, required(params, 'triggerPrice'), maxPrice)
  const quantity = closePosition ? undefined : quantityOf(listing, required(params, 'quantity'))
  const matched = limit ? matchedPrice(params, listing, side) : undefined
  if (!limit && params.has('price')) throw notRequired('price')
  const price = limit ? (matched?.price ?? priceOf(listing, required(params, 'price'), maxPrice)) : undefined
  const tif = askedTimeInForce(params, exchange.now()) ?? { timeInForce: 'gtc' as const, goodTillDate: 0 }
  const working = params.choice('workingType', ['MARK_PRICE', 'CONTRACT_PRICE'], notValid('workingType'))
  const extra: AlgoExtra = {
    priceMatch: matched?.word ?? 'NONE',
    selfTrade: askedSelfTrade(params).word,
    goodTillDate: tif.goodTillDate,
    priceProtect: params.boolean('priceProtect') ?? false,
  }
  const outcome = exchange.placeConditional(accountId, {
    instrumentId: listing.id,
    side,
    positionSide,
    kind,
    triggerPrice,
    trigger: working === 'MARK_PRICE' ? 'mark' : 'last',
    closePosition,
    reduceOnly,
    refuseReached: true,
    ...askedClientId(params, 'clientAlgoId'),
    ...(quantity === undefined ? {} : { quantity }),
    ...(price === undefined ? {} : { price, timeInForce: tif.timeInForce }),
    ...(tif.goodTillDate > 0 ? { expiresAt: tif.goodTillDate } : {}),
  })
  if (outcome.ok) extras.algo(outcome.value.conditionalId, kind, extra)
  return { listing, order: accepted(outcome, listing, { side, ...(limit ? { type: 'limit' } : {}) }) }
}

/** The text of a mandatory decimal. */
function required(params: Params, name: string): string {
  const text = params.decimal(name)
  if (text === undefined) throw missing(name)
  return text
}
