import type { Instrument } from '#model/instrument.ts'
import { snapQuantity } from '#model/instrument.ts'
import type { ExchangeOrder } from './types.ts'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** An order as the exchange works on it. */
export interface WorkingOrder extends Mutable<ExchangeOrder> {
  /** Market's own size at its price that was there first and must trade before it. */
  queueAhead: number
  /** In the book. */
  resting: boolean
  /** Takes back a planned expiry. */
  unplan: (() => void) | null
  selfTrade: 'allow' | 'expireMaker' | 'expireTaker'
}

export const isOpen = (order: Pick<ExchangeOrder, 'status'>): boolean =>
  order.status === 'new' || order.status === 'partiallyFilled'

/** Base units not filled yet. */
export function remainingOf(instrument: Instrument, order: ExchangeOrder): number {
  return snapQuantity(instrument, order.quantity - order.filledQuantity)
}

/** The order as it is now, for events and answers. */
export function snapshotOf(order: WorkingOrder): ExchangeOrder {
  const { queueAhead: _queue, resting: _resting, unplan: _unplan, selfTrade: _self, ...told } = order
  return told
}
