import type { UnixMs } from '#model/ids.ts'
import type { Money } from '#model/money.ts'
import type { RoundTrip } from '#model/order.ts'
import { dayMs, dayOf } from './daily.ts'
import { ratioOf } from './sums.ts'

export type Period = 'day' | 'week' | 'month'

/** Closed round trips of one UTC day, ISO week (Monday) or month. */
export interface PeriodRow {
  readonly from: UnixMs
  /** `2026-11-21`, `2026-W47` or `2026-11`. */
  readonly label: string
  readonly trades: number
  readonly wins: number
  readonly draws: number
  readonly losses: number
  readonly netProfit: Money
  /** Net profit ÷ starting capital. */
  readonly shareOfCapital: number | null
}

export interface DayCount {
  /** By net profit of the trades closed on the day; a day without one is drawn. */
  readonly winning: number
  readonly drawn: number
  readonly losing: number
  readonly best: PeriodRow | null
  readonly worst: PeriodRow | null
}

/** Every period from the first to the last moment, empty ones included, ascending; by time of closing. */
export function breakdownOf(
  trips: readonly RoundTrip[],
  period: Period,
  range: { readonly from: UnixMs; readonly to: UnixMs },
  startingCapital: Money,
): readonly PeriodRow[] {
  const groups = new Map<UnixMs, RoundTrip[]>()
  const first = startOf(range.from, period)
  // A range that ends at midnight does not reach into the next day.
  for (let start = first; start === first || start < range.to; start = nextOf(start, period)) groups.set(start, [])
  for (const trip of trips) {
    const start = startOf(trip.closedAt, period)
    const group = groups.get(start)
    if (group === undefined) groups.set(start, [trip])
    else group.push(trip)
  }
  return [...groups.entries()]
    .sort(([a], [b]) => a - b)
    .map(([start, group]) => periodRow(start, period, group, startingCapital))
}

/** Winning, drawn and losing days, and the extremes among days with a trade. */
export function dayCountOf(days: readonly PeriodRow[]): DayCount {
  let best: PeriodRow | null = null
  let worst: PeriodRow | null = null
  for (const day of days) {
    if (day.trades === 0) continue
    if (best === null || day.netProfit > best.netProfit) best = day
    if (worst === null || day.netProfit < worst.netProfit) worst = day
  }
  const winning = days.filter((day) => day.netProfit > 0n).length
  const losing = days.filter((day) => day.netProfit < 0n).length
  return { winning, drawn: days.length - winning - losing, losing, best, worst }
}

/** Start of the UTC day, ISO week or month that holds the time. */
export function startOf(time: UnixMs, period: Period): UnixMs {
  const day = dayOf(time)
  if (period === 'day') return day
  // 1970-01-01 was a Thursday, three days after a Monday.
  if (period === 'week') return day - ((((day / dayMs + 3) % 7) + 7) % 7) * dayMs
  const date = new Date(time)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}

function nextOf(start: UnixMs, period: Period): UnixMs {
  if (period === 'day') return start + dayMs
  if (period === 'week') return start + 7 * dayMs
  const date = new Date(start)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
}

function labelOf(start: UnixMs, period: Period): string {
  const iso = new Date(start).toISOString()
  if (period === 'day') return iso.slice(0, 10)
  if (period === 'month') return iso.slice(0, 7)
  // The ISO week belongs to the year of its Thursday.
  const thursday = new Date(start + 3 * dayMs)
  const year = thursday.getUTCFullYear()
  const week = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * dayMs)) + 1
  return `${year}-W${String(week).padStart(2, '0')}`
}

function periodRow(start: UnixMs, period: Period, trips: readonly RoundTrip[], startingCapital: Money): PeriodRow {
  let netProfit = 0n
  let wins = 0
  let losses = 0
  for (const trip of trips) {
    netProfit += trip.netProfit
    if (trip.netProfit > 0n) wins++
    else if (trip.netProfit < 0n) losses++
  }
  return {
    from: start,
    label: labelOf(start, period),
    trades: trips.length,
    wins,
    draws: trips.length - wins - losses,
    losses,
    netProfit,
    shareOfCapital: ratioOf(netProfit, startingCapital),
  }
}
