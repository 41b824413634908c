import type { Exchange } from '../exchange.ts'
import type { ConditionalOrder, ExchangeOrder, Fill } from '../types.ts'
import { amount, plain } from './decimals.ts'
import type { Listing } from './listings.ts'
import type { Extras } from './extras.ts'
import {
  algoClientIdOf,
  algoStatusWord,
  clientIdOf,
  conditionalWord,
  orderTimeInForce,
  orderTypeWord,
  positionSideWord,
  sideWord,
  statusWord,
  timeInForceWord,
} from './words.ts'

/** The order as POST, PUT and DELETE answer it: no average price and no cumulated quote, since July 2026. */
export function ackRow(listing: Listing, order: ExchangeOrder, extras: Extras) {
  const { priceMatch, selfTrade, goodTillDate } = extras.ofOrder(order.orderId)
  return {
    orderId: Number(order.orderId),
    symbol: listing.symbol,
    status: statusWord(order),
    clientOrderId: clientIdOf(order),
    price: plain(order.price ?? 0),
    origQty: plain(order.quantity),
    executedQty: plain(order.filledQuantity),
    cumQty: plain(order.filledQuantity),
    timeInForce: goodTillDate > 0 ? 'GTD' : orderTimeInForce(order),
    type: orderTypeWord(order.type),
    origType: originalType(order, extras),
    reduceOnly: order.reduceOnly,
    closePosition: false,
    side: sideWord(order.side),
    positionSide: positionSideWord(order.positionSide),
    stopPrice: '0',
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    priceMatch,
    selfTradePreventionMode: selfTrade,
    goodTillDate,
    updateTime: order.updatedAt,
  }
}

/** The order as GET answers it. */
export function orderRow(listing: Listing, order: ExchangeOrder, extras: Extras) {
  const { cumQty: _cumulated, ...row } = ackRow(listing, order, extras)
  return {
    ...row,
    avgPrice: averageText(order),
    cumQuote: plain(Number(amount(order.filledNotional))),
    time: order.createdAt,
  }
}

export const averageText = (order: ExchangeOrder): string => (order.averagePrice ?? 0).toFixed(5)

/** A triggered order still says what it was. */
export function originalType(order: ExchangeOrder, extras: Extras): string {
  const kind = order.conditionalId === null ? undefined : extras.kindOf(order.conditionalId)
  return kind === undefined ? orderTypeWord(order.type) : conditionalWord(kind)
}

/** A fill as `userTrades` tells it. */
export function fillRow(listing: Listing, fill: Fill) {
  return {
    symbol: listing.symbol,
    id: Number(fill.fillId),
    orderId: Number(fill.orderId),
    side: sideWord(fill.side),
    price: listing.price(fill.price),
    qty: listing.quantity(fill.quantity),
    realizedPnl: amount(fill.realizedProfit),
    quoteQty: plain(Number((fill.price * fill.quantity).toFixed(8))),
    commission: amount(fill.fee),
    commissionAsset: fill.feeCurrency,
    time: fill.time,
    positionSide: positionSideWord(fill.positionSide),
    buyer: fill.side === 'buy',
    maker: fill.liquidity === 'maker',
  }
}

/** A conditional order as POST answers it. */
export function algoAckRow(listing: Listing, order: ConditionalOrder, extras: Extras) {
  const { priceMatch, selfTrade, priceProtect, goodTillDate } = extras.ofAlgo(order.conditionalId)
  return {
    algoId: Number(order.conditionalId),
    clientAlgoId: algoClientIdOf(order),
    algoType: 'CONDITIONAL',
    orderType: conditionalWord(order.kind),
    symbol: listing.symbol,
    side: sideWord(order.side),
    positionSide: positionSideWord(order.positionSide),
    timeInForce: algoTimeInForce(order, goodTillDate),
    quantity: plain(order.quantity),
    algoStatus: algoStatusWord(order.status),
    triggerPrice: listing.price(order.triggerPrice),
    price: order.price === null ? '0' : listing.price(order.price),
    icebergQuantity: null,
    selfTradePreventionMode: selfTrade,
    workingType: workingTypeOf(order),
    priceMatch,
    closePosition: order.closePosition,
    priceProtect,
    reduceOnly: order.reduceOnly,
    activatePrice: '',
    callbackRate: '',
    createTime: order.createdAt,
    updateTime: order.updatedAt,
    triggerTime: order.triggeredAt ?? 0,
    goodTillDate,
  }
}

/** A conditional order as GET answers it, with the order it became. */
export function algoRow(exchange: Exchange, listing: Listing, order: ConditionalOrder, extras: Extras) {
  const { activatePrice: _activate, callbackRate: _callback, ...row } = algoAckRow(listing, order, extras)
  const became = order.orderId === null ? undefined : exchange.order(order.accountId, { orderId: order.orderId })
  return {
    ...row,
    actualOrderId: order.orderId ?? '',
    actualPrice: became === undefined ? '0.00000' : averageText(became),
    actualType: became === undefined ? '' : orderTypeWord(became.type),
    actualQty: plain(became?.filledQuantity ?? 0),
    tpTriggerPrice: '0.000',
    tpPrice: '0.000',
    slTriggerPrice: '0.000',
    slPrice: '0.000',
    tpOrderType: '',
  }
}

export const workingTypeOf = (order: ConditionalOrder): string =>
  order.trigger === 'mark' ? 'MARK_PRICE' : 'CONTRACT_PRICE'

export function algoTimeInForce(order: ConditionalOrder, goodTillDate: number): string {
  if (goodTillDate > 0) return 'GTD'
  return order.price === null ? 'GTC' : timeInForceWord(order.timeInForce)
}
