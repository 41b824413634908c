import type { IndicatorDefinition } from '#model/indicator.ts'
import { directionConsistency } from './direction-consistency.ts'
import { dumpExhaustionScore } from './dump-exhaustion.ts'
import { firstPrice, lastPrice } from './edge-price.ts'
import { holdingSeconds, signalAgeSeconds } from './elapsed.ts'
import { interTradeInterval } from './inter-trade-interval.ts'
import { dumpVelocityDeceleration, momentumDeathIndex, momentumReversalIndex } from './momentum-fading.ts'
import { momentumStreak } from './momentum-streak.ts'
import { priceDriftPct } from './price-drift.ts'
import { distanceFromMaxPct, distanceFromMinPct, maxPrice, minPrice } from './price-extreme.ts'
import { priceMomentumPct } from './price-momentum.ts'
import { priceVelocity } from './price-velocity.ts'
import { priceVolatility } from './price-volatility.ts'
import { pumpMagnitudePct } from './pump-magnitude.ts'
import { pumpStrengthScore } from './pump-strength.ts'
import { retracementPct } from './retracement.ts'
import { signalConfidence } from './signal-confidence.ts'
import { supportLevelProximityPct } from './support-level.ts'
import { timeDecayEma } from './time-decay-ema.ts'
import { tradeClustering } from './trade-clustering.ts'
import { tradeCount, tradeFrequency } from './trade-count.ts'
import { tradeDensityAcceleration } from './trade-density-acceleration.ts'
import { tradeSizeVolatility } from './trade-size-volatility.ts'
import { maxTwpa, minTwpa } from './twpa-extreme.ts'
import { twpaRatio } from './twpa-ratio.ts'
import { twpa } from './twpa.ts'
import { unrealizedMarginPct, unrealizedPnlPct } from './unrealized-pnl.ts'
import { velocityAcceleration } from './velocity-acceleration.ts'
import { velocityCascade } from './velocity-cascade.ts'
import { velocityCv, velocityMeanAbs, velocityStabilized } from './velocity-stabilization.ts'
import { volumeAcceleration } from './volume-acceleration.ts'
import { volumeConcentration } from './volume-concentration.ts'
import { volumeExhaustion } from './volume-exhaustion.ts'
import { volumePriceCorrelation } from './volume-price-correlation.ts'
import { volumeSurgeRatio } from './volume-surge.ts'
import { vtwpa } from './vtwpa.ts'
import { vwap } from './vwap.ts'
import {
  averageTradeSize,
  averageVolume,
  quoteVolumeRate,
  sumQuoteVolume,
  sumVolume,
  volumeRate,
} from './window-volume.ts'
import { windowChangePct } from './window-change.ts'

/** What is measured on trades, and on the strategy's own signal and position. */
export const catalogTrades: readonly IndicatorDefinition[] = [
  // price
  lastPrice,
  firstPrice,
  maxPrice,
  minPrice,
  twpa,
  maxTwpa,
  minTwpa,
  vwap,
  vtwpa,
  timeDecayEma,
  // how far and how fast it moved
  pumpMagnitudePct,
  priceVelocity,
  priceMomentumPct,
  windowChangePct,
  priceDriftPct,
  twpaRatio,
  distanceFromMaxPct,
  distanceFromMinPct,
  retracementPct,
  supportLevelProximityPct,
  priceVolatility,
  directionConsistency,
  momentumStreak,
  // how its motion changes
  velocityAcceleration,
  velocityCascade,
  velocityCv,
  velocityMeanAbs,
  velocityStabilized,
  momentumReversalIndex,
  momentumDeathIndex,
  dumpVelocityDeceleration,
  // volume
  volumeSurgeRatio,
  volumeAcceleration,
  volumeExhaustion,
  volumeConcentration,
  volumePriceCorrelation,
  sumVolume,
  sumQuoteVolume,
  volumeRate,
  quoteVolumeRate,
  // trades
  tradeCount,
  tradeFrequency,
  averageVolume,
  averageTradeSize,
  tradeSizeVolatility,
  interTradeInterval,
  tradeClustering,
  tradeDensityAcceleration,
  // scores
  pumpStrengthScore,
  dumpExhaustionScore,
  signalConfidence,
  // the strategy's own
  signalAgeSeconds,
  holdingSeconds,
  unrealizedPnlPct,
  unrealizedMarginPct,
]
