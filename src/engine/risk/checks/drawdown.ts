import { atMost, type Check } from '../check.ts'
import { drawdown as lossFromPeak } from '../losses.ts'

/** Mark-to-market loss from the running peak ÷ that peak. */
export const drawdown: Check = ({ exposure, limits }) =>
  atMost('maxDrawdown', lossFromPeak(exposure), limits.maxDrawdown)
