import type { UnixMs } from '#model/ids.ts'
import { fillAtEnd } from './at-end.ts'
import { marketable, refusalOf } from './checks.ts'
import { type Desk, report } from './desk.ts'
import { expire, finish, fillable, startResting, startTaking } from './fills.ts'
import type { Lane } from './lane.ts'
import { beyondStop, stopHitInEntryBar } from './on-bar.ts'
import { takeFromBook } from './on-book.ts'
import { byMark, reached } from './on-print.ts'
import { immediateMs } from './settings.ts'
import type { WorkingOrder } from './working-order.ts'

/** The order reaches the venue: refused with the first reason found, or accepted and put to work. */
export function arrive(desk: Desk, lane: Lane, order: WorkingOrder, time: UnixMs): void {
  const { orderId, reduceOnly, expiresAt } = order.order
  const refusal = refusalOf(desk, lane, order, time)
  if (refusal !== null) {
    finish(desk, order)
    report(desk, lane, { type: 'orderRejected', orderId, ...refusal, time })
    return
  }
  desk.accepted++
  report(desk, lane, { type: 'orderAccepted', orderId, venueOrderId: `sim-${desk.accepted}`, time })
  if (expiresAt !== undefined && expiresAt <= time) return expire(desk, lane, order, time, 'timeout')
  if (reduceOnly && fillable(lane, order) === 0) return expire(desk, lane, order, time, 'reduceOnlyNoPosition')
  if (lane.ended) return fillAtEnd(desk, lane, order, time)
  if (expiresAt !== undefined) expireLater(desk, lane, order, expiresAt, 'timeout')
  work(desk, lane, order, time)
}

/** All orders still on their way arrive at once: the recording has ended. */
export function arriveAll(desk: Desk, lane: Lane, time: UnixMs): void {
  for (const order of lane.orders) {
    if (order.mode !== 'inFlight') continue
    desk.schedule.dropOrder(order.order.orderId)
    arrive(desk, lane, order, time)
  }
}

function work(desk: Desk, lane: Lane, order: WorkingOrder, time: UnixMs): void {
  const { type } = order.order
  lane.credit = 0
  if (type === 'stopMarket') return workStop(desk, lane, order, time)
  if (type === 'limit' && !marketable(lane, order, time)) return workPassive(desk, lane, order, time)
  startTaking(lane, order, time)
  if (type === 'limit') limitWindow(desk, lane, order, time)
  if (lane.book.usable(time)) takeFromBook(desk, lane, order, time)
}

function workPassive(desk: Desk, lane: Lane, order: WorkingOrder, time: UnixMs): void {
  const { timeInForce } = order.order
  if (timeInForce === 'ioc') return expire(desk, lane, order, time, 'iocUnfilled')
  if (timeInForce === 'fok') return expire(desk, lane, order, time, 'fokUnfilled')
  startResting(lane, order, time)
}

/** A stop already passed triggers at once. */
function workStop(desk: Desk, lane: Lane, order: WorkingOrder, time: UnixMs): void {
  order.mode = 'resting'
  if (lane.recording.onlyBars && stopHitInEntryBar(desk, lane, order)) {
    order.noBetterThan = beyondStop(lane, order)
    return startTaking(lane, order, time)
  }
  const last = lane.recording.lastPrice(time)
  if (!reached(order, byMark(order) ? lane.markAt(time, last) : last)) return
  startTaking(lane, order, time)
  if (lane.book.usable(time)) takeFromBook(desk, lane, order, time)
}

/** Immediate orders on a recording without depth may take for a second; on bars, until the next bar is over. */
function limitWindow(desk: Desk, lane: Lane, order: WorkingOrder, time: UnixMs): void {
  const { timeInForce } = order.order
  if (timeInForce !== 'ioc' && timeInForce !== 'fok') return
  const { bars, recording } = lane
  const window = recording.onlyBars ? (bars.tape.chunkOf(bars.row)?.columns.intervalMs ?? immediateMs) : immediateMs
  expireLater(desk, lane, order, time + window, timeInForce === 'ioc' ? 'iocUnfilled' : 'fokUnfilled')
}

function expireLater(
  desk: Desk,
  lane: Lane,
  order: WorkingOrder,
  time: UnixMs,
  code: 'timeout' | 'iocUnfilled' | 'fokUnfilled',
): void {
  desk.schedule.add({ type: 'expire', instrumentId: lane.instrument.id, orderId: order.order.orderId, time, code })
}
