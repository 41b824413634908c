import { atLeast, type Check } from '../check.ts'
import { smallestQuantity } from '../smallest-quantity.ts'

/** Quantity against the smallest one the venue takes at the entry and still takes at the stop, base units. */
export const minimum: Check = ({ draft, instrument, entryPrice, stopPrice }) =>
  atLeast('belowMinimum', draft.quantity, smallestQuantity(instrument, entryPrice, stopPrice))
