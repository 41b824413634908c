import type { IndicatorDefinition } from '#model/indicator.ts'
import { emaBars } from './ema.ts'
import { buyShare, buyVolume, orderFlowImbalance, sellVolume, signedVolumeRate } from './order-flow.ts'
import { rsi } from './rsi.ts'
import { quoteAge, spreadPct } from './spread.ts'

/** Order flow, quotes, book, the classical set on bars, and price producers. */
export const catalogOther: readonly IndicatorDefinition[] = [
  orderFlowImbalance,
  buyShare,
  buyVolume,
  sellVolume,
  signedVolumeRate,
  spreadPct,
  quoteAge,
  emaBars,
  rsi,
]
