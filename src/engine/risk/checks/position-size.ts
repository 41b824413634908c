import { atMost, type Check, shareOf } from '../check.ts'

/** Margin of the new position ÷ equity. */
export const positionSize: Check = ({ margin, exposure, limits }) =>
  atMost('maxPositionSize', shareOf(margin, exposure.equity), limits.maxPositionSize)
