import type { DenialCode } from '#model/codes.ts'
import type { RiskLimits, TradingState } from '#model/limits.ts'
import { atMost } from './check.ts'
import type { ExposureView } from './exposure.ts'
import { dailyLoss, drawdown } from './losses.ts'

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
export function tradingStateOf(
  commanded: TradingState,
  account: Pick<ExposureView, 'equity' | 'peakEquity' | 'dayBaseline'>,
  limits: RiskLimits,
): TradingStateDecision {
  const demanded = demandedBy(account, limits)
  return demanded === undefined || severity[commanded] >= severity[demanded.state]
    ? { state: commanded, cause: 'command' }
    : demanded
}

function demandedBy(
  account: Pick<ExposureView, 'equity' | 'peakEquity' | 'dayBaseline'>,
  limits: RiskLimits,
): TradingStateDecision | undefined {
  const fallen = atMost('maxDrawdown', drawdown(account), limits.maxDrawdown)
  const lost = atMost('maxDailyLoss', dailyLoss(account), limits.maxDailyLoss)
  if (fallen.headroom === null || lost.headroom === null) return { state: 'reducing', cause: 'unknownInput' }
  if (!fallen.ok) return { state: 'halted', cause: 'maxDrawdown' }
  return lost.ok ? undefined : { state: 'reducing', cause: 'maxDailyLoss' }
}
