import { atMost, type Check } from '../check.ts'

/** Age in ms of the instrument's newest trade or quote. */
export const staleData: Check = ({ exposure, limits }) =>
  atMost('staleData', exposure.now - exposure.lastDataTime, limits.maxDataAgeMs)
