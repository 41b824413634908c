import type { CheckRecord } from '#model/events.ts'
import type { Instrument } from '#model/instrument.ts'
import type { RiskLimits } from '#model/limits.ts'
import type { OrderDraft } from '#model/order.ts'
import type { Check, CheckInput } from './check.ts'
import { chase } from './checks/chase.ts'
import { concentration } from './checks/concentration.ts'
import { crossedQuote } from './checks/crossed-quote.ts'
import { dailyLoss } from './checks/daily-loss.ts'
import { directionalShare } from './checks/directional-share.ts'
import { drawdown } from './checks/drawdown.ts'
import { entryRate } from './checks/entry-rate.ts'
import { knownStop } from './checks/known-stop.ts'
import { liquidationReserve } from './checks/liquidation-reserve.ts'
import { marginUse } from './checks/margin-use.ts'
import { minimum } from './checks/minimum.ts'
import { openPositions } from './checks/open-positions.ts'
import { positionSize } from './checks/position-size.ts'
import { priceCollar } from './checks/price-collar.ts'
import { staleData } from './checks/stale-data.ts'
import { strategyAllocation } from './checks/strategy-allocation.ts'
import { tradingState } from './checks/trading-state.ts'
import type { ExposureView } from './exposure.ts'

export type { ExposureView } from './exposure.ts'
export { interpolate, unscaled } from './interpolate.ts'
export { sizeEntry, type SizeRequest } from './size.ts'
export { TradingStates } from './trading-state.ts'

/** In the order they are shown: what stops everything first, then the account, then this order. */
const checks: readonly Check[] = [
  tradingState,
  dailyLoss,
  drawdown,
  openPositions,
  marginUse,
  positionSize,
  concentration,
  strategyAllocation,
  directionalShare,
  entryRate,
  staleData,
  crossedQuote,
  priceCollar,
  chase,
  minimum,
  knownStop,
  liquidationReserve,
]

/**
 * Every check against the account as it would be with the draft added, passed ones too; the entry may be sent when all
 * are `ok`. Only for entries: exits, stops and cancels are never asked.
 */
export function checkEntry(
  draft: OrderDraft,
  instrument: Instrument,
  stopPrice: number,
  exposure: ExposureView,
  limits: RiskLimits,
): readonly CheckRecord[] {
  const entryPrice = draft.price ?? draft.decisionPrice
  const notional = draft.quantity * entryPrice
  const direction = draft.side === 'buy' ? 1 : -1
  const margin = notional / draft.leverage
  const input: CheckInput = { draft, instrument, stopPrice, exposure, limits, entryPrice, notional, margin, direction }
  const records: CheckRecord[] = []
  for (const check of checks) {
    const record = check(input)
    if (record !== undefined) records.push(record)
  }
  return records
}
