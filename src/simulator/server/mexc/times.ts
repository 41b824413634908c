import type { UnixMs } from '#model/ids.ts'
import type { Fields } from './fields.ts'
import { WireError } from './wire-error.ts'

const day = 86_400_000

/** `start_time` and `end_time` in ms, at most 90 days apart; without a start, `standardMs` before the end. Throws 6003. */
export function timesOf(
  fields: Fields,
  now: UnixMs,
  standardMs = 7 * day,
): { readonly from: UnixMs; readonly to: UnixMs } {
  const start = fields.number('start_time')
  const end = fields.number('end_time')
  const to = end ?? Infinity
  const from = start ?? (end ?? now) - standardMs
  if (from > to) throw new WireError(6003, 'Time range error')
  if (start !== undefined && end !== undefined && end - start > 90 * day) throw new WireError(6003, 'Time range error')
  return { from, to }
}
