import { toNumber } from '#model/money.ts'
import type { ConditionalOrder, ExchangeOrder, Fill } from '../types.ts'
import type { Listings } from './listings.ts'
import type { Notes } from './notes.ts'
import { externalOid, kinds, wireCategory, wireMargin, wireMode, wireSide, wireState, wireType } from './order-words.ts'
import { errorCodeOf } from './refusals.ts'

/** Prices of orders as decimal text, beside the number. */
const text = (value: number): string => (value === 0 ? '0' : plain(value))

/** An order as REST and the private stream tell it; the stream adds `remainVol`. */
export function orderRow(listings: Listings, notes: Notes, order: ExchangeOrder) {
  const listing = listings.of(order.instrumentId)
  const { instrument } = listing
  const note = notes.order(order)
  const price = order.price ?? 0
  const dealAvgPrice = order.averagePrice ?? 0
  const open = order.status === 'new' || order.status === 'partiallyFilled'
  const closes = [2, 4].includes(wireSide(order))
  const left = open && !closes ? order.quantity - order.filledQuantity : 0
  return {
    orderId: order.orderId,
    symbol: instrument.symbol,
    positionId: Number(note.positionId ?? 0),
    price,
    priceStr: text(price),
    vol: listing.vol(order.quantity),
    leverage: order.leverage,
    side: wireSide(order),
    category: wireCategory(order.origin),
    orderType: wireType(order),
    dealAvgPrice,
    dealAvgPriceStr: text(dealAvgPrice),
    dealVol: listing.vol(order.filledQuantity),
    orderMargin: money((left * price) / order.leverage),
    usedMargin: money(toNumber(order.filledNotional) / order.leverage),
    takerFee: toNumber(note.takerFee),
    makerFee: toNumber(note.makerFee),
    totalFee: toNumber(order.fee),
    profit: toNumber(order.realizedProfit),
    feeCurrency: instrument.quote,
    openType: wireMargin(order.marginMode),
    state: wireState(order),
    externalOid: externalOid(order),
    errorCode: errorCodeOf(order.reason, order.type),
    createTime: order.createdAt,
    updateTime: order.updatedAt,
    positionMode: wireMode(order.positionSide),
    reduceOnly: order.reduceOnly,
    version: order.version,
    bboTypeNum: 0,
    showCancelReason: 0,
    showProfitRateShare: 0,
    zeroSaveTotalFeeBinance: 0,
    zeroTradeTotalFeeBinance: 0,
  }
}

export function orderPush(listings: Listings, notes: Notes, order: ExchangeOrder) {
  const listing = listings.of(order.instrumentId)
  const open = order.status === 'new' || order.status === 'partiallyFilled'
  const left = open ? order.quantity - order.filledQuantity : 0
  return { ...orderRow(listings, notes, order), remainVol: listing.vol(left) }
}

/** A fill as lists and the stream tell it (`isTaker`). */
export function fillRow(listings: Listings, fill: Fill) {
  const { taker, ...row } = fillDetail(listings, fill)
  return { ...row, isTaker: taker }
}

/** A fill as `deal_details` tells it (`taker`). */
export function fillDetail(listings: Listings, fill: Fill) {
  const listing = listings.of(fill.instrumentId)
  return {
    id: fill.fillId,
    symbol: listing.symbol,
    side: wireSide(fill),
    vol: listing.vol(fill.quantity),
    price: fill.price,
    fee: toNumber(fill.fee),
    feeCurrency: fill.feeCurrency,
    profit: toNumber(fill.realizedProfit),
    category: wireCategory(fill.origin),
    orderId: fill.orderId,
    timestamp: fill.time,
    positionMode: wireMode(fill.positionSide),
    reduceOnly: fill.reduceOnly,
    taker: fill.liquidity === 'taker',
  }
}

export function fillPush(listings: Listings, fill: Fill) {
  return { ...fillRow(listings, fill), isSelf: false, externalOid: externalOid(fill) }
}

const planStates = { new: 1, triggered: 3, finished: 3, canceled: 2, expired: 4, rejected: 5 } as const

/** 1 untriggered, 2 canceled, 3 executed, 4 expired, 5 failed. */
export const planState = ({ status }: Pick<ConditionalOrder, 'status'>): 1 | 2 | 3 | 4 | 5 => planStates[status]

/** A plan (trigger) order. */
export function planRow(listings: Listings, order: ConditionalOrder) {
  const listing = listings.of(order.instrumentId)
  const market = order.kind === 'stopMarket' || order.kind === 'takeProfitMarket'
  return {
    id: order.conditionalId,
    symbol: listing.symbol,
    leverage: order.leverage,
    side: wireSide(order),
    triggerPrice: order.triggerPrice,
    price: order.price ?? 0,
    vol: listing.vol(order.quantity),
    openType: wireMargin(order.marginMode),
    triggerType: order.direction === 'above' ? 1 : 2,
    state: planState(order),
    executeCycle: (order.expiresAt ?? order.createdAt) - order.createdAt > 86_400_000 ? 2 : 1,
    trend: wireTrend(order.trigger),
    orderType: market ? 5 : wireType({ type: 'limit', timeInForce: order.timeInForce }),
    errorCode: order.status === 'rejected' ? errorCodeOf(order.reason, market ? 'market' : 'limit') || 8 : 0,
    externalOid: order.clientId ?? '',
    positionMode: wireMode(order.positionSide),
    reduceOnly: order.reduceOnly,
    createTime: order.createdAt,
    updateTime: order.updatedAt,
    version: order.version,
    // the order it became
    ...(order.orderId === null ? {} : { orderId: order.orderId }),
  }
}

/** 1 last, 2 fair, 3 index. */
export const wireTrend = (trigger: ConditionalOrder['trigger']): 1 | 2 | 3 =>
  trigger === 'last' ? 1 : trigger === 'mark' ? 2 : 3
export const trendOf = { 1: 'last', 2: 'mark', 3: 'index' } as const satisfies Record<
  number,
  ConditionalOrder['trigger']
>

/** Core's kind of a trigger order that becomes one of that type. */
export const conditionalKind = (type: keyof typeof kinds): 'stopMarket' | 'stopLimit' =>
  kinds[type].type === 'market' ? 'stopMarket' : 'stopLimit'

/** Without an exponent. */
function plain(value: number): string {
  const short = String(value)
  return short.includes('e') ? value.toFixed(18).replace(/\.?0+$/, '') : short
}

const money = (value: number): number => Number(value.toFixed(8))
