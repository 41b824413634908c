import type { UnixMs } from '#model/ids.ts'
import type { Money } from '#model/money.ts'
import type { RoundTrip } from '#model/order.ts'
import { type CostTable, costTableOf, totalCost } from '../metrics/costs.ts'
import { bootstrapInterval, type Interval, type Spread, spreadOf } from '../pumps/statistics.ts'
import type { Fall } from './fall.ts'

/** A trade opened from so long before the onset … */
const beforeMs = 120_000
/** … to so long after it belongs to the pump. */
const afterMs = 3_600_000

/** What the trades of one fall took of it: shares of its depth, per coin, summed over its trades; null where it did not fall. */
export interface Capture {
  readonly trades: readonly RoundTrip[]
  /** At the prices seen when it was decided. */
  readonly beforeCosts: number | null
  /** At the prices really filled: less spread, impact and delay. */
  readonly atFills: number | null
  /** Less fees and funding too. */
  readonly afterCosts: number | null
}

export interface Earned {
  readonly trades: number
  readonly won: number
  readonly notional: Money
  /** Profit before costs, each cost, net profit. */
  readonly costs: CostTable
}

export interface CaptureScore {
  /** Falls of known depth, traded or not; one that was not traded captured 0. */
  readonly falls: number
  readonly beforeCosts: CaptureSpread
  readonly atFills: CaptureSpread
  readonly afterCosts: CaptureSpread
  readonly onFalls: Earned
  /** Everything else: false alarms and what came long after. */
  readonly elsewhere: Earned
}

export interface CaptureSpread {
  readonly mean: number | null
  readonly spread: Spread | null
  /** Of the mean, by drawing events. */
  readonly interval: Interval | null
}

/** The trades of a recording that belong to a fall. Where two pumps claim one, the later has it. */
export function tradesOf(fall: Fall, falls: readonly Fall[], trades: readonly RoundTrip[]): readonly RoundTrip[] {
  const claims = ({ onset }: Fall, time: UnixMs): boolean => time >= onset - beforeMs && time <= onset + afterMs
  return trades.filter(({ openedAt }) => falls.findLast((one) => claims(one, openedAt)) === fall)
}

export function captureOf({ depth }: Fall, trades: readonly RoundTrip[]): Capture {
  const share = (amount: (trade: RoundTrip) => Money): number | null =>
    depth === null
      ? null
      : trades.reduce((sum, trade) => sum + (Number(amount(trade)) * trade.entryPrice) / Number(trade.notional), 0) /
        depth
  return {
    trades,
    beforeCosts: share(beforeCostsOf),
    atFills: share(({ grossProfit }) => grossProfit),
    afterCosts: share(({ netProfit }) => netProfit),
  }
}

export function scoreCaptures(
  captures: readonly Capture[],
  elsewhere: readonly RoundTrip[],
  seed: number,
): CaptureScore {
  const known = captures.filter(({ afterCosts }) => afterCosts !== null)
  const over = (value: (capture: Capture) => number | null): CaptureSpread => {
    const valuesOf = (some: readonly Capture[]): number[] => some.flatMap((capture) => value(capture) ?? [])
    const mean = (some: readonly Capture[]): number | null =>
      some.length === 0 ? null : valuesOf(some).reduce((sum, share) => sum + share, 0) / some.length
    return { mean: mean(known), spread: spreadOf(valuesOf(known)), interval: bootstrapInterval(known, mean, { seed }) }
  }
  return {
    falls: known.length,
    beforeCosts: over(({ beforeCosts }) => beforeCosts),
    atFills: over(({ atFills }) => atFills),
    afterCosts: over(({ afterCosts }) => afterCosts),
    onFalls: earnedOf(captures.flatMap(({ trades }) => trades)),
    elsewhere: earnedOf(elsewhere),
  }
}

/** At the prices seen at the decisions, nothing paid. */
const beforeCostsOf = ({ netProfit, costs }: RoundTrip): Money => netProfit + totalCost(costs)

function earnedOf(trades: readonly RoundTrip[]): Earned {
  return {
    trades: trades.length,
    won: trades.filter(({ netProfit }) => netProfit > 0n).length,
    notional: trades.reduce((total, { notional }) => total + notional, 0n),
    costs: costTableOf(trades),
  }
}
