import type { InstrumentId } from '#model/ids.ts'
import { VenueError } from '#model/venue.ts'

/** `green` = as it should be, `amber` = works, but look at it, `red` = does not work or must not be. */
export type CheckState = 'green' | 'amber' | 'red'

/** One thing the doctor looked at; the remedy is absent where nothing is to be done. */
export interface Check {
  readonly id: CheckId
  readonly instrumentId?: InstrumentId
  readonly state: CheckState
  readonly detail: string
  readonly remedy?: string
}

/** Stable, for scripts. */
export type CheckId =
  | 'rest'
  | 'clock'
  | 'instrument'
  | 'sockets'
  | 'smallestOrder'
  | 'read'
  | 'withdraw'
  | 'addresses'
  | 'trade'
  | 'positionMode'
  | 'balance'
  | 'fees'
  | 'margin'

/** What the venue said instead of an answer, without a stack. */
export function wordsOf(error: unknown): string {
  if (error instanceof VenueError) return error.message
  throw error
}

/** A fraction as `0.06 %`. */
export const percent = (rate: number): string => `${Number((rate * 100).toFixed(4))} %`

/** Six significant digits, without an exponent. */
export const amount = (value: number): string =>
  value.toLocaleString('en-US', { maximumSignificantDigits: 6, useGrouping: false })
