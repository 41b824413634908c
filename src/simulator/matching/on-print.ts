import type { UnixMs } from '#model/ids.ts'
import { floorQuantity } from '#model/instrument.ts'
import type { SideCode } from '#model/market.ts'
import type { Desk } from './desk.ts'
import { allowance, fill, fillable, impactOf, spend, startResting, startTaking } from './fills.ts'
import type { Lane } from './lane.ts'
import { checkLiquidation, takeOver } from './liquidation.ts'
import { atLimit, besidePrint, signOf, takerPrice, worse } from './pricing.ts'
import type { WorkingOrder } from './working-order.ts'

/** One print of the tape. */
export interface Print {
  readonly row: number
  readonly time: UnixMs
  readonly price: number
  readonly quantity: number
  readonly side: SideCode
}

/** Plays one print: fills first, then liquidation, then stops, which fill from the next print on. */
export function onPrint(desk: Desk, lane: Lane, print: Print): void {
  const { time, price } = print
  if (lane.liquidating) takeOver(desk, lane, time)
  for (const order of lane.orders) if (sees(order, time)) fillOnPrint(desk, lane, order, print)
  checkLiquidation(desk, lane, time, lane.markAt(time, price))
  for (const order of lane.orders) {
    if (isStop(order) && sees(order, time) && !(byMark(order) && lane.markKnown(time)) && reached(order, price)) {
      trigger(lane, order, time)
    }
  }
}

/** Whether a row of that time counts for the order: it had arrived, and the row was not yet known when it was decided or triggered. */
export function sees(order: WorkingOrder, time: UnixMs): boolean {
  return time >= order.arrivesAt && time > order.knownUntil && order.mode !== 'inFlight'
}

export function isStop(order: WorkingOrder): boolean {
  return order.mode === 'resting' && order.order.type === 'stopMarket'
}

export function byMark(order: WorkingOrder): boolean {
  return order.order.trigger === 'mark'
}

/** A stop is reached when the price is at it or beyond. */
export function reached(order: WorkingOrder, price: number): boolean {
  const { side, stopPrice = NaN } = order.order
  return signOf(side) * (price - stopPrice) >= 0
}

/** The stop becomes a market order, with no further latency: it meets what comes after the sweep that reached it, print or book. */
function trigger(lane: Lane, order: WorkingOrder, time: UnixMs): void {
  startTaking(lane, order, time)
  order.knownUntil = time
}

function fillOnPrint(desk: Desk, lane: Lane, order: WorkingOrder, print: Print): void {
  if (order.mode === 'taking') takeFromPrint(desk, lane, order, print)
  else if (order.mode === 'resting' && order.order.type === 'limit') fillResting(desk, lane, order, print)
}

function takeFromPrint(desk: Desk, lane: Lane, order: WorkingOrder, print: Print): void {
  const { time, price, row } = print
  if (lane.book.usable(time)) return
  const { side, type, price: limit = NaN, timeInForce } = order.order
  const wanted = fillable(lane, order)
  const beside = besidePrint(lane.instrument, price, print.side)
  const quantity = Math.min(wanted, allowance(desk, lane, row, print.quantity, beside))
  if (quantity <= 0) return
  const gathered = side === 'buy' ? lane.creditAsk : lane.creditBid
  const known = worse(side, gathered, lane.touch.known(side, row, time))
  const priced = takerPrice(lane.instrument, side, price, known, impactOf(desk, order, price, quantity))
  const patient = timeInForce === 'gtc' || timeInForce === 'postOnly'
  if (type === 'limit' && signOf(side) * (priced.price - limit) > 0) {
    if (patient) startResting(lane, order, time)
    return
  }
  if (type === 'limit' && timeInForce === 'fok' && quantity < wanted) return
  fill(desk, lane, order, time, priced, quantity, 'taker')
  spend(lane, quantity, beside)
}

/** Maker fills: traded strictly through the limit, or at it once the recorded queue before us is used up. */
function fillResting(desk: Desk, lane: Lane, order: WorkingOrder, print: Print): void {
  const limit = order.order.price ?? NaN
  const sign = signOf(order.order.side)
  const through = sign * (limit - print.price)
  if (through < 0 || (through === 0 && (Number.isNaN(order.queueAhead) || print.side === sign))) return
  let open = print.quantity
  if (through === 0) {
    open = Math.max(0, print.quantity - order.queueAhead)
    order.queueAhead = Math.max(0, order.queueAhead - print.quantity)
  }
  const share = floorQuantity(lane.instrument, desk.settings.participation * open)
  const beside = besidePrint(lane.instrument, print.price, print.side)
  const quantity = Math.min(
    fillable(lane, order),
    allowance(desk, lane, print.row, print.quantity, beside),
    through === 0 ? share : Infinity,
  )
  if (quantity <= 0) return
  fill(desk, lane, order, print.time, atLimit(limit), quantity, 'maker')
  spend(lane, quantity, beside)
}
