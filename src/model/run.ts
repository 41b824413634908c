import type { AccountView, EngineOutput, NearMiss } from './events.ts'
import type { InstanceId, InstrumentId, UnixMs } from './ids.ts'
import type { Instrument } from './instrument.ts'
import type { RiskLimits } from './limits.ts'
import type { Money } from './money.ts'
import type { Costs, Order, OrderFilled, Posting, RoundTrip } from './order.ts'
import type { Strategy } from './strategy.ts'

export type RunKind = 'backtest' | 'paper' | 'rehearsal' | 'live'
/** `interrupted` = stopped by the user: what is stored covers only the time up to there. */
export type RunStatus = 'completed' | 'interrupted' | 'failed'

/** Everything one run left behind: enough to explain, compare and draw it without its data. */
export interface StoredRun {
  /** `r` and a counter, e.g. `r00042`; the ledger gives it when the run is saved. */
  readonly id: string
  /** The user's own label; the strategies' names where none was given. */
  readonly name: string
  /** ISO 8601, UTC. */
  readonly createdAt: string
  readonly kind: RunKind
  readonly status: RunStatus
  readonly codeVersion: string
  /** Over data, strategies, limits, simulator settings and code: equal fingerprints give equal outputs. */
  readonly fingerprint: string
  /** Over every output of the engine in order. */
  readonly outputHash: string
  /** Wall time. */
  readonly durationMs: number
  readonly spec: RunSpec
  readonly counts: RunCounts
  /** Definitions in `domain.md` §4.4; absent values are null, never 0. */
  readonly metrics: RunMetrics
  /** Sums over all round trips, in `spec.currency`. */
  readonly costs: Costs
  readonly roundTrips: readonly RoundTrip[]
  /** Outputs of the engine in order, without `posted` and `orderUpdated`, which `postings` and `orders` hold. */
  readonly decisions: readonly EngineOutput[]
  /** Each in its last state. */
  readonly orders: readonly Order[]
  readonly fills: readonly OrderFilled[]
  readonly postings: readonly Posting[]
  readonly nearMisses: readonly NearMiss[]
  readonly equity: EquityPoints
  readonly prices: readonly PriceSeries[]
  /** The account at the end, with the exact drawdown; null when the run failed before it had one. */
  readonly account: AccountView | null
  readonly quality: RunQuality
  /** null = not checked. */
  readonly lookahead: LookaheadCheck | null
}

/** What the run was asked to do, in full: the same spec on the same data and code gives the same run. */
export interface RunSpec {
  readonly strategies: readonly RunStrategy[]
  readonly instruments: readonly Instrument[]
  readonly data: readonly RunData[]
  readonly limits: RiskLimits
  readonly capital: Money
  /** Settlement currency of every amount. */
  readonly currency: string
  /** Assumptions of the simulated venue as plain JSON, e.g. `{ latency, participation, impact }`. */
  readonly simulator: RunSettings
  /** Everything else that was chosen, as plain JSON: paths, globs, warm-up, timer grid. */
  readonly settings: RunSettings
  readonly seed: number
  /** First and last event time replayed. */
  readonly from: UnixMs
  readonly to: UnixMs
}

/** Plain JSON; bigints are kept by the ledger. */
export type RunSettings = Readonly<Record<string, unknown>>

export interface RunStrategy {
  readonly name: string
  /** Content hash of the document, hex. */
  readonly hash: string
  readonly document: Strategy
}

/** One stretch of recorded data the run read. */
export interface RunData {
  readonly instrumentId: InstrumentId
  /** File or day. */
  readonly label: string
  /** sha256 of the decoded columns. */
  readonly checksum: string
  readonly rows: number
  readonly from: UnixMs
  readonly to: UnixMs
}

export interface RunCounts {
  /** Market rows processed. */
  readonly events: number
  readonly signals: number
  readonly skippedSignals: number
  readonly deniedOrders: number
  readonly orders: number
  readonly fills: number
  readonly roundTrips: number
}

/** What was wrong with the data, as far as opening it told. */
export interface RunQuality {
  readonly files: number
  readonly rows: number
  readonly skippedFiles: readonly { readonly file: string; readonly reason: string }[]
  readonly rejectedRows: number
  readonly duplicatesDropped: number
  readonly gaps: readonly { readonly instrumentId: InstrumentId; readonly from: UnixMs; readonly to: UnixMs }[]
}

/** By name; a table (per instrument, per month, …) is an object. */
export type RunMetrics = Readonly<Record<string, number | null | object>>

/** Mark-to-market equity, ascending by time; all arrays have the same length. */
export interface EquityPoints {
  readonly time: Float64Array
  /** Quote units. */
  readonly equity: Float64Array
  /** Fraction of the running peak. */
  readonly drawdown: Float64Array
}

/** At most 2 000 OHLC points of one instrument, to draw; `time` is the opening of a bucket of `intervalMs`. */
export interface PriceSeries {
  readonly instrumentId: InstrumentId
  readonly intervalMs: number
  readonly time: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** Base units traded in each bucket; absent where the run did not keep it. */
  readonly volume?: Float64Array
}

/** The data was cut at `cuts` moments; `changedDecisions` earlier decisions came out differently (0 = no look-ahead). */
export interface LookaheadCheck {
  readonly cuts: number
  readonly changedDecisions: number
  /** The first decision that changed, in words. */
  readonly firstChange?: string
}

/** One line of the list of runs. */
export interface RunSummary {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  readonly kind: RunKind
  readonly status: RunStatus
  readonly strategies: readonly { readonly name: string; readonly hash: string }[]
  readonly instruments: readonly InstrumentId[]
  readonly currency: string
  readonly from: UnixMs
  readonly to: UnixMs
  readonly durationMs: number
  readonly counts: RunCounts
  readonly metrics: RunMetrics
  readonly fingerprint: string
  readonly lookahead: LookaheadCheck | null
}

/** Which decisions of a run to read; fields given must all match. */
export interface DecisionFilter {
  readonly signalId?: string
  readonly instrumentId?: InstrumentId
  readonly instanceId?: InstanceId
  /** Types of outputs, e.g. `transitioned`. */
  readonly types?: readonly EngineOutput['type'][]
  readonly from?: UnixMs
  /** Exclusive. */
  readonly to?: UnixMs
}
