import { atMost, type Check } from '../check.ts'
import { dailyLoss as lossSinceBaseline } from '../losses.ts'

/** Mark-to-market loss since 00:00 UTC ÷ the day's baseline; negative on a winning day. */
export const dailyLoss: Check = ({ exposure, limits }) =>
  atMost('maxDailyLoss', lossSinceBaseline(exposure), limits.maxDailyLoss)
