import type { DenialCode } from '#model/codes.ts'
import type { UnixMs } from '#model/ids.ts'
import type { RiskLimits, TradingState } from '#model/limits.ts'
import { atMost } from './check.ts'
import type { ExposureView } from './exposure.ts'
import { dailyLoss, drawdown } from './losses.ts'

type Account = Pick<ExposureView, 'equity' | 'peakEquity' | 'dayBaseline'>

const dayMs = 86_400_000

/** Higher is stricter. */
export const severity: Readonly<Record<TradingState, number>> = { active: 0, reducing: 1, halted: 2 }

export interface TradingStateDecision {
  readonly state: TradingState
  /** Who asked for it; `command` also when nothing stricter applies. */
  readonly cause: 'command' | DenialCode
}

/**
 * The stricter of what was commanded and what the losses demand: beyond the daily loss or with equity unknown only
 * exits (`reducing`), beyond the drawdown `halted`. Exits, stops and cancels pass in every state.
 */
export function tradingStateOf(commanded: TradingState, account: Account, limits: RiskLimits): TradingStateDecision {
  const demanded = demandedBy(account, limits)
  return demanded === undefined || severity[commanded] >= severity[demanded.state]
    ? { state: commanded, cause: 'command' }
    : demanded
}

/** What changed it; the last two ease it. */
type TradingStateCause = TradingStateDecision['cause'] | 'dayOver' | 'equityKnown'

/**
 * The trading state through time. A limit that was broken stays so, wherever equity goes: the daily loss until the UTC day is
 * over, the drawdown until limits are set anew.
 */
export class TradingStates {
  state: TradingState = 'active'
  #commanded: TradingState = 'active'
  /** What a broken limit demands, and the day on which it was broken. */
  #broken: { readonly decision: TradingStateDecision; readonly day: number } | undefined

  /** The operator sets it. */
  command(to: TradingState): void {
    this.#commanded = to
  }

  /** Limits are set anew: what they demand is asked afresh. */
  forget(): void {
    this.#broken = undefined
  }

  /** Takes in where the account stands; why the state is another one now, undefined when it is not. */
  follow(time: UnixMs, account: Account, limits: RiskLimits): TradingStateCause | undefined {
    if (this.#isQuiet(account, limits)) return undefined
    const day = Math.floor(time / dayMs)
    const isOver = this.#broken?.decision.cause === 'maxDailyLoss' && this.#broken.day !== day
    if (isOver) this.#broken = undefined
    const held = this.#broken?.decision
    const now = tradingStateOf(held?.state ?? 'active', account, limits)
    if (now.cause === 'maxDailyLoss' || now.cause === 'maxDrawdown') this.#broken = { decision: now, day }
    const demanded = now.cause === 'command' ? (held ?? now) : now
    const isCommanded = severity[this.#commanded] >= severity[demanded.state]
    const before = this.state
    this.state = isCommanded ? this.#commanded : demanded.state
    if (this.state === before) return undefined
    if (severity[this.state] < severity[before]) return isOver ? 'dayOver' : 'equityKnown'
    return isCommanded ? 'command' : demanded.cause
  }

  snapshot() {
    return { state: this.state, commanded: this.#commanded, broken: this.#broken }
  }

  restore(saved: ReturnType<TradingStates['snapshot']>): void {
    this.state = saved.state
    this.#commanded = saved.commanded
    this.#broken = saved.broken
  }

  /** Nothing is broken and nothing was commanded, as at nearly every tick. */
  #isQuiet({ equity, peakEquity, dayBaseline }: Account, { maxDrawdown, maxDailyLoss }: RiskLimits): boolean {
    return (
      this.#broken === undefined &&
      this.state === this.#commanded &&
      peakEquity > 0 &&
      dayBaseline > 0 &&
      equity >= peakEquity * (1 - maxDrawdown) &&
      equity >= dayBaseline * (1 - maxDailyLoss)
    )
  }
}

function demandedBy(account: Account, limits: RiskLimits): TradingStateDecision | undefined {
  const fallen = atMost('maxDrawdown', drawdown(account), limits.maxDrawdown)
  const lost = atMost('maxDailyLoss', dailyLoss(account), limits.maxDailyLoss)
  if (fallen.headroom === null || lost.headroom === null) return { state: 'reducing', cause: 'unknownInput' }
  if (!fallen.ok) return { state: 'halted', cause: 'maxDrawdown' }
  return lost.ok ? undefined : { state: 'reducing', cause: 'maxDailyLoss' }
}
