import type { UnixMs } from '#model/ids.ts'
import type { Desk } from './desk.ts'
import { cancelOrder, fill, fillable, impactOf, startTaking } from './fills.ts'
import type { Lane } from './lane.ts'
import { takeOver } from './liquidation.ts'
import { signOf, takerPrice } from './pricing.ts'
import { assumedHalfSpread } from './settings.ts'
import type { WorkingOrder } from './working-order.ts'

/** The recording ends: answers on their way arrive now, exits at market fill at the last price, everything else is canceled. */
export function endRecording(desk: Desk, lane: Lane, time: UnixMs): void {
  lane.ended = true
  desk.outbox.bringForward(lane.instrument.id, time)
  if (lane.liquidating) takeOver(desk, lane, time)
  for (const order of lane.orders) {
    if (order.mode === 'taking' && order.order.type !== 'limit') fillAtEnd(desk, lane, order, time)
    else if (order.mode === 'taking' || order.mode === 'resting') cancelOrder(desk, lane, order, time, 'endOfData')
  }
}

/**
 * Fills a market order whole and at once: last price, the best known touch before the end (else half a spread of 0.1 % of
 * the price), and the impact of its whole notional. Entries sent before the end are canceled instead: nobody could leave them.
 */
export function fillAtEnd(desk: Desk, lane: Lane, order: WorkingOrder, time: UnixMs): void {
  const { side } = order.order
  const end = Math.min(time, lane.recording.endsAt) + 0.5
  const last = lane.recording.lastPrice(end)
  const quantity = fillable(lane, order)
  const tooLate = !order.order.reduceOnly && order.sentAt < lane.recording.endsAt
  if (tooLate || Number.isNaN(last)) {
    cancelOrder(desk, lane, order, time, 'endOfData')
    return
  }
  if (Number.isNaN(order.volatility)) startTaking(lane, order, end)
  const usable = lane.book.usable(end)
  const known = usable ? lane.book.opposite(side)[0].price : lane.touch.known(side, lane.recording.trades.end, end)
  const touch = Number.isNaN(known) ? last * (1 + signOf(side) * assumedHalfSpread) : known
  const priced = takerPrice(lane.instrument, side, last, touch, impactOf(desk, order, last, quantity))
  fill(desk, lane, order, time, priced, quantity, 'taker')
}
