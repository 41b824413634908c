import { atMost, type Check, shareOf } from '../check.ts'

/** Margin in the instrument with the draft added ÷ equity. */
export const concentration: Check = ({ margin, exposure, limits }) =>
  atMost('maxConcentration', shareOf(exposure.instrumentMargin + margin, exposure.equity), limits.maxConcentration)
