import { atLeast, type Check } from '../check.ts'

/** Stop distance ÷ entry price, on the losing side: an entry without a known stop there is denied, whatever it is for. */
export const knownStop: Check = ({ entryPrice, stopPrice, direction }) => {
  const distance = (direction * (entryPrice - stopPrice)) / entryPrice
  return atLeast('unknownInput', distance > 0 && stopPrice > 0 ? distance : Number.NaN, 0)
}
