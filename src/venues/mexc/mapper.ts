import { instrumentId, orderId, type OrderId } from '#model/ids.ts'
import type { Side, Trade } from '#model/market.ts'
import { type Money, toMoney } from '#model/money.ts'
import type { Order, OrderStatus, TimeInForce } from '#model/order.ts'
import type { BalanceReport, FillReport, FundingPayment, OrderReport, PositionReport } from '#model/venue.ts'
import type { Contract } from './instruments.ts'
import { type Base, base } from './units.ts'
import type { Asset, WirePosition, WirePositionMode } from './wire/account.ts'
import type { Contracts } from './wire/fields.ts'
import type { Deal, Level } from './wire/market.ts'
import type {
  CreateOrder,
  PlacePlanOrder,
  WireFill,
  WireOrder,
  WireOrderType,
  WirePlanOrder,
  WireSide,
} from './wire/orders.ts'

export const toTrade = ({ instrument, scale }: Contract, { t, p, v, T }: Deal): Trade => ({
  type: 'trade',
  instrumentId: instrument.id,
  time: t,
  price: p,
  quantity: scale.toBase(v),
  side: T === 1 ? 'buy' : 'sell',
})

/** Price and coins, as a book of ours keeps them. */
export function toLevels({ scale }: Contract, rows: readonly Level[]): (readonly [price: number, size: Base])[] {
  const levels: (readonly [number, Base])[] = []
  for (const row of rows) levels.push([row[0], scale.toBase(row[1])])
  return levels
}

/** Whether the account holds long and short apart. */
export type PositionMode = 'hedge' | 'oneWay'
export type MarginMode = 'isolated' | 'cross'
export const positionModeOf = (mode: WirePositionMode): PositionMode => (mode === 1 ? 'hedge' : 'oneWay')

/** What an order travels with besides itself. */
export interface OrderTerms {
  readonly positionMode: PositionMode
  readonly marginMode: MarginMode
}

/** An order that can be sent, or the stable code of why it cannot. */
export type Sendable<Request> = { readonly request: Request } | { readonly code: string; readonly message: string }

export function toCreateOrder(order: Order, contract: Contract, terms: OrderTerms): Sendable<CreateOrder> {
  const vol = volumeOf(order, contract)
  if (typeof vol !== 'number') return vol
  if (!/^[\w-]{1,32}$/.test(order.orderId))
    return {
      code: 'clientOrderId',
      message: `client order id ${order.orderId} is not of 1 to 32 letters, digits, _ and -`,
    }
  return {
    request: {
      symbol: contract.instrument.symbol,
      side: sideOf(order),
      type: typeOf(order),
      openType: terms.marginMode === 'isolated' ? 1 : 2,
      vol,
      price: order.type === 'limit' ? (order.price ?? 0) : 0,
      ...(order.reduceOnly ? {} : { leverage: order.leverage }),
      externalOid: order.orderId,
      ...modeFields(order, terms),
    },
  }
}

/** A stop as a plan order at market, for a week; a take-profit stop triggers from the other side. */
export function toPlanOrder(order: Order, contract: Contract, terms: OrderTerms): Sendable<PlacePlanOrder> {
  const vol = volumeOf(order, contract)
  if (typeof vol !== 'number') return vol
  if (order.stopPrice === undefined) return { code: 'stopPrice', message: 'a stop needs a trigger price' }
  return {
    request: {
      symbol: contract.instrument.symbol,
      vol,
      // of the position that it closes; the field is required
      leverage: Math.max(1, Math.round(order.leverage)),
      side: sideOf(order),
      openType: terms.marginMode === 'isolated' ? 1 : 2,
      triggerPrice: order.stopPrice,
      triggerType: (order.side === 'buy') === (order.purpose !== 'takeProfit') ? 1 : 2,
      executeCycle: 2,
      orderType: 5,
      price: 0,
      trend: order.trigger === 'mark' ? 2 : 1,
      ...modeFields(order, terms),
    },
  }
}

/** Opens with 1 and 3, closes with 2 and 4, in both modes. */
export function sideOf({ side, reduceOnly }: Pick<Order, 'side' | 'reduceOnly'>): WireSide {
  if (side === 'buy') return reduceOnly ? 2 : 1
  return reduceOnly ? 4 : 3
}

export const directionOf = (side: WireSide): Side => (side <= 2 ? 'buy' : 'sell')

export function toOrderReport(order: WireOrder, { instrument, scale }: Contract): OrderReport {
  return {
    orderId: clientIdOf(order.externalOid),
    venueOrderId: order.orderId,
    instrumentId: instrument.id,
    side: directionOf(order.side),
    type: order.orderType >= 5 ? 'market' : 'limit',
    timeInForce: timeInForceOf(order.orderType),
    status: statusOf(order),
    quantity: scale.toBase(order.vol),
    filledQuantity: scale.toBase(order.dealVol),
    price: order.orderType >= 5 ? null : order.price,
    stopPrice: null,
    averagePrice: order.dealVol > 0 && order.dealAvgPrice ? order.dealAvgPrice : null,
    reduceOnly: order.reduceOnly === true || order.side === 2 || order.side === 4,
    time: order.updateTime ?? order.createTime,
  }
}

const planStatuses: Readonly<Record<WirePlanOrder['state'], OrderStatus>> = {
  1: 'accepted',
  2: 'canceled',
  3: 'accepted',
  4: 'expired',
  5: 'rejected',
}

/** Waiting or ended; what an executed one became is told of the order it became. `orderId` is ours where we know it. */
export function toPlanReport(plan: WirePlanOrder, ours: OrderId | null, { instrument, scale }: Contract): OrderReport {
  const side = directionOf(plan.side)
  const stops = (plan.triggerType === 1) === (side === 'buy')
  return {
    orderId: ours,
    venueOrderId: plan.id,
    instrumentId: instrument.id,
    side,
    type: stops ? 'stopMarket' : 'takeProfitMarket',
    timeInForce: 'gtc',
    status: planStatuses[plan.state],
    quantity: scale.toBase(plan.vol),
    filledQuantity: 0,
    price: null,
    stopPrice: plan.triggerPrice,
    averagePrice: null,
    reduceOnly: plan.reduceOnly === true || plan.side === 2 || plan.side === 4,
    time: plan.updateTime ?? plan.createTime,
  }
}

export function toFillReport(fill: WireFill, ours: OrderId | null, { instrument, scale }: Contract): FillReport {
  return {
    orderId: ours ?? clientIdOf(fill.externalOid),
    venueOrderId: fill.orderId,
    tradeId: fill.id,
    instrumentId: instrument.id,
    side: directionOf(fill.side),
    price: fill.price,
    quantity: scale.toBase(fill.vol),
    fee: toMoney(fill.fee),
    feeCurrency: fill.feeCurrency,
    liquidity: fill.taker ? 'taker' : 'maker',
    forced: fill.category === 2 ? 'liquidation' : fill.category === 4 ? 'adl' : null,
    time: fill.timestamp,
  }
}

export function toPositionReport(position: WirePosition, { instrument, scale }: Contract): PositionReport {
  const quantity: number = position.state === 3 ? 0 : scale.toBase(position.holdVol)
  return {
    instrumentId: instrument.id,
    quantity: position.positionType === 1 || quantity === 0 ? quantity : -quantity,
    entryPrice: position.holdAvgPrice,
    markPrice: null,
    liquidationPrice: position.liquidatePrice ? position.liquidatePrice : null,
    leverage: position.leverage,
    marginMode: position.openType === 1 ? 'isolated' : 'cross',
    time: position.updateTime ?? position.createTime ?? 0,
  }
}

/** Equity less unrealized profit. */
export function toBalanceReport(asset: Asset, time: number): BalanceReport {
  return {
    currency: asset.currency,
    wallet: toMoney(asset.equity) - toMoney(asset.unrealized),
    available: toMoney(asset.availableBalance),
    time,
  }
}

export function toFundingPayment(row: {
  readonly symbol: string
  readonly funding: number
  readonly rate?: number | null | undefined
  readonly settleTime: number
}): FundingPayment {
  const amount: Money = -toMoney(row.funding)
  return { instrumentId: instrumentId(row.symbol), time: row.settleTime, amount, rate: row.rate ?? null }
}

/** Ours where an external id could be one of ours; the venue's own pages use ids that begin with `_`. */
export function clientIdOf(externalOid: string | null | undefined): OrderId | null {
  return externalOid && /^[0-9A-Za-z-][\w-]{0,31}$/.test(externalOid) ? orderId(externalOid) : null
}

function statusOf({ state, dealVol }: WireOrder): OrderStatus {
  if (state === 1) return 'submitted'
  if (state === 2) return dealVol > 0 ? 'partiallyFilled' : 'accepted'
  if (state === 3) return 'filled'
  return state === 4 ? 'canceled' : 'rejected'
}

const timesInForce: Readonly<Record<WireOrderType, TimeInForce>> = {
  1: 'gtc',
  2: 'postOnly',
  3: 'ioc',
  4: 'fok',
  5: 'gtc',
  6: 'gtc',
}
const timeInForceOf = (type: WireOrderType): TimeInForce => timesInForce[type]

const limitTypes: Readonly<Record<TimeInForce, WireOrderType>> = { gtc: 1, postOnly: 2, ioc: 3, fok: 4 }
const typeOf = ({ type, timeInForce }: Order): WireOrderType => (type === 'market' ? 5 : limitTypes[timeInForce])

function volumeOf(
  order: Order,
  { instrument, scale, detail }: Contract,
): Contracts | { code: string; message: string } {
  const vol = scale.toContracts(base(order.quantity))
  if (vol < detail.minVol)
    return { code: 'belowMinimum', message: `${order.quantity} ${instrument.base} is below ${detail.minVol} contracts` }
  if (!order.reduceOnly && !Number.isInteger(order.leverage))
    return { code: 'leverage', message: `leverage ${order.leverage} is not whole` }
  return vol
}

/** Reduce-only is known in one-way mode; in hedge mode the closing side itself reduces. */
function modeFields({ reduceOnly }: Order, { positionMode }: OrderTerms) {
  return positionMode === 'hedge'
    ? ({ positionMode: 1 } as const)
    : { positionMode: 2 as const, ...(reduceOnly ? { reduceOnly } : {}) }
}
