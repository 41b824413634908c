import { UserError } from '#model/failure.ts'
import type { UnixMs } from '#model/ids.ts'
import { demand, type Parser, quote, Refusal } from './values.ts'

/** `to` is exclusive; an absent end is open. */
export interface TimeRange {
  readonly from?: UnixMs
  readonly to?: UnixMs
}

/** `2024-01-31`, `20240131`, `2024-01-31T12:00`, with or without Z or an offset; UTC unless it says otherwise. */
export const parseTime: Parser<UnixMs> = (text) => {
  const refusal = new Refusal(
    'invalidTime',
    `${quote(text)} is not a time`,
    'write a date or an ISO 8601 time in UTC, e.g. 2024-01-31 or 2024-01-31T12:00:00Z',
  )
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(text.trim())
  const iso = compact ? `${compact[1]}-${compact[2]}-${compact[3]}` : text.trim().replace(' ', 'T')
  const match = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/.exec(iso)
  if (!match) return refusal
  const [, date, clock, zone] = match
  const time = Date.parse(clock === undefined ? `${date}T00:00:00Z` : zone === undefined ? `${iso}Z` : iso)
  // Date.parse takes February 31 for March 2
  const day = Date.parse(`${date}T00:00:00Z`)
  return Number.isFinite(time) && new Date(day).toISOString().startsWith(date) ? time : refusal
}

interface RangeOptions {
  readonly timerange?: string
  readonly from?: string
  readonly to?: string
}

/** The range of `--timerange 20240101-20240201` (either end may be missing) or of `--from` and `--to`. */
export function timeRangeOf({ timerange, from, to }: RangeOptions): TimeRange {
  if (timerange === undefined) return checked(from, to, from === undefined ? '--to' : '--from')
  if (from !== undefined || to !== undefined) {
    throw new UserError({
      code: 'invalidRange',
      message: '--timerange says the same as --from and --to',
      where: '--timerange',
      remedy: 'give one or the other',
    })
  }
  const match = /^(\d{8})?-(\d{8})?$/.exec(timerange.trim())
  if (!match || timerange.trim() === '-') {
    throw new UserError({
      code: 'invalidRange',
      message: `${quote(timerange)} is not a time range`,
      where: '--timerange',
      remedy:
        'write 20240101-20240201, 20240101- or -20240201; the end is not included. --from and --to take times of day',
    })
  }
  return checked(match[1], match[2], '--timerange')
}

function checked(fromText: string | undefined, toText: string | undefined, flag: string): TimeRange {
  const of = (text: string, name: string): UnixMs => demand(parseTime(text), flag === '--timerange' ? flag : name)
  const range: TimeRange = {
    ...(fromText === undefined ? {} : { from: of(fromText, '--from') }),
    ...(toText === undefined ? {} : { to: of(toText, '--to') }),
  }
  if (range.from === undefined || range.to === undefined || range.from < range.to) return range
  const iso = (time: UnixMs): string => new Date(time).toISOString()
  throw new UserError({
    code: 'emptyRange',
    message: `the range is empty: it starts at ${iso(range.from)} and ends at ${iso(range.to)}`,
    where: flag === '--timerange' ? flag : '--from / --to',
    remedy: 'the start must be before the end, and the end is not included',
  })
}
