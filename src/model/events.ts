import type { AbandonCode, DenialCode, SkipCode } from './codes.ts'
import type { InstanceId, InstrumentId, OrderId, PositionId, SignalId, UnixMs } from './ids.ts'
import type { PendingReason, Unit } from './indicator.ts'
import type { RiskLimits, TradingState } from './limits.ts'
import type { MarketEvent } from './market.ts'
import type { Money } from './money.ts'
import type { ExitReason, Order, OrderDraft, OrderPurpose, Position, Posting, RoundTrip, VenueEvent } from './order.ts'
import type { Operator, Strategy } from './strategy.ts'

export type Phase = 'watching' | 'signaled' | 'entering' | 'holding' | 'exiting' | 'cooling'
export type GroupName = 'signal' | 'cancel' | 'entry' | 'exit' | 'emergency'
/** Labels traders know. */
export const groupCodes: Readonly<Record<GroupName, string>> = {
  signal: 'S1',
  cancel: 'O1',
  entry: 'Z1',
  exit: 'ZE1',
  emergency: 'E1',
}

/** What comes in. Market and venue events carry the venue's time; timers and commands the session's. */
export type EngineEvent = MarketEvent | VenueEvent | Timer | Command | LimitsChanged
export type Timer = { readonly type: 'timer'; readonly time: UnixMs }
export type LimitsChanged = {
  readonly type: 'limitsChanged'
  readonly time: UnixMs
  readonly limits: RiskLimits
  readonly tradingState: TradingState
}
export type Command = { readonly type: 'command'; readonly time: UnixMs; readonly by: string } & (
  | { readonly command: 'pauseEntries' | 'resumeEntries' | 'closeAll' | 'emergencyStop' }
  | { readonly command: 'startStrategy' | 'stopStrategy' | 'closePosition'; readonly instanceId: InstanceId }
  | { readonly command: 'cancelOrder'; readonly orderId: OrderId }
  | { readonly command: 'adjustStop'; readonly instanceId: InstanceId; readonly stopPrice: number }
  | { readonly command: 'manualOrder'; readonly instanceId: InstanceId }
)

/** One condition at one instant. `margin` is how far past the threshold: ≥ 0 met, < 0 short by that much, null when pending. */
export interface VerdictRecord {
  readonly group: GroupName
  readonly reading: string
  readonly indicator: string
  readonly operator: Operator
  readonly threshold: number | readonly number[]
  readonly value: number | null
  readonly verdict: 'met' | 'unmet' | 'pending'
  readonly margin: number | null
  readonly pendingReason?: PendingReason
  readonly forMs?: number
  /** How long it has been true, when `forMs` asks. */
  readonly heldMs?: number
}

/** One risk check with what it compared; `headroom` ≥ 0 passes. */
export interface CheckRecord {
  readonly code: DenialCode
  readonly ok: boolean
  /** null = the input was unknown, which denies. */
  readonly value: number | null
  readonly limit: number
  readonly headroom: number | null
}

/** How a size came about, step by step; each cap that bit is named. */
export interface SizingRecord {
  readonly basis: 'riskPct' | 'equityPct' | 'notional'
  readonly equity: number
  readonly scale: number
  /** Set when the scale came from a pending risk reading. */
  readonly scaleAssumed: boolean
  readonly stopDistance: number | null
  readonly wantedNotional: number
  readonly caps: readonly { readonly name: string; readonly notional: number }[]
  readonly notional: number
  readonly quantity: number
  /** Loss at the stop ÷ equity. */
  readonly lossAtStop: number | null
}

/** A reading at the moment of a signal, as `signal.evidence` names it; `value` is null while it is pending. */
export interface Evidence {
  readonly reading: string
  readonly indicator: string
  readonly unit: Unit
  readonly value: number | null
  readonly pendingReason?: PendingReason
}

/** One of the signals that came together. */
export interface ConfluentSignal {
  /** null = it was not taken, for a reason that says nothing against it: the instrument was locked, no slot was free, entries were off. */
  readonly signalId: SignalId | null
  readonly strategy: string
  readonly time: UnixMs
  readonly price: number
}

/** Follows the `signalDetected` of a strategy that says what its signal detects. */
interface Detection {
  readonly signalId: SignalId
  readonly strategy: string
  readonly price: number
  readonly direction: Strategy['direction']
  readonly verdicts: readonly VerdictRecord[]
  readonly evidence: readonly Evidence[]
}

interface Fact {
  readonly time: UnixMs
  readonly instanceId: InstanceId
  readonly instrumentId: InstrumentId
}

export type TransitionCause =
  | GroupName
  | ExitReason
  | AbandonCode
  | 'entryFilled'
  | 'exitFilled'
  | 'cooldownOver'
  | 'noEntryGroup'

/** What comes out: requests for the venue, and facts. Nothing happened unless it is here. */
export type EngineOutput =
  | { readonly type: 'submitOrder'; readonly time: UnixMs; readonly order: Order }
  | {
      readonly type: 'cancelOrder'
      readonly time: UnixMs
      readonly orderId: OrderId
      readonly instrumentId: InstrumentId
      readonly reason: string
      /** From 2 when the venue has not answered and is asked again. */
      readonly attempt?: number
    }
  | (Fact & {
      readonly type: 'signalDetected'
      readonly signalId: SignalId
      readonly strategy: string
      readonly price: number
      readonly verdicts: readonly VerdictRecord[]
      /** The signal of the same instance before it, ended without an entry: the price has gone `renewAbovePct` further since. */
      readonly renews?: SignalId
    })
  | (Fact &
      Detection & {
        readonly type: 'flashPumpDetected'
        /** Price at the signal above `StrategyView.baselinePrice`, percent of it; null while that is not known. */
        readonly magnitudePct: number | null
      })
  | (Fact &
      Detection & {
        readonly type: 'reversalDetected'
        /**
         * Share of the rise given back, percent: the first of the evidence whose indicator measures it (`retracementPct`,
         * `retracedSharePct`); null without one or while it is pending.
         */
        readonly retracementPct: number | null
      })
  /** S1 of two or more strategies was met in one direction on one instrument within the window; told when one more joins. */
  | {
      readonly type: 'confluenceDetected'
      readonly time: UnixMs
      readonly instrumentId: InstrumentId
      readonly direction: Strategy['direction']
      /** By time. */
      readonly signals: readonly ConfluentSignal[]
    }
  | (Fact & {
      readonly type: 'signalSkipped'
      readonly strategy: string
      readonly reasons: readonly SkipCode[]
      readonly verdicts: readonly VerdictRecord[]
    })
  | (Fact & {
      readonly type: 'transitioned'
      readonly signalId: SignalId | null
      readonly from: Phase
      readonly to: Phase
      readonly cause: TransitionCause
      readonly group: GroupName | null
      readonly price: number
      readonly verdicts: readonly VerdictRecord[]
    })
  | (Fact & {
      readonly type: 'entryAbandoned'
      readonly signalId: SignalId
      readonly code: AbandonCode
      readonly price: number
    })
  | (Fact & {
      readonly type: 'riskDecided'
      readonly signalId: SignalId
      readonly ok: boolean
      readonly sizing: SizingRecord | null
      readonly draft: OrderDraft | null
      readonly checks: readonly CheckRecord[]
    })
  | (Fact & {
      readonly type: 'orderDenied'
      readonly signalId: SignalId
      readonly purpose: OrderPurpose
      readonly reasons: readonly CheckRecord[]
    })
  | { readonly type: 'orderUpdated'; readonly time: UnixMs; readonly order: Order }
  /** A venue event that the order's state does not allow; booked where it is money, never dropped silently. */
  | {
      readonly type: 'orderAnomaly'
      readonly time: UnixMs
      readonly orderId: OrderId | null
      readonly code: string
      readonly detail: string
    }
  | (Fact & { readonly type: 'positionOpened' | 'positionUpdated'; readonly position: Position })
  | (Fact & { readonly type: 'positionClosed'; readonly positionId: PositionId; readonly roundTrip: RoundTrip })
  | (Fact & {
      readonly type: 'stopMoved'
      readonly signalId: SignalId
      readonly from: number | null
      readonly to: number
      readonly why: 'entry' | 'trailing' | 'command' | 'resized'
    })
  /** A position without a working stop at the venue. */
  | (Fact & {
      readonly type: 'unprotected'
      readonly signalId: SignalId
      readonly since: UnixMs
      readonly quantity: number
    })
  /** The venue refused an exit; it is tried again for as long as there is a position. */
  | (Fact & {
      readonly type: 'exitRefused'
      readonly signalId: SignalId
      readonly orderId: OrderId
      /** The venue's. */
      readonly code: string
      /** Refusals in a row. */
      readonly attempt: number
      readonly againAt: UnixMs
    })
  | { readonly type: 'posted'; readonly posting: Posting }
  | {
      readonly type: 'indicatorFailed'
      readonly time: UnixMs
      readonly instrumentId: InstrumentId
      readonly indicator: string
      readonly message: string
      readonly switchedOffUntil: UnixMs | null
    }
  | {
      readonly type: 'commandRefused'
      readonly time: UnixMs
      readonly command: Command
      readonly code: 'unknownInstance' | 'unknownOrder' | 'notPossibleNow'
    }
  | {
      readonly type: 'tradingStateChanged'
      readonly time: UnixMs
      readonly from: TradingState
      readonly to: TradingState
      readonly cause: string
    }

/** Account at one moment; `equity` = cash + Σ unrealised, marked to the last price. */
export interface AccountView {
  readonly time: UnixMs
  readonly currency: string
  readonly cash: Money
  readonly equity: number
  readonly peakEquity: number
  /** Fraction of the peak, now and worst so far. */
  readonly drawdown: number
  readonly maxDrawdown: number
  readonly dayBaseline: number
  readonly marginUsed: number
}

/** How close one condition of one instance came; kept at constant cost. Times are event time. */
export interface NearMiss {
  readonly instanceId: InstanceId
  readonly instrumentId: InstrumentId
  readonly strategy: string
  readonly group: GroupName
  readonly reading: string
  readonly indicator: string
  readonly operator: Operator
  /** Null when the condition compares with another reading, whose name is `against`. */
  readonly threshold: number | readonly number[] | null
  readonly against?: string
  /** Best margin seen (≥ 0 = it was met), the value then, and when; null when it was always pending. */
  readonly bestMargin: number | null
  readonly bestValue: number | null
  readonly bestAt: UnixMs | null
  /** How long it was asked, and the shares of that time. */
  readonly askedMs: number
  readonly metShare: number
  readonly pendingShare: number
  /** Time in which it alone stood between the group and being met, and when last. */
  readonly blockedAloneMs: number
  readonly blockedAloneAt: UnixMs | null
  /** Separate times the group would have been met had this threshold been `threshold`; single-threshold operators only. */
  readonly wouldHave: readonly { readonly threshold: number; readonly times: number }[]
}
