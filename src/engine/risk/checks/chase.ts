import { atMost, type Check } from '../check.ts'

/** How far the price ran from the signal in the direction of the trade ÷ the signal price; not set without `maxChasePct`. */
export const chase: Check = ({ entryPrice, direction, exposure }) =>
  exposure.maxChase === null
    ? undefined
    : atMost('maxChase', (direction * (entryPrice - exposure.signalPrice)) / exposure.signalPrice, exposure.maxChase)
