import type { UnixMs } from '#model/ids.ts'

/** Mark-to-market curve of the account, in quote units; plain data. */
export interface ValuationState {
  equity: number
  peakEquity: number
  /** Fractions of the peak. */
  drawdown: number
  maxDrawdown: number
  dayBaseline: number
  /** End of the UTC day that `dayBaseline` belongs to; −Infinity before the first event. */
  dayEnd: UnixMs
}

const dayMs = 86_400_000

/** A flat account that has just been funded. */
export function toValuation(equity: number): ValuationState {
  return {
    equity,
    peakEquity: equity,
    drawdown: 0,
    maxDrawdown: 0,
    dayBaseline: equity,
    dayEnd: Number.NEGATIVE_INFINITY,
  }
}

/** Takes in the equity of now; numbers only. */
export function setEquity(state: ValuationState, equity: number): void {
  state.equity = equity
  if (equity > state.peakEquity) state.peakEquity = equity
  state.drawdown = state.peakEquity > 0 ? (state.peakEquity - equity) / state.peakEquity : 0
  if (state.drawdown > state.maxDrawdown) state.maxDrawdown = state.drawdown
}

/** On the first `time` of a new UTC day the equity carried into it becomes the day's baseline; times never turn it back. */
export function rollDay(state: ValuationState, time: UnixMs): void {
  if (time < state.dayEnd) return
  state.dayBaseline = state.equity
  state.dayEnd = Math.floor(time / dayMs) * dayMs + dayMs
}
