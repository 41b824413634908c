import type { UnixMs } from '#model/ids.ts'
import { floorQuantity, snapQuantity } from '#model/instrument.ts'
import { product, share, toNumber } from '#model/money.ts'
import { measureActivity } from './activity.ts'
import type { ExpireCode, CancelCode } from './codes.ts'
import { type Desk, report } from './desk.ts'
import { planFunding } from './funding.ts'
import type { Lane } from './lane.ts'
import { impactFraction, type Priced, type PrintTouch, signOf, slippageOf } from './pricing.ts'
import type { WorkingOrder } from './working-order.ts'

/** Books one fill of an order: wallet, position, answer; then ends what it made pointless. */
export function fill(
  desk: Desk,
  lane: Lane,
  order: WorkingOrder,
  time: UnixMs,
  priced: Priced,
  quantity: number,
  liquidity: 'maker' | 'taker',
): void {
  const { instrument, position } = lane
  const { orderId, side, leverage, decisionPrice } = order.order
  const { price } = priced
  const notional = product(price, quantity)
  const fee = share(notional, feeRate(desk, lane, liquidity))
  const wasFlat = position.quantity === 0
  desk.cash += position.fill(instrument, side, price, quantity, leverage) - fee
  order.remaining = snapQuantity(instrument, order.remaining - quantity)
  order.quoteFilled += toNumber(notional)
  order.fills++
  report(desk, lane, {
    type: 'orderFilled',
    orderId,
    tradeId: `${orderId}-f${order.fills}`,
    time,
    price,
    quantity,
    liquidity,
    fee,
    slippage: slippageOf(side, decisionPrice, priced),
  })
  if (order.remaining <= 0) finish(desk, order)
  settlePosition(desk, lane, time, wasFlat)
}

/** After any change of the position: liquidation price, funding, and reduce-only orders left without anything to reduce. */
export function settlePosition(desk: Desk, lane: Lane, time: UnixMs, wasFlat: boolean): void {
  const { position } = lane
  lane.liquidationPrice = position.liquidationPrice(lane.instrument)
  if (position.quantity === 0) {
    lane.liquidating = false
    lane.entryBar = null
    desk.schedule.dropFunding(lane.instrument.id)
  } else if (wasFlat) {
    planFunding(desk, lane, time)
  }
  for (const order of lane.orders) {
    const working = order.mode === 'taking' || order.mode === 'resting'
    if (working && order.order.reduceOnly && reducible(lane, order) === 0)
      expire(desk, lane, order, time, 'reduceOnlyNoPosition')
  }
}

export function feeRate(desk: Desk, lane: Lane, liquidity: 'maker' | 'taker'): number {
  const fees = desk.settings.fees
  if (liquidity === 'maker') return fees?.makerRate ?? lane.instrument.makerFeeRate
  return fees?.takerRate ?? lane.instrument.takerFeeRate
}

/** Base units of the position that this order's side would close. */
export function reducible(lane: Lane, order: WorkingOrder): number {
  return Math.max(0, -signOf(order.order.side) * lane.position.quantity)
}

/** What the order may still fill: its rest, a reduce-only one no more than the position. */
export function fillable(lane: Lane, order: WorkingOrder): number {
  return order.order.reduceOnly ? Math.min(order.remaining, reducible(lane, order)) : order.remaining
}

/** Base units of market row `row` still open to us. Shares below one lot are gathered until they make one, which costs the worst of their prices. */
export function allowance(desk: Desk, lane: Lane, row: number, quantity: number, touch: PrintTouch): number {
  const { instrument } = lane
  if (lane.creditRow !== row) {
    const share = desk.settings.participation * quantity
    const part = lane.credit % instrument.lotSize
    const gathers = part > 1e-9 * instrument.lotSize && floorQuantity(instrument, share) === 0
    lane.credit = gathers ? part + share : share
    lane.creditAsk = gathers ? Math.max(lane.creditAsk, touch.ask) : touch.ask
    lane.creditBid = gathers ? Math.min(lane.creditBid, touch.bid) : touch.bid
    lane.creditRow = row
  }
  return floorQuantity(instrument, lane.credit)
}

/** What an order took of the row; parts gathered before went first, so what is left is the row's own. */
export function spend(lane: Lane, quantity: number, touch: PrintTouch): void {
  lane.credit -= quantity
  lane.creditAsk = touch.ask
  lane.creditBid = touch.bid
}

/** Impact fraction once the order has filled `quantity` more at about `price`. */
export function impactOf(desk: Desk, order: WorkingOrder, price: number, quantity: number): number {
  return impactFraction(desk.settings.impact, order.volatility, order.quoteVolume, order.quoteFilled + price * quantity)
}

/** The order starts to take: σ and V are measured now, from what lies before. */
export function startTaking(lane: Lane, order: WorkingOrder, time: UnixMs): void {
  const { volatility, quoteVolume } = measureActivity(lane.recording, lane.instrument, time)
  order.mode = 'taking'
  order.volatility = volatility
  order.quoteVolume = quoteVolume
}

/** The order waits at its limit, behind what the recorded book shows there. */
export function startResting(lane: Lane, order: WorkingOrder, time: UnixMs): void {
  const { price, side } = order.order
  order.mode = 'resting'
  order.queueAhead = price !== undefined && lane.book.usable(time) ? lane.book.sizeAt(side, price) : NaN
}

export function expire(desk: Desk, lane: Lane, order: WorkingOrder, time: UnixMs, code: ExpireCode): void {
  finish(desk, order)
  report(desk, lane, { type: 'orderExpired', orderId: order.order.orderId, code, time })
}

export function cancelOrder(desk: Desk, lane: Lane, order: WorkingOrder, time: UnixMs, code: CancelCode): void {
  finish(desk, order)
  report(desk, lane, { type: 'orderCanceled', orderId: order.order.orderId, code, time })
}

/** The order is over; it is swept from its lane after the current row. */
export function finish(desk: Desk, order: WorkingOrder): void {
  order.mode = 'done'
  desk.schedule.dropOrder(order.order.orderId)
  desk.orders.delete(order.order.orderId)
}
