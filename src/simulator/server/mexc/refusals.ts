import type { OrderReason, Refusal, RefusalCode } from '../types.ts'
import { unknownContract, WireError } from './wire-error.ts'

const words: Readonly<Record<RefusalCode, readonly [code: number, message: string]>> = {
  unknownInstrument: [1001, 'Contract does not exist'],
  delisted: [1001, 'Contract not exists'],
  halted: [6001, 'Trading forbidden'],
  noPermission: [704, 'No permission to place or cancel orders'],
  positionSideMismatch: [2022, 'Position type error'],
  invalidQuantity: [2011, 'Order quantity error'],
  minQuantity: [2011, 'Order quantity error'],
  minNotional: [2011, 'Order quantity error'],
  lotSize: [2015, 'Price or quantity precision error'],
  tickSize: [2015, 'Price or quantity precision error'],
  maxQuantity: [2028, 'The order quantity is too large'],
  invalidPrice: [2007, 'Order price error'],
  priceBand: [2003, 'Order price is above the limit'],
  leverage: [2006, 'Leverage is out of range'],
  maxPosition: [2031, 'The position exceeds the risk limit'],
  insufficientMargin: [2005, 'Balance insufficient'],
  postOnlyWouldTake: [2007, 'Order price error'],
  fokUnfilled: [2007, 'Order price error'],
  reduceOnlyRejected: [2009, 'Position does not exist or is closed'],
  noPosition: [2008, 'Not enough position to close'],
  duplicateClientId: [2042, 'Duplicate externalOid'],
  tooManyOrders: [2036, 'Too many open orders'],
  tooManyConditionals: [2016, 'Too many trigger orders'],
  wouldTrigger: [3004, 'Trigger price error'],
  liquidating: [6002, 'Opening a position is forbidden'],
  noMarket: [6001, 'Trading forbidden'],
  unknownOrder: [2040, 'order not exist'],
  notOpen: [2041, 'order state cannot be cancelled'],
  noChange: [600, 'Parameter error: nothing changes'],
  openOrders: [2019, 'There are open orders or positions'],
  openPosition: [2019, 'There are open orders or positions'],
  injected: [2005, 'Balance insufficient'],
}

/** A refusal as the venue's failure; `side` is the order's, `holds` whether there is a position on the side that was to be closed. */
export function worded(
  refusal: Refusal,
  about: { readonly side?: 'buy' | 'sell'; readonly holds?: boolean } = {},
): WireError {
  const { code } = refusal
  if (code === 'unknownInstrument') return unknownContract()
  if (code === 'priceBand' && about.side === 'sell') return new WireError(2004, 'Order price is below the limit')
  if (code === 'noPosition' && about.holds === false) return new WireError(...words.reduceOnlyRejected)
  return new WireError(...words[code])
}

const reasons: Partial<Record<OrderReason, number>> = {
  insufficientMargin: 2,
  noPosition: 3,
  reduceOnlyRejected: 3,
  positionGone: 4,
  maxPosition: 7,
  positionSideMismatch: 9,
  halted: 11,
  delisted: 12,
  liquidated: 13,
  liquidating: 13,
  adl: 14,
  fokUnfilled: 19,
  postOnlyWouldTake: 20,
  requested: 0,
  amended: 0,
}

/** `errorCode` of an order that ended; 8 (by the system) where the venue has no word. */
export function errorCodeOf(reason: OrderReason | null, type: 'market' | 'limit'): number {
  if (reason === null) return 0
  if (reason === 'remainder') return type === 'market' ? 21 : 18
  return reasons[reason] ?? 8
}
