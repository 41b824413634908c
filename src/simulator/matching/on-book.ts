import type { UnixMs } from '#model/ids.ts'
import { floorQuantity } from '#model/instrument.ts'
import type { BookUpdate } from '#model/market.ts'
import type { Level } from './book.ts'
import type { Desk } from './desk.ts'
import { expire, fill, fillable, startResting } from './fills.ts'
import type { Lane } from './lane.ts'
import { atLimit, signOf, worse } from './pricing.ts'
import type { WorkingOrder } from './working-order.ts'

/** Plays one depth update: takers walk what is new, makers are filled when the book has come through their limit. */
export function onBookUpdate(desk: Desk, lane: Lane, update: BookUpdate): void {
  const { book } = lane
  book.apply(update)
  if (!book.usable(update.time)) return
  for (const order of lane.orders) {
    if (order.mode === 'taking') takeFromBook(desk, lane, order, update.time)
    else if (order.mode === 'resting' && order.order.type === 'limit') fillCrossed(desk, lane, order, update.time)
  }
}

/**
 * Walks the levels from the best, at most our share of each and never the same liquidity twice; each level is a fill at its
 * own price. Reference is the mid, spread the way to the best level, impact the walk beyond it.
 */
export function takeFromBook(desk: Desk, lane: Lane, order: WorkingOrder, time: UnixMs): void {
  const { book } = lane
  const { side, type, timeInForce } = order.order
  const limit = type === 'limit' ? (order.order.price ?? NaN) : signOf(side) * Infinity
  const levels = book.opposite(side)
  const best = levels[0].price
  // A crossed book has its mid on the wrong side of the touch.
  const mid = worse(side === 'buy' ? 'sell' : 'buy', book.mid, best)
  if (
    type === 'limit' &&
    timeInForce === 'fok' &&
    reachable(desk, lane, order, levels, limit) < fillable(lane, order)
  ) {
    expire(desk, lane, order, time, 'fokUnfilled')
    return
  }
  for (const level of levels) {
    if (order.mode !== 'taking' || signOf(side) * (level.price - limit) > 0) break
    const quantity = Math.min(open(desk, lane, level), fillable(lane, order))
    if (quantity <= 0) continue
    level.taken += quantity
    fill(desk, lane, order, time, { price: level.price, reference: mid, touch: best }, quantity, 'taker')
  }
  if (order.mode !== 'taking' || type !== 'limit') return
  if (timeInForce === 'ioc') expire(desk, lane, order, time, 'iocUnfilled')
  else if (signOf(side) * (best - limit) > 0) startResting(lane, order, time)
}

/** The other side stands strictly beyond our limit, so we have been traded through: our share of it fills us at the limit. */
function fillCrossed(desk: Desk, lane: Lane, order: WorkingOrder, time: UnixMs): void {
  const { side, price: limit = NaN } = order.order
  for (const level of lane.book.opposite(side)) {
    if (order.mode !== 'resting' || signOf(side) * (limit - level.price) <= 0) break
    const quantity = Math.min(open(desk, lane, level), fillable(lane, order))
    if (quantity <= 0) continue
    level.taken += quantity
    fill(desk, lane, order, time, atLimit(limit), quantity, 'maker')
  }
  if (order.mode === 'resting') order.queueAhead = Math.min(order.queueAhead, lane.book.sizeAt(side, limit))
}

/** Base units of a level still open to us. */
function open(desk: Desk, lane: Lane, level: Level): number {
  return floorQuantity(lane.instrument, desk.settings.participation * level.size - level.taken)
}

function reachable(desk: Desk, lane: Lane, order: WorkingOrder, levels: readonly Level[], limit: number): number {
  let total = 0
  for (const level of levels)
    if (signOf(order.order.side) * (level.price - limit) <= 0) total += Math.max(0, open(desk, lane, level))
  return total
}
