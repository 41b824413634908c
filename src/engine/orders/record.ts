import { snapQuantity } from '#model/instrument.ts'
import { type Money, product, unitPrice } from '#model/money.ts'
import type {
  Order,
  OrderAccepted,
  OrderCanceled,
  OrderExpired,
  OrderFilled,
  OrderRejected,
  OrderUncertain,
} from '#model/order.ts'
import { unreachable } from '#model/unreachable.ts'
import { type AnomalyCode, type Evidence, transitions } from './transitions.ts'

/** Venue events about one order. */
export type OrderEvent = OrderAccepted | OrderRejected | OrderUncertain | OrderFilled | OrderCanceled | OrderExpired

/** An order with what its fills add up to; plain data. */
export interface OrderRecord {
  order: Order
  /** Trades already booked: each counts once. */
  readonly tradeIds: Set<string>
  /** Σ price × quantity. */
  notional: Money
  lowestPrice: number
  highestPrice: number
}

/** A record of a new order, nothing filled. */
export function toRecord(order: Order): OrderRecord {
  return { order, tradeIds: new Set(), notional: 0n, lowestPrice: Number.POSITIVE_INFINITY, highestPrice: 0 }
}

/** Moves the record by one event that is not a repeated fill; returns what did not fit. */
export function applyTo(record: OrderRecord, event: OrderEvent, lotSize: number): AnomalyCode | undefined {
  const { order } = record
  const filledQuantity =
    event.type === 'orderFilled'
      ? snapQuantity({ lotSize }, order.filledQuantity + event.quantity)
      : order.filledQuantity
  const transition = transitions[order.status][toEvidence(event, filledQuantity >= order.quantity)]
  if (event.type === 'orderFilled') addFill(record, event)
  record.order = {
    ...order,
    status: transition.to,
    filledQuantity,
    averagePrice: filledQuantity > 0 ? averagePrice(record, filledQuantity) : order.averagePrice,
    updatedAt: Math.max(order.updatedAt, event.time),
    ...(event.type === 'orderAccepted' ? { venueOrderId: event.venueOrderId } : {}),
    ...('code' in event && transition.to !== order.status ? { code: event.code } : {}),
  }
  return filledQuantity > order.quantity && event.type === 'orderFilled' ? 'overfill' : transition.anomaly
}

function toEvidence(event: OrderEvent, complete: boolean): Evidence {
  switch (event.type) {
    case 'orderAccepted':
      return 'accepted'
    case 'orderRejected':
      return 'rejected'
    case 'orderUncertain':
      return 'uncertain'
    case 'orderFilled':
      return complete ? 'completeFill' : 'partialFill'
    case 'orderCanceled':
      return 'canceled'
    case 'orderExpired':
      return 'expired'
    default:
      return unreachable(event)
  }
}

function addFill(record: OrderRecord, fill: OrderFilled): void {
  record.tradeIds.add(fill.tradeId)
  record.notional += product(fill.price, fill.quantity)
  record.lowestPrice = Math.min(record.lowestPrice, fill.price)
  record.highestPrice = Math.max(record.highestPrice, fill.price)
}

/** From the exact sum; the bounds undo its rounding to 1e-8, so one price stays that price. */
function averagePrice(record: OrderRecord, filledQuantity: number): number {
  const average = unitPrice(record.notional, filledQuantity)
  return Math.min(record.highestPrice, Math.max(record.lowestPrice, average))
}
