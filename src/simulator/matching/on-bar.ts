import type { UnixMs } from '#model/ids.ts'
import { snapPriceAdverse } from '#model/instrument.ts'
import type { Desk } from './desk.ts'
import { allowance, fill, fillable, spend, startResting, startTaking } from './fills.ts'
import type { Lane } from './lane.ts'
import { checkLiquidation, takeOver } from './liquidation.ts'
import { byMark, isStop, reached } from './on-print.ts'
import { atLimit, type Priced, type PrintTouch, signOf, worse } from './pricing.ts'
import { atOpenMs } from './settings.ts'
import type { WorkingOrder } from './working-order.ts'

/** One bar of a recording that has nothing else; `time` is its close. */
export interface PlayedBar {
  readonly row: number
  readonly time: UnixMs
  readonly openTime: UnixMs
  readonly open: number
  readonly high: number
  readonly low: number
  readonly volume: number
}

/**
 * Plays one bar, knowing no order of what happened inside: market orders at its open, then stops, then limits, then
 * liquidation at its worst price. All answers carry the bar's close, when a trader could first know.
 */
export function onBar(desk: Desk, lane: Lane, bar: PlayedBar): void {
  if (lane.liquidating) takeOver(desk, lane, bar.time)
  const wasFlat = lane.position.quantity === 0
  for (const order of lane.orders) if (order.mode === 'taking' && sees(order, bar)) takeFromBar(desk, lane, order, bar)
  for (const order of lane.orders) if (isStop(order) && sees(order, bar)) stopInBar(desk, lane, order, bar)
  for (const order of lane.orders) {
    if (order.mode === 'resting' && order.order.type === 'limit' && sees(order, bar) && wholeBar(order, bar))
      fillResting(desk, lane, order, bar)
  }
  const held = lane.position.quantity
  if (held === 0) return
  if (wasFlat) lane.entryBar = { time: bar.time, low: bar.low, high: bar.high }
  checkLiquidation(desk, lane, bar.time, lane.markAt(bar.time, held > 0 ? bar.low : bar.high))
  if (lane.liquidating) takeOver(desk, lane, bar.time)
}

/**
 * A stop sent in answer to the fill of an entry counts as if it had rested in the entry's bar: when that bar reached it, it is
 * triggered on arrival and fills in the next bar, no better than at the stop.
 */
export function stopHitInEntryBar(desk: Desk, lane: Lane, order: WorkingOrder): boolean {
  const { entryBar } = lane
  if (entryBar === null || order.sentAt > entryBar.time + desk.settings.reportLatencyMs + atOpenMs) return false
  return reached(order, order.order.side === 'sell' ? entryBar.low : entryBar.high)
}

/** Price of a stop that the market ran through: half a tick beyond it, rounded against us. */
export function beyondStop(lane: Lane, order: WorkingOrder): number {
  const { side, stopPrice = NaN } = order.order
  return snapPriceAdverse(lane.instrument, stopPrice + (signOf(side) * lane.instrument.tickSize) / 2, side)
}

function sees(order: WorkingOrder, bar: PlayedBar): boolean {
  return bar.time > order.arrivesAt && bar.time > order.sentAt
}

/** Sent at the close before the bar, so all of it counts. */
function wholeBar(order: WorkingOrder, bar: PlayedBar): boolean {
  return order.sentAt <= bar.openTime + atOpenMs
}

/** Bars have prices of their own: parts of a lot from one to the next cost those of the bar that fills them. */
const unknownTouch: PrintTouch = { ask: NaN, bid: NaN }

/** Open plus half the bar's range against us, within the bar; its worst price for an order sent while it was forming. */
function takeFromBar(desk: Desk, lane: Lane, order: WorkingOrder, bar: PlayedBar): void {
  const { side, price: limit, type, timeInForce } = order.order
  const wanted = fillable(lane, order)
  const quantity = Math.min(wanted, allowance(desk, lane, bar.row, bar.volume, unknownTouch))
  if (quantity <= 0) return
  const extreme = side === 'buy' ? bar.high : bar.low
  const half = bar.open + (signOf(side) * (bar.high - bar.low)) / 2
  const touch = wholeBar(order, bar) ? (side === 'buy' ? Math.min(extreme, half) : Math.max(extreme, half)) : extreme
  const price = snapPriceAdverse(lane.instrument, worse(side, touch, order.noBetterThan), side)
  if (type === 'limit' && limit !== undefined && signOf(side) * (price - limit) > 0) {
    if (timeInForce === 'gtc' || timeInForce === 'postOnly') startResting(lane, order, bar.time)
    return
  }
  if (type === 'limit' && timeInForce === 'fok' && quantity < wanted) return
  take(desk, lane, order, bar, { price, reference: bar.open, touch }, quantity, 'taker')
}

/** A gap fills at the open, a touched stop just beyond itself; what the bar's volume does not allow goes at market in the next. */
function stopInBar(desk: Desk, lane: Lane, order: WorkingOrder, bar: PlayedBar): void {
  if (byMark(order) && lane.markKnown(bar.time)) return
  const { side, stopPrice = NaN } = order.order
  if (!reached(order, side === 'buy' ? bar.high : bar.low)) return
  const gap = reached(order, bar.open)
  startTaking(lane, order, bar.openTime)
  const quantity = Math.min(fillable(lane, order), allowance(desk, lane, bar.row, bar.volume, unknownTouch))
  if (quantity <= 0) return
  const late = gap && !wholeBar(order, bar)
  const beyond = beyondStop(lane, order)
  const priced = gap
    ? {
        price: snapPriceAdverse(lane.instrument, late ? worse(side, bar.open, beyond) : bar.open, side),
        reference: bar.open,
        touch: bar.open,
      }
    : { price: beyond, reference: stopPrice, touch: stopPrice }
  take(desk, lane, order, bar, priced, quantity, 'taker')
}

function fillResting(desk: Desk, lane: Lane, order: WorkingOrder, bar: PlayedBar): void {
  const { side, price: limit = NaN } = order.order
  const through = side === 'buy' ? bar.low < limit : bar.high > limit
  if (!through) return
  const quantity = Math.min(fillable(lane, order), allowance(desk, lane, bar.row, bar.volume, unknownTouch))
  if (quantity > 0) take(desk, lane, order, bar, atLimit(limit), quantity, 'maker')
}

function take(
  desk: Desk,
  lane: Lane,
  order: WorkingOrder,
  bar: PlayedBar,
  priced: Priced,
  quantity: number,
  liquidity: 'maker' | 'taker',
): void {
  fill(desk, lane, order, bar.time, priced, quantity, liquidity)
  spend(lane, quantity, unknownTouch)
}
