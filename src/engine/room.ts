import type { SkipCode } from '#model/codes.ts'
import type { EngineOutput, Evidence } from '#model/events.ts'
import type { InstrumentId, SignalId, UnixMs } from '#model/ids.ts'
import type { RiskLimits } from '#model/limits.ts'
import type { InstanceDesk, Moment } from './desk.ts'
import type { Orders } from './orders/orders.ts'
import type { Portfolio } from './portfolio/portfolio.ts'
import type { ExposureView } from './risk/risk.ts'

/** What all desks of one engine share. */
export interface TradingRoom {
  readonly orders: Orders
  readonly portfolio: Portfolio
  readonly limits: RiskLimits
  readonly emit: (output: EngineOutput) => void
  readonly nextSignalId: () => SignalId
  /** Why a met signal cannot be taken now; empty = it can. */
  readonly skipReasons: (desk: InstanceDesk) => readonly SkipCode[]
  readonly exposureOf: (desk: InstanceDesk, moment: Moment, maxChase: number | null) => ExposureView
  /** S1 was met: `signalId` null when the signal was not taken. */
  readonly tellConfluence: (desk: InstanceDesk, moment: Moment, signalId: SignalId | null) => void
  /** One of the strategy's readings as it stands at an instant. */
  readonly evidenceOf: (desk: InstanceDesk, name: string, at: number) => Evidence
  /** Value of one of the strategy's readings at an instant; NaN while pending. */
  readonly readingOf: (desk: InstanceDesk, name: string, at: number) => number
  /** Time-weighted price of the ten minutes that ended one minute ago; NaN while not covered. */
  readonly baselineOf: (instrumentId: InstrumentId, at: number) => number
  readonly countEntry: (time: UnixMs) => void
}
