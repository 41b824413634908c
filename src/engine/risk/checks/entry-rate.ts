import { atMost, type Check } from '../check.ts'

/** Entry orders in the last minute over all instances, this one included. */
export const entryRate: Check = ({ exposure, limits }) =>
  atMost('maxEntriesPerMinute', exposure.entriesLastMinute + 1, limits.maxEntriesPerMinute)
