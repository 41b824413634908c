import type { Latency } from '#simulator/simulator.ts'
import { percentText } from '../report/format.ts'
import type { BacktestSpec } from '../spec.ts'
import { loadStrategy } from '../strategies.ts'

/** What is varied; every combination is one run. */
export interface EarningsAxes {
  readonly strategies: readonly string[]
  readonly latencies: readonly Latency[]
  /** Shares of what trades, in (0, 1]. */
  readonly participations: readonly number[]
}

/** One strategy under one latency and one share. */
export interface EarningsCell {
  /** As the strategy names itself. */
  readonly strategy: string
  readonly latency: Latency
  readonly participation: number
  readonly spec: BacktestSpec
  /** `flash-pump, 250 ms, 10 %`; the name of the run in the ledger. */
  readonly name: string
}

/** By strategy, then latency, then share, as given. Throws `UserError` on a strategy that cannot be loaded. */
export function cellsOf(base: BacktestSpec, axes: EarningsAxes): readonly EarningsCell[] {
  return axes.strategies.flatMap((given) => {
    const { name: strategy } = loadStrategy(given, base.strategyFolder).document
    return axes.latencies.flatMap((latency) =>
      axes.participations.map((participation) => ({
        strategy,
        latency,
        participation,
        spec: { ...base, strategies: [given], latency, participation },
        name: `${strategy}, ${latencyText(latency)}, ${shareText(participation)}`,
      })),
    )
  })
}

/** `250 ms`, `100–400 ms`, `200 ms, 1 % above 1500 ms`. */
export function latencyText(latency: Latency): string {
  switch (latency.type) {
    case 'fixed':
      return `${latency.ms} ms`
    case 'uniform':
      return `${latency.minMs}–${latency.maxMs} ms`
    case 'lognormal':
      return `${latency.medianMs} ms, 1 % above ${latency.p99Ms} ms`
  }
}

/** `10 %`, `2.5 %`. */
export const shareText = (share: number): string =>
  percentText(share, Number.isInteger(Math.round(share * 1e6) / 1e4) ? 0 : 2)
