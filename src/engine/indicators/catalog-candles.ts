import type { IndicatorDefinition } from '#model/indicator.ts'
import { barRangeKept } from './bar-range-kept.ts'
import { barRiseInUsualMoves, barRisePct } from './bar-rise.ts'
import { barTurnoverSurge } from './bar-turnover-surge.ts'

/** What finds a pump where there are only candles; windows in time, so that they mean the same on bars of any length. */
export const catalogCandles: readonly IndicatorDefinition[] = [
  barRisePct,
  barRiseInUsualMoves,
  barTurnoverSurge,
  barRangeKept,
]
