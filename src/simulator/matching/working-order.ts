import type { UnixMs } from '#model/ids.ts'
import type { Order } from '#model/order.ts'

/** An order at the venue or on its way there. Plain data: a snapshot copies it as it is. */
export interface WorkingOrder {
  readonly order: Order
  /** Decision time. */
  readonly sentAt: UnixMs
  /** What traded up to then was known, or had triggered the stop, and is never filled against. */
  knownUntil: UnixMs
  arrivesAt: UnixMs
  /** `inFlight` → `taking` (pays the touch) or `resting` (waits at its limit or stop); a taking limit may come to rest, a stop to take; `done` orders are swept away. */
  mode: 'inFlight' | 'taking' | 'resting' | 'done'
  /** Base units still to fill, on the lot grid. */
  remaining: number
  fills: number
  /** Σ price × quantity filled, quote. */
  quoteFilled: number
  /** σ and V of the hour before it began to take; NaN until then. */
  volatility: number
  quoteVolume: number
  /** Base units before ours at its price in a recorded book; NaN without one. */
  queueAhead: number
  /** No fill better than this; NaN = none. Set when a stop counts as hit in the bar of its entry. */
  noBetterThan: number
}

export function createWorkingOrder(order: Order, sentAt: UnixMs, arrivesAt: UnixMs): WorkingOrder {
  return {
    order,
    sentAt,
    knownUntil: sentAt,
    arrivesAt,
    mode: 'inFlight',
    remaining: order.quantity,
    fills: 0,
    quoteFilled: 0,
    volatility: NaN,
    quoteVolume: NaN,
    queueAhead: NaN,
    noBetterThan: NaN,
  }
}
