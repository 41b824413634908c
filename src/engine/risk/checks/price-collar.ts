import { atMost, type Check } from '../check.ts'

/** Entry price away from the last trade on either side ÷ the last price. */
export const priceCollar: Check = ({ entryPrice, exposure, limits }) =>
  atMost('priceCollar', Math.abs(entryPrice - exposure.lastPrice) / exposure.lastPrice, limits.priceCollar)
