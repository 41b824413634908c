import type { ExchangeOrder, OrderEvent } from '../types.ts'
import { orderLoad } from './account-rows.ts'
import { amount, plain } from './decimals.ts'
import { originalType, workingTypeOf } from './order-rows.ts'
import type { OrderDeps } from './place.ts'
import type { UserFrame } from './user-frames.ts'
import { clientIdOf, orderTimeInForce, orderTypeWord, positionSideWord, sideWord, statusWord } from './words.ts'

/** What is told of an order; a fill comes first as TRADE_LITE, without fee and status. */
export function orderFrames(
  { exchange, listings, extras }: OrderDeps,
  { accountId, change, order, fill, time }: OrderEvent & { readonly time: number },
): readonly UserFrame[] {
  const listing = listings.of(order.instrumentId)
  if (listing === undefined) return []
  if (order.conditionalId !== null) extras.inherit(order.orderId, order.conditionalId)
  const { priceMatch, selfTrade, goodTillDate } = extras.ofOrder(order.orderId)
  const load = orderLoad(exchange, accountId, listing)
  const conditional =
    order.conditionalId === null ? undefined : exchange.conditional(accountId, { orderId: order.conditionalId })
  const full: UserFrame = {
    e: 'ORDER_TRADE_UPDATE',
    T: order.updatedAt,
    E: time,
    o: {
      s: listing.symbol,
      c: clientIdOf(order),
      S: sideWord(order.side),
      o: orderTypeWord(order.type),
      f: goodTillDate > 0 ? 'GTD' : orderTimeInForce(order),
      q: plain(order.quantity),
      p: plain(order.price ?? 0),
      ap: order.averagePrice === null ? '0' : plain(order.averagePrice),
      sp: plain(conditional?.triggerPrice ?? 0),
      x: executionWord(change, order),
      X: statusWord(order),
      i: Number(order.orderId),
      l: plain(fill?.quantity ?? 0),
      z: plain(order.filledQuantity),
      L: plain(fill?.price ?? 0),
      ...(fill === null ? {} : { n: amount(fill.fee), N: fill.feeCurrency }),
      T: order.updatedAt,
      t: fill === null ? 0 : Number(fill.fillId),
      b: plain(Number(load.bids.toFixed(8))),
      a: plain(Number(load.asks.toFixed(8))),
      m: fill?.liquidity === 'maker',
      R: order.reduceOnly,
      wt: conditional === undefined ? 'CONTRACT_PRICE' : workingTypeOf(conditional),
      ot: originalType(order, extras),
      ps: positionSideWord(order.positionSide),
      cp: conditional?.closePosition ?? false,
      rp: fill === null ? '0' : amount(fill.realizedProfit),
      pP: false,
      si: 0,
      ss: 0,
      V: selfTrade,
      pm: priceMatch,
      gtd: goodTillDate,
      er: expiryReason(order),
    },
  }
  if (fill === null) return [full]
  const lite: UserFrame = {
    e: 'TRADE_LITE',
    E: time,
    T: order.updatedAt,
    s: listing.symbol,
    q: plain(order.quantity),
    p: plain(order.price ?? 0),
    m: fill.liquidity === 'maker',
    c: clientIdOf(order),
    S: sideWord(order.side),
    L: plain(fill.price),
    l: plain(fill.quantity),
    t: Number(fill.fillId),
    i: Number(order.orderId),
  }
  return [lite, full]
}

function executionWord(change: OrderEvent['change'], order: ExchangeOrder): string {
  switch (change) {
    case 'new':
      return 'NEW'
    case 'trade':
      return order.origin === 'liquidation' || order.origin === 'adl' ? 'CALCULATED' : 'TRADE'
    case 'canceled':
      return statusWord(order) === 'EXPIRED' ? 'EXPIRED' : 'CANCELED'
    case 'expired':
      return 'EXPIRED'
    case 'amended':
      return 'AMENDMENT'
    case 'rejected':
      return 'REJECTED'
  }
}

/** `er`: why the venue itself ended it. */
function expiryReason(order: ExchangeOrder): string {
  if (order.status !== 'expired' && order.status !== 'canceled') return '0'
  switch (order.reason) {
    case 'selfTrade':
      return '1'
    case 'remainder':
      return order.type === 'market' ? '8' : '2'
    case 'liquidated':
      return '4'
    case 'positionGone':
      return '5'
    case 'delisted':
    case 'tickChange':
      return '7'
    case 'expired':
      return '6'
    default:
      return '0'
  }
}
