import type { IndicatorDefinition } from '#model/indicator.ts'
import { flowExhaustion, sellPressurePct } from './burst-flow.ts'
import { peakConfirmationScore } from './peak-confirmation.ts'
import { pumpRisePct, retracedSharePct, retracementLevel, sincePeakSeconds } from './pump-rise.ts'

/** The peak of a pump on the market's own data, and what tells that it is over. */
export const catalogReversal: readonly IndicatorDefinition[] = [
  pumpRisePct,
  retracedSharePct,
  sincePeakSeconds,
  retracementLevel,
  flowExhaustion,
  sellPressurePct,
  peakConfirmationScore,
]
