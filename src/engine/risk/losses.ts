import type { ExposureView } from './exposure.ts'

type Equity = Pick<ExposureView, 'equity' | 'peakEquity' | 'dayBaseline'>

/** Fraction of the day's baseline lost since 00:00 UTC, mark-to-market; negative = gained, NaN = unknown. */
export function dailyLoss(account: Equity): number {
  return account.dayBaseline > 0 ? (account.dayBaseline - account.equity) / account.dayBaseline : Number.NaN
}

/** Fraction of the running peak lost, mark-to-market; NaN = unknown. */
export function drawdown(account: Equity): number {
  return account.peakEquity > 0 ? (account.peakEquity - account.equity) / account.peakEquity : Number.NaN
}
