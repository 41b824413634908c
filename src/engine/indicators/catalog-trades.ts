import type { IndicatorDefinition } from '#model/indicator.ts'
import { holdingSeconds, signalAgeSeconds } from './elapsed.ts'
import { distanceFromMaxPct, distanceFromMinPct, maxPrice, minPrice } from './price-extreme.ts'
import { priceMomentumPct } from './price-momentum.ts'
import { priceVelocity } from './price-velocity.ts'
import { pumpMagnitudePct } from './pump-magnitude.ts'
import { twpa } from './twpa.ts'
import { twpaRatio } from './twpa-ratio.ts'
import { unrealizedMarginPct, unrealizedPnlPct } from './unrealized-pnl.ts'
import { volumeSurgeRatio } from './volume-surge.ts'
import { vwap } from './vwap.ts'

/** What is measured on trades, and on the strategy's own signal and position. */
export const catalogTrades: readonly IndicatorDefinition[] = [
  twpa,
  twpaRatio,
  priceVelocity,
  pumpMagnitudePct,
  volumeSurgeRatio,
  priceMomentumPct,
  maxPrice,
  minPrice,
  distanceFromMaxPct,
  distanceFromMinPct,
  vwap,
  unrealizedPnlPct,
  unrealizedMarginPct,
  signalAgeSeconds,
  holdingSeconds,
]
