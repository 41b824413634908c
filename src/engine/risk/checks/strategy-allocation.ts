import { atMost, type Check, shareOf } from '../check.ts'

/** Margin of the strategy over all its instances with the draft added ÷ equity. */
export const strategyAllocation: Check = ({ margin, exposure, limits }) =>
  atMost(
    'maxStrategyAllocation',
    shareOf(exposure.strategyMargin + margin, exposure.equity),
    limits.maxStrategyAllocation,
  )
