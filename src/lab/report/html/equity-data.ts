import { toNumber } from '#model/money.ts'
import { spanning } from '../../metrics/drawdown.ts'
import { decimalsOf } from '../format.ts'
import type { ReportRun } from '../report-run.ts'

/** Equity and drawdown as plain JSON; times in whole seconds after `origin`. */
export interface EquityChart {
  readonly origin: number
  readonly currency: string
  /** Digits after the point of an amount. */
  readonly decimals: number
  readonly start: number
  readonly times: readonly number[]
  readonly equity: readonly number[]
  /** Fractions of the running peak. */
  readonly drawdown: readonly number[]
}

const maxEquityPoints = 1_500

/** The equity curve with every local extreme kept: of each stretch the first, lowest, highest and last point. */
export function equityChart(run: ReportRun): EquityChart {
  const { time, equity } = spanning(run.equity, run.spec, toNumber(run.spec.capital))
  const origin = Math.floor(run.spec.from / 1000)
  const start = toNumber(run.spec.capital)
  const kept: number[] = []
  const stretch = Math.max(1, Math.ceil(time.length / (maxEquityPoints / 4)))
  for (let first = 0; first < time.length; first += stretch) {
    const end = Math.min(time.length, first + stretch)
    let low = first
    let high = first
    for (let row = first; row < end; row++) {
      if (equity[row] < equity[low]) low = row
      if (equity[row] > equity[high]) high = row
    }
    kept.push(...new Set([first, low, high, end - 1].sort((a, b) => a - b)))
  }
  const decimals = decimalsOf(run.spec.currency)
  const units = 10 ** decimals
  let peak = start
  return {
    origin,
    currency: run.spec.currency,
    decimals,
    start,
    times: kept.map((row) => Math.floor(time[row] / 1000) - origin),
    equity: kept.map((row) => Math.round(equity[row] * units) / units),
    drawdown: kept.map((row) => {
      peak = Math.max(peak, equity[row])
      return peak > 0 ? Math.round(((peak - equity[row]) / peak) * 1e6) / 1e6 : 0
    }),
  }
}
