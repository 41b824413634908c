import type { ServedBar } from '../types.ts'
import { barsOf } from './intervals.ts'
import type { Listing } from './listings.ts'
import { klineRow } from './market-rows.ts'
import type { Params } from './params.ts'
import { WireError } from './wire-error.ts'

/** The asked stretch of bars: from `startTime` the first `limit`, else the last `limit` up to `endTime`. */
export function askedBars(listing: Listing, params: Params, most: number): readonly ServedBar[] {
  const limit = Math.min(params.limit(500, 10_000), most)
  const from = params.integer('startTime')
  const to = params.integer('endTime')
  if (from !== undefined && to !== undefined && from > to)
    throw new WireError(-4177, 'The start time must be earlier than the end time.')
  const bars = barsOf(listing.market, params.required('interval'), {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  })
  return from === undefined ? bars.slice(-limit) : bars.slice(0, limit)
}

export function klines(listing: Listing, params: Params, most: number) {
  const interval = params.required('interval')
  return askedBars(listing, params, most).map((bar) => klineRow(listing, bar, interval))
}

/** By how many bars are asked for. */
export function klineWeight(params: Params): number {
  const limit = params.integer('limit') ?? 500
  if (limit < 100) return 1
  if (limit < 500) return 2
  return limit <= 1000 ? 5 : 10
}
