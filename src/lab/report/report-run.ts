import type { AccountView, EngineOutput, GroupName, NearMiss } from '#model/events.ts'
import type { InstanceId, InstrumentId, UnixMs } from '#model/ids.ts'
import type { Unit } from '#model/indicator.ts'
import type { Instrument } from '#model/instrument.ts'
import type { Money } from '#model/money.ts'
import type { OrderFilled, RoundTrip } from '#model/order.ts'
import type { Operator, Strategy } from '#model/strategy.ts'
import type { EquitySeries } from '../metrics/drawdown.ts'
import type { InstrumentBars } from '../metrics/plausibility.ts'

/** A finished run as reports read it; plain data, nothing is computed from outside it. */
export interface ReportRun {
  readonly runId: string
  readonly mode: 'backtest' | 'paper' | 'rehearsal' | 'live'
  readonly createdAt: UnixMs
  /** Wall time the run took, ms. */
  readonly durationMs: number
  /** Market events processed. */
  readonly events: number
  /** First and last event time. */
  readonly range: { readonly from: UnixMs; readonly to: UnixMs }
  /** Settlement currency of every amount. */
  readonly currency: string
  readonly startingCapital: Money
  readonly seed: number
  /** Hash over data, strategies, limits, simulator options and code: equal means equal results. */
  readonly fingerprint: string
  readonly strategies: readonly ReportStrategy[]
  readonly instruments: readonly Instrument[]
  /** One entry per thing assumed, in reading order: latency, participation, fees, funding, … */
  readonly assumptions: readonly { readonly name: string; readonly text: string }[]
  readonly trips: readonly RoundTrip[]
  /** Facts the engine put out, in order. */
  readonly decisions: readonly EngineOutput[]
  /** Our executions with their slippage, in order; derived from order updates when absent. */
  readonly fills?: readonly OrderFilled[]
  readonly nearMisses: readonly NearMiss[]
  readonly equity: EquitySeries
  /** Closed bars to draw and to judge fills by. */
  readonly bars: readonly InstrumentBars[]
  /** How conditions stood over time, where the run recorded it. */
  readonly strips?: readonly VerdictStrip[]
  /** The account at the end, with the exact drawdown. */
  readonly account: AccountView | null
  readonly quality: DataQuality
  /** Null = not checked. */
  readonly lookahead: LookaheadResult | null
  /** Output unit by indicator id, for labels. */
  readonly units?: Readonly<Record<string, Unit>>
}

export interface ReportStrategy {
  readonly name: string
  /** Content hash: the version. */
  readonly hash: string
  readonly document: Strategy
}

/** One condition over time: `verdicts[i]` holds from `time[i]` to `time[i + 1]`; 1 met, 0 unmet, −1 pending. */
export interface VerdictStrip {
  readonly instanceId: InstanceId
  readonly instrumentId: InstrumentId
  readonly group: GroupName
  readonly reading: string
  readonly operator: Operator
  readonly threshold: number | readonly number[]
  readonly time: ArrayLike<number>
  readonly verdicts: ArrayLike<number>
}

export interface DataQuality {
  readonly files: number
  readonly rows: number
  readonly skippedFiles: readonly { readonly file: string; readonly reason: string }[]
  readonly rejectedRows: number
  readonly duplicatesDropped: number
  readonly gaps: readonly { readonly instrumentId: InstrumentId; readonly from: UnixMs; readonly to: UnixMs }[]
}

/** Look-ahead check by truncation: the data was cut at `cuts` moments and no earlier decision may differ. */
export interface LookaheadResult {
  readonly cuts: number
  readonly changedDecisions: number
  /** The first decision that changed, in words. */
  readonly firstChange?: string
}
