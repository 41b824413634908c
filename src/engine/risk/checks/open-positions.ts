import { atMost, type Check } from '../check.ts'

/** Positions and pending entries, this one included. */
export const openPositions: Check = ({ exposure, limits }) =>
  atMost('maxOpenPositions', exposure.openPositions + 1, limits.maxOpenPositions)
