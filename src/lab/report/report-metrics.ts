import type { Unit } from '#model/indicator.ts'
import { measureRun } from '../metrics/measure.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { ReportRun } from './report-run.ts'

const computed = new WeakMap<ReportRun, Metrics>()

/** Metrics of a finished run, computed once per run object. */
export function metricsOf(run: ReportRun): Metrics {
  const known = computed.get(run)
  if (known !== undefined) return known
  const metrics = measureRun(run)
  computed.set(run, metrics)
  return metrics
}

/** Unit of an indicator's output; undefined when the run does not tell. */
export const unitOf = (run: Pick<ReportRun, 'units'>, indicator: string): Unit | undefined => run.units?.[indicator]
