import type { OrderStatus } from '#model/order.ts'

/** What a venue event says about an order; a fill says whether it completes the quantity. */
export type Evidence = 'accepted' | 'rejected' | 'uncertain' | 'partialFill' | 'completeFill' | 'canceled' | 'expired'

/** Why a venue event does not fit the order's state; the money in it is booked all the same. */
export type AnomalyCode =
  | 'unknownOrder'
  | 'fillAfterTerminal'
  | 'overfill'
  | 'rejectedAfterFill'
  | 'conflictingTerminal'

export interface Transition {
  readonly to: OrderStatus
  readonly anomaly?: AnomalyCode
}

/** An order in one of these is finished; only a completing fill still moves it, to `filled`. */
const terminal: ReadonlySet<OrderStatus> = new Set(['filled', 'canceled', 'expired', 'rejected'])

export function isTerminal(status: OrderStatus): boolean {
  return terminal.has(status)
}

/**
 * The whole life of an order. Evidence may come in any order and twice: late news never moves a status back, the first
 * terminal status stands, and a completing fill beats them all, so every arrival order ends in the same place.
 * `uncertain` is entered from `submitted` only, because any later status already is evidence.
 */
export const transitions: Readonly<Record<OrderStatus, Readonly<Record<Evidence, Transition>>>> = {
  submitted: {
    accepted: { to: 'accepted' },
    rejected: { to: 'rejected' },
    uncertain: { to: 'uncertain' },
    partialFill: { to: 'partiallyFilled' },
    completeFill: { to: 'filled' },
    canceled: { to: 'canceled' },
    expired: { to: 'expired' },
  },
  uncertain: {
    accepted: { to: 'accepted' },
    rejected: { to: 'rejected' },
    uncertain: { to: 'uncertain' },
    partialFill: { to: 'partiallyFilled' },
    completeFill: { to: 'filled' },
    canceled: { to: 'canceled' },
    expired: { to: 'expired' },
  },
  accepted: {
    accepted: { to: 'accepted' },
    rejected: { to: 'rejected' },
    uncertain: { to: 'accepted' },
    partialFill: { to: 'partiallyFilled' },
    completeFill: { to: 'filled' },
    canceled: { to: 'canceled' },
    expired: { to: 'expired' },
  },
  partiallyFilled: {
    accepted: { to: 'partiallyFilled' },
    rejected: { to: 'rejected', anomaly: 'rejectedAfterFill' },
    uncertain: { to: 'partiallyFilled' },
    partialFill: { to: 'partiallyFilled' },
    completeFill: { to: 'filled' },
    canceled: { to: 'canceled' },
    expired: { to: 'expired' },
  },
  filled: {
    accepted: { to: 'filled' },
    rejected: { to: 'filled', anomaly: 'rejectedAfterFill' },
    uncertain: { to: 'filled' },
    partialFill: { to: 'filled', anomaly: 'fillAfterTerminal' },
    completeFill: { to: 'filled', anomaly: 'overfill' },
    canceled: { to: 'filled' },
    expired: { to: 'filled' },
  },
  canceled: {
    accepted: { to: 'canceled' },
    rejected: { to: 'canceled', anomaly: 'conflictingTerminal' },
    uncertain: { to: 'canceled' },
    partialFill: { to: 'canceled', anomaly: 'fillAfterTerminal' },
    completeFill: { to: 'filled', anomaly: 'fillAfterTerminal' },
    canceled: { to: 'canceled' },
    expired: { to: 'canceled', anomaly: 'conflictingTerminal' },
  },
  expired: {
    accepted: { to: 'expired' },
    rejected: { to: 'expired', anomaly: 'conflictingTerminal' },
    uncertain: { to: 'expired' },
    partialFill: { to: 'expired', anomaly: 'fillAfterTerminal' },
    completeFill: { to: 'filled', anomaly: 'fillAfterTerminal' },
    canceled: { to: 'expired', anomaly: 'conflictingTerminal' },
    expired: { to: 'expired' },
  },
  rejected: {
    accepted: { to: 'rejected' },
    rejected: { to: 'rejected' },
    uncertain: { to: 'rejected' },
    partialFill: { to: 'rejected', anomaly: 'fillAfterTerminal' },
    completeFill: { to: 'filled', anomaly: 'fillAfterTerminal' },
    canceled: { to: 'rejected', anomaly: 'conflictingTerminal' },
    expired: { to: 'rejected', anomaly: 'conflictingTerminal' },
  },
}
