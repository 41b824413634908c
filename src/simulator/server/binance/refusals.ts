import type { Refusal, RefusalCode } from '../types.ts'
import { WireError } from './wire-error.ts'

/** Code and words of each refusal on an order; some depend on what was asked. */
const wording: Readonly<Record<RefusalCode, readonly [code: number, message: string]>> = {
  unknownInstrument: [-1121, 'Invalid symbol.'],
  halted: [-4140, 'Invalid symbol status for opening position.'],
  delisted: [-4141, 'Symbol is closed.'],
  noPermission: [-2015, 'Invalid API-key, IP, or permissions for action.'],
  positionSideMismatch: [-4061, "Order's position side does not match user's setting."],
  invalidQuantity: [-4003, 'Quantity less than or equal to zero.'],
  lotSize: [-4023, 'Qty not increased by step size.'],
  minQuantity: [-4004, 'Quantity less than min quantity.'],
  maxQuantity: [-4005, 'Quantity greater than max quantity.'],
  minNotional: [-4164, "Order's notional must be no smaller than the minimum (unless you choose reduce only)."],
  invalidPrice: [-4001, 'Price less than or equal to zero.'],
  tickSize: [-4014, 'Price not increased by tick size.'],
  priceBand: [-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit."],
  leverage: [-4028, 'Leverage is not valid.'],
  maxPosition: [-2027, 'Exceeded the maximum allowable position at current leverage.'],
  insufficientMargin: [-2019, 'Margin is insufficient.'],
  postOnlyWouldTake: [
    -5022,
    'Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not be recorded in the order history',
  ],
  fokUnfilled: [
    -5021,
    'Due to the order could not be filled immediately, the FOK order has been rejected. The order will not be recorded in the order history',
  ],
  reduceOnlyRejected: [-2022, 'ReduceOnly Order is rejected.'],
  noPosition: [-2022, 'ReduceOnly Order is rejected.'],
  duplicateClientId: [-4116, 'ClientOrderId is duplicated.'],
  tooManyOrders: [-2025, 'Reach max open order limit.'],
  tooManyConditionals: [-4045, 'Reach max stop order limit.'],
  wouldTrigger: [-2021, 'Order would immediately trigger.'],
  liquidating: [-2023, 'User in liquidation mode now.'],
  noMarket: [-2020, 'Unable to fill.'],
  unknownOrder: [-2011, 'Unknown order sent.'],
  notOpen: [-2011, 'Unknown order sent.'],
  noChange: [-5027, 'No need to modify the order.'],
  openOrders: [-4067, 'Position side cannot be changed if there exists open orders.'],
  openPosition: [-4068, 'Position side cannot be changed if there exists position.'],
  injected: [-2010, 'NEW_ORDER_REJECTED'],
}

/** A refusal of the exchange as the venue words it. */
export function worded(
  refusal: Refusal,
  asked: { readonly limitSide?: 'buy' | 'sell'; readonly minNotional?: number } = {},
): WireError {
  if (refusal.code === 'priceBand' && asked.limitSide !== undefined) {
    return asked.limitSide === 'buy'
      ? new WireError(-4016, "Limit price can't be higher than the limit.")
      : new WireError(-4024, "Limit price can't be lower than the limit.")
  }
  if (refusal.code === 'minNotional' && asked.minNotional !== undefined) {
    return new WireError(
      -4164,
      `Order's notional must be no smaller than ${asked.minNotional} (unless you choose reduce only).`,
    )
  }
  const [code, message] = wording[refusal.code]
  return new WireError(code, message, refusal.code === 'noPermission' ? 401 : 400)
}
