import { atMost, type Check, shareOf } from '../check.ts'

/** Margin of everything open or resting, with the draft added ÷ equity. */
export const marginUse: Check = ({ margin, exposure, limits }) =>
  atMost('maxMarginUse', shareOf(exposure.marginUsed + margin, exposure.equity), limits.maxMarginUse)
