import { computeMetrics, type Metrics } from '../metrics/metrics.ts'
import { fillsOf } from './fills.ts'
import type { ReportRun } from './report-run.ts'

const computed = new WeakMap<ReportRun, Metrics>()

/** Metrics of a finished run; computed once per run object. */
export function metricsOf(run: ReportRun): Metrics {
  const known = computed.get(run)
  if (known !== undefined) return known
  const metrics = computeMetrics({
    trips: run.trips,
    equity: run.equity,
    range: run.range,
    startingCapital: run.startingCapital,
    decisions: run.decisions,
    fills: fillsOf(run),
    bars: run.bars,
    instruments: run.instruments.map((instrument) => instrument.id),
    tags: Object.fromEntries(run.strategies.map(({ name, document }) => [name, document.tags])),
    ...(run.account === null ? {} : { exactMaxDrawdown: run.account.maxDrawdown }),
  })
  computed.set(run, metrics)
  return metrics
}
