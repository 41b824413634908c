import { atMost, type Check } from '../check.ts'

/** Fewer positions than this may all point the same way. */
const countedFrom = 3

/** Notional on the draft's side ÷ all notional, the draft added; anything up to 1 passes below three positions. */
export const directionalShare: Check = ({ notional, direction, exposure, limits }) => {
  const sameSide = notional + (direction === 1 ? exposure.longNotional : exposure.shortNotional)
  const all = notional + exposure.longNotional + exposure.shortNotional
  const counts = !(exposure.openPositions + 1 < countedFrom)
  return atMost('maxDirectionalShare', sameSide / all, counts ? limits.maxDirectionalShare : 1)
}
