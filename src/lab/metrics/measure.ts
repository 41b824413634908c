import type { StoredRun } from '#model/run.ts'
import { fillsOf } from './fills.ts'
import { computeMetrics, type Metrics } from './metrics.ts'

export type MeasuredRun = Pick<
  StoredRun,
  'spec' | 'roundTrips' | 'equity' | 'decisions' | 'orders' | 'fills' | 'prices' | 'account'
>

/** Metrics of a finished run; the drawdown is the engine's own, taken on every tick, where the run has an account. */
export function measureRun(run: MeasuredRun): Metrics {
  const { reportLatencyMs } = run.spec.simulator
  return computeMetrics({
    trips: run.roundTrips,
    equity: run.equity,
    range: { from: run.spec.from, to: run.spec.to },
    startingCapital: run.spec.capital,
    decisions: run.decisions,
    orders: run.orders,
    fills: fillsOf(run.fills, run.orders),
    prices: run.prices,
    ...(typeof reportLatencyMs === 'number' ? { reportLatencyMs } : {}),
    instruments: run.spec.instruments.map(({ id }) => id),
    tags: Object.fromEntries(run.spec.strategies.map(({ name, document }) => [name, document.tags])),
    ...(run.account === null ? {} : { exactMaxDrawdown: run.account.maxDrawdown }),
  })
}
