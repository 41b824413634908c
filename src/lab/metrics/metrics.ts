import type { EngineOutput } from '#model/events.ts'
import type { UnixMs } from '#model/ids.ts'
import { type Money, toNumber } from '#model/money.ts'
import type { Order, RoundTrip } from '#model/order.ts'
import type { PriceSeries } from '#model/run.ts'
import { type Activity, activityOf, type Exposure, exposureOf, marketChangeOf } from './activity.ts'
import { breakdownOf, type DayCount, dayCountOf, type PeriodRow } from './calendar.ts'
import { type Confidence, confidenceOf } from './confidence.ts'
import { type CostTable, costTableOf } from './costs.ts'
import { dailyReturns } from './daily.ts'
import { type Drawdown, drawdownOf, type EquitySeries, spanning } from './drawdown.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { type Doubt, doubtsOf, type FillView } from './plausibility.ts'
import { cagrOf, calmarOf, defaultRiskFreeRate, recoveryOf, sharpeOf, sortinoOf } from './ratios.ts'
import { type GroupRow, groupRows, rowOf } from './tables.ts'

export interface MetricsInput {
  readonly trips: readonly RoundTrip[]
  /** Mark to market; may be sampled. */
  readonly equity: EquitySeries
  /** First and last moment of the run. */
  readonly range: { readonly from: UnixMs; readonly to: UnixMs }
  readonly startingCapital: Money
  /** Facts the engine put out; requests and postings are ignored. */
  readonly decisions: readonly EngineOutput[]
  /** Each in its last state. */
  readonly orders: readonly Order[]
  readonly fills: readonly FillView[]
  readonly prices: readonly PriceSeries[]
  /** How long after it happened a fill is stamped; 0 when absent. */
  readonly reportLatencyMs?: number
  /** Instruments of the run, so that those without a trade are listed too. */
  readonly instruments: readonly string[]
  /** Tags by strategy name. */
  readonly tags: Readonly<Record<string, readonly string[]>>
  /** The engine's own, taken on every tick; preferred to the sampled series. Fraction of the running peak. */
  readonly exactMaxDrawdown?: number
  /** Yearly, fraction. */
  readonly riskFreeRate?: number
}

/** Everything a report says about a run; `domain.md` §4.4 has the definitions. Null = undefined, never 0. */
export interface Metrics {
  readonly range: { readonly from: UnixMs; readonly to: UnixMs }
  readonly startingCapital: Money
  /** Last mark-to-market equity; starting capital plus net profit when the series is empty. */
  readonly endingEquity: number
  readonly outcome: Outcome
  /** Net profit ÷ starting capital. */
  readonly totalReturn: number | null
  readonly drawdown: Drawdown | null
  /** Fraction of the running peak; the engine's exact one when it was given. */
  readonly maxDrawdown: number
  readonly maxDrawdownExact: boolean
  readonly days: number
  readonly riskFreeRate: number
  readonly sharpe: number | null
  readonly sortino: number | null
  readonly calmar: number | null
  readonly cagr: number | null
  readonly recoveryFactor: number | null
  readonly tradesPerDay: number | null
  readonly exposure: Exposure
  readonly marketChange: number | null
  readonly confidence: Confidence
  readonly costs: CostTable
  readonly activity: Activity
  readonly perInstrument: readonly GroupRow[]
  readonly perStrategy: readonly GroupRow[]
  readonly perTag: readonly GroupRow[]
  readonly perExitReason: readonly GroupRow[]
  readonly perSide: readonly GroupRow[]
  readonly total: GroupRow
  /** Round trips closed only because the recording ended. */
  readonly leftOpen: readonly RoundTrip[]
  readonly byDay: readonly PeriodRow[]
  readonly byWeek: readonly PeriodRow[]
  readonly byMonth: readonly PeriodRow[]
  readonly dayCount: DayCount
  readonly doubts: readonly Doubt[]
}

/** Metrics of one run; pure, and independent of the order of round trips and decisions. */
export function computeMetrics(input: MetricsInput): Metrics {
  const { trips, range, startingCapital } = input
  const start = toNumber(startingCapital)
  const equity = spanning(input.equity, range, start)
  const outcome = outcomeOf(trips)
  const drawdown = drawdownOf(equity)
  const maxDrawdown = input.exactMaxDrawdown ?? drawdown?.deepest?.fraction ?? 0
  const returns = dailyReturns(equity)
  const riskFreeRate = input.riskFreeRate ?? defaultRiskFreeRate
  const endingEquity = equity.equity[equity.equity.length - 1] ?? start + toNumber(outcome.netProfit)
  const elapsedMs = range.to - range.from
  const cagr = cagrOf(start, endingEquity, elapsedMs)
  const costs = costTableOf(trips)
  const byDay = breakdownOf(trips, 'day', range, startingCapital)
  const rows = (keysOf: (trip: RoundTrip) => readonly string[], always: readonly string[] = []): readonly GroupRow[] =>
    groupRows(trips, keysOf, startingCapital, always)
  return {
    range,
    startingCapital,
    endingEquity,
    outcome,
    totalReturn: start > 0 ? toNumber(outcome.netProfit) / start : null,
    drawdown,
    maxDrawdown,
    maxDrawdownExact: input.exactMaxDrawdown !== undefined,
    days: returns.length,
    riskFreeRate,
    sharpe: sharpeOf(returns, riskFreeRate),
    sortino: sortinoOf(returns, riskFreeRate),
    calmar: calmarOf(cagr, maxDrawdown, returns.length),
    cagr,
    recoveryFactor: recoveryOf(toNumber(outcome.netProfit), drawdown?.largest?.amount ?? 0),
    tradesPerDay: elapsedMs > 0 ? trips.length / (elapsedMs / 86_400_000) : null,
    exposure: exposureOf(trips, range),
    marketChange: marketChangeOf(input.prices),
    confidence: confidenceOf(
      trips.map((trip) => toNumber(trip.netProfit)),
      outcome.wins,
    ),
    costs,
    activity: activityOf(input.decisions, input.orders),
    perInstrument: rows((trip) => [trip.instrumentId], input.instruments),
    perStrategy: rows((trip) => [trip.strategy], Object.keys(input.tags)),
    perTag: rows((trip) => input.tags[trip.strategy] ?? []),
    perExitReason: rows((trip) => [trip.exitReason]),
    perSide: rows((trip) => [trip.side]),
    total: rowOf('TOTAL', trips, startingCapital),
    leftOpen: trips.filter((trip) => trip.exitReason === 'endOfData'),
    byDay,
    byWeek: breakdownOf(trips, 'week', range, startingCapital),
    byMonth: breakdownOf(trips, 'month', range, startingCapital),
    dayCount: dayCountOf(byDay),
    doubts: doubtsOf({
      cagr,
      elapsedMs,
      fills: input.fills,
      prices: input.prices,
      reportLatencyMs: input.reportLatencyMs ?? 0,
      trades: outcome.trades,
      losses: outcome.losses,
      totalCosts: costs.total,
    }),
  }
}
