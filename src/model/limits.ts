/** Account-wide limits; fractions of equity unless the name says otherwise. Absent data denies, it never passes. */
export interface RiskLimits {
  /** Notional ÷ leverage (margin) of one position ÷ equity. */
  readonly maxPositionSize: number
  readonly maxOpenPositions: number
  /** Margin in one instrument ÷ equity, open and resting entry orders included. */
  readonly maxConcentration: number
  /** Loss of mark-to-market equity since the UTC day's baseline. */
  readonly maxDailyLoss: number
  /** From the running peak of mark-to-market equity. */
  readonly maxDrawdown: number
  /** Σ margin ÷ equity. */
  readonly maxMarginUse: number
  /** Entry orders per minute over all instances. */
  readonly maxEntriesPerMinute: number
  /** Entry price away from the last trade, fraction of price. */
  readonly priceCollar: number
  /** Age of the newest trade or quote of the instrument. */
  readonly maxDataAgeMs: number
  /** Share of Σ notional that may point the same way once three or more positions are open. */
  readonly maxDirectionalShare: number
  /** Signals in flight over all instances (`signaled` or `entering`). */
  readonly maxConcurrentSignals: number
  /** Σ margin of one strategy ÷ equity. */
  readonly maxStrategyAllocation: number
  /** Distance from stop to liquidation price ÷ distance from entry to liquidation price. */
  readonly minLiquidationReserve: number
}

/** The seeds' six limits and our own, as `design.md` §2 states them. */
export const defaultLimits: RiskLimits = {
  maxPositionSize: 0.1,
  maxOpenPositions: 3,
  maxConcentration: 0.3,
  maxDailyLoss: 0.05,
  maxDrawdown: 0.15,
  maxMarginUse: 0.8,
  maxEntriesPerMinute: 10,
  priceCollar: 0.05,
  maxDataAgeMs: 10_000,
  maxDirectionalShare: 1,
  maxConcurrentSignals: 3,
  maxStrategyAllocation: 1,
  minLiquidationReserve: 0.2,
}

export type TradingState = 'active' | 'reducing' | 'halted'
