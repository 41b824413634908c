import type { UnixMs } from '#model/ids.ts'
import type { Params } from './params.ts'
import { WireError } from './wire-error.ts'

const day = 86_400_000

/** Times of a history request: at most 7 days, by default the last 7. Throws −4165, −4177. */
export function askedWindow(params: Params, now: UnixMs): { readonly from: UnixMs; readonly to: UnixMs } {
  const start = params.integer('startTime')
  const end = params.integer('endTime')
  const from = start ?? (end ?? now) - 7 * day
  const to = end ?? Math.max(now, from) + 0
  if (from > to) throw new WireError(-4177, 'The start time must be earlier than the end time.')
  if (end !== undefined && start !== undefined && to - from > 7 * day)
    throw new WireError(-4165, 'Invalid time interval: the maximum is 7 days.')
  return { from, to: start !== undefined && end === undefined ? Math.min(to, from + 7 * day) : to }
}
