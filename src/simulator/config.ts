import { UserError } from '#model/failure.ts'
import type { InstrumentId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { Money } from '#model/money.ts'
import type { Latency } from './latency.ts'

/** What the simulated venue assumes; every assumption is explained in docs/simulator.md. */
export interface SimulatorConfig {
  /** All of one quote currency. */
  readonly instruments: readonly Instrument[]
  /** What the wallet holds at the start, in the instruments' quote currency. */
  readonly balance: Money
  /** Order and cancel → venue. */
  readonly latency: Latency
  /** Venue → us, for every answer: accepted, filled, canceled, funding, liquidation. */
  readonly reportLatencyMs: number
  /** Share of each later print, recorded level or bar that we may take, in (0, 1]. */
  readonly participation: number
  /** `Y` of the square-root law `impact = Y · σ · √(Q / V)`; 0 switches it off. */
  readonly impact: number
  readonly seed: number
  /** Replaces the instruments' own fee rates; fractions of notional. */
  readonly fees?: { readonly makerRate: number; readonly takerRate: number }
  /** Fraction of notional per funding interval, always paid by us, where a perpetual has no funding feed. */
  readonly assumedFundingRate: number
  /** Perpetuals whose recording carries `funding` events; others too are taken for fed once such an event is loaded. */
  readonly fundingFeeds?: readonly InstrumentId[]
}

/** Assumptions used unless the user says otherwise; deliberately on the costly side. */
export const simulatorDefaults = {
  latency: { type: 'fixed', ms: 250 },
  reportLatencyMs: 50,
  participation: 0.1,
  impact: 1,
  seed: 1,
  assumedFundingRate: 0.0001,
} as const satisfies Omit<SimulatorConfig, 'instruments' | 'balance'>

/** Throws `UserError` (`simulatorConfig`) on the first assumption that cannot be simulated. */
export function checkConfig(config: SimulatorConfig): void {
  const { latency, participation, impact, reportLatencyMs, assumedFundingRate, fees, seed } = config
  demand(
    participation > 0 && participation <= 1,
    'participation',
    'is a share of what trades',
    'use a number above 0 and up to 1, e.g. 0.1',
  )
  demand(
    impact >= 0 && Number.isFinite(impact),
    'impact',
    'is the factor of the square-root law',
    'use 0 or more, e.g. 1',
  )
  demand(duration(reportLatencyMs), 'reportLatencyMs', 'is a duration', 'use whole milliseconds up to 60000')
  demand(
    assumedFundingRate >= 0 && assumedFundingRate < 0.1,
    'assumedFundingRate',
    'is a cost, as a fraction of notional',
    'use 0 or more, e.g. 0.0001',
  )
  demand(Number.isSafeInteger(seed), 'seed', 'seeds the latency samples', 'use a whole number')
  demand(config.balance > 0n, 'balance', 'is what the wallet starts with', 'use an amount above 0')
  if (fees !== undefined) {
    const rates = [fees.makerRate, fees.takerRate]
    demand(
      rates.every((rate) => rate >= 0 && rate < 0.1),
      'fees',
      'are fractions of notional',
      'write 0.1 % as 0.001; rebates are not modelled',
    )
  }
  if (latency.type === 'fixed')
    demand(duration(latency.ms), 'latency.ms', 'is a duration', 'use milliseconds up to 60000')
  if (latency.type === 'uniform') {
    demand(
      duration(latency.minMs) && duration(latency.maxMs) && latency.minMs <= latency.maxMs,
      'latency',
      'runs from minMs to maxMs',
      'use 0 ≤ minMs ≤ maxMs ≤ 60000',
    )
  }
  if (latency.type === 'lognormal') {
    demand(
      latency.medianMs > 0 && duration(latency.p99Ms) && latency.medianMs <= latency.p99Ms,
      'latency',
      'has a median below its 99th percentile',
      'use 0 < medianMs ≤ p99Ms ≤ 60000',
    )
  }
  const quotes = new Set(config.instruments.map((instrument) => instrument.quote))
  demand(
    quotes.size <= 1,
    'instruments',
    `settle in different currencies (${[...quotes].join(', ')}) but the account has one`,
    'run one session per quote currency',
  )
}

function duration(ms: number): boolean {
  return ms >= 0 && ms <= 60_000
}

function demand(ok: boolean, field: string, problem: string, remedy: string): void {
  if (ok) return
  throw new UserError({
    code: 'simulatorConfig',
    message: `simulator: ${field} ${problem}`,
    where: `simulator.${field}`,
    remedy,
  })
}
