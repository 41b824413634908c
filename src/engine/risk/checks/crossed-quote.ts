import { atLeast, type Check } from '../check.ts'

/** Less than this is no spread: bid and ask at one price are crossed, too. */
const leastSpread = 1e-9

/** (Ask − bid) ÷ ask of the last quote; not set where there are no quotes. */
export const crossedQuote: Check = ({ exposure }) =>
  exposure.spread === null ? undefined : atLeast('crossedQuote', exposure.spread, leastSpread)
