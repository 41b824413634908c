import { dayMs } from './daily.ts'
import { deviationOf, meanOf } from './sums.ts'

/** Days below which ratios of daily returns say nothing, and growth is not carried on to a year. */
export const minRatioDays = 30
/** Crypto trades every day. */
export const daysPerYear = 365
/** Yearly, as a fraction. */
export const defaultRiskFreeRate = 0.02

/** `(mean − rf/365) ÷ std · √365` of UTC-daily equity returns, sample deviation; null under 30 days or without variation. */
export function sharpeOf(returns: readonly number[], riskFreeRate: number = defaultRiskFreeRate): number | null {
  const mean = meanOf(returns)
  const deviation = deviationOf(returns)
  if (returns.length < minRatioDays || mean === null || deviation === null || isFlat(deviation, mean)) return null
  return ((mean - riskFreeRate / daysPerYear) / deviation) * Math.sqrt(daysPerYear)
}

/** Like Sharpe, over the downside deviation `√(mean(min(r − target, 0)²))` of all days; the target is the riskless day. */
export function sortinoOf(returns: readonly number[], riskFreeRate: number = defaultRiskFreeRate): number | null {
  const mean = meanOf(returns)
  if (returns.length < minRatioDays || mean === null) return null
  const target = riskFreeRate / daysPerYear
  const downside = Math.sqrt(meanOf(returns.map((value) => Math.min(value - target, 0) ** 2)) as number)
  return isFlat(downside, mean) ? null : ((mean - target) / downside) * Math.sqrt(daysPerYear)
}

/** Yearly growth `(end ÷ start)^(365 days ÷ elapsed) − 1`; −1 at ruin, null under 30 days or from nothing. */
export function cagrOf(start: number, end: number, elapsedMs: number): number | null {
  if (start <= 0 || elapsedMs < minRatioDays * dayMs) return null
  if (end <= 0) return -1
  const growth = (end / start) ** ((daysPerYear * dayMs) / elapsedMs) - 1
  return Number.isFinite(growth) ? growth : null
}

/** CAGR ÷ max drawdown (both fractions); null under 30 days or without a drawdown. */
export function calmarOf(cagr: number | null, maxDrawdown: number, days: number): number | null {
  return cagr === null || days < minRatioDays || maxDrawdown === 0 ? null : cagr / maxDrawdown
}

/** Net profit ÷ max drawdown, both in quote; null without a drawdown. */
export function recoveryOf(netProfit: number, maxDrawdownAmount: number): number | null {
  return maxDrawdownAmount === 0 ? null : netProfit / maxDrawdownAmount
}

/** Rounding dust of a constant series is not variation. */
const isFlat = (deviation: number, mean: number): boolean => deviation <= 1e-12 * Math.max(1, Math.abs(mean))
