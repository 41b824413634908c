import type { IndicatorDefinition } from '#model/indicator.ts'
import { orderCount } from './order-count.ts'
import { onsetAgeSeconds, riseSinceOnsetPct } from './pump-onset.ts'
import { pumpScore } from './pump-score.ts'
import { riseFromLevelPct, riseInUsualMoves, usualMovePct } from './usual-move.ts'
import { turnoverSurge, usualTurnover } from './usual-turnover.ts'

/** What finds a pump in its first seconds, against what the instrument is usually like. */
export const catalogPump: readonly IndicatorDefinition[] = [
  riseFromLevelPct,
  usualMovePct,
  riseInUsualMoves,
  orderCount,
  usualTurnover,
  turnoverSurge,
  onsetAgeSeconds,
  riseSinceOnsetPct,
  pumpScore,
]
