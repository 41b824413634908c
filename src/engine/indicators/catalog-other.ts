import type { IndicatorDefinition } from '#model/indicator.ts'
import { adaptiveTakeProfit } from './adaptive-take-profit.ts'
import { adx } from './adx.ts'
import { atr, atrPct } from './atr.ts'
import { atrStop, atrTarget, dynamicStop } from './atr-levels.ts'
import { bollingerLower, bollingerMiddle, bollingerPosition, bollingerUpper, bollingerWidth } from './bollinger.ts'
import { bidAskImbalance, liquidityRatio, totalLiquidity } from './depth.ts'
import { emaBars } from './ema.ts'
import { barChangePct, barClose } from './last-bar.ts'
import { liquidityDrainIndex, marketStress } from './liquidity-drain.ts'
import { macdHistogram, macdLine, macdSignal } from './macd.ts'
import { orderFlowReversal } from './order-flow-reversal.ts'
import { buyShare, buyVolume, orderFlowImbalance, sellVolume, signedVolumeRate } from './order-flow.ts'
import { averageAskSize, averageBestAsk, averageBestBid, averageBidSize, twMidPrice } from './quote-means.ts'
import { midPriceVelocity, spreadVolatility, tradeVsMidDeviationPct } from './quote-motion.ts'
import { rsi } from './rsi.ts'
import { rushOrders, rushVolume } from './rush-orders.ts'
import { sessionVwap } from './session-vwap.ts'
import { simpleStop, simpleTarget } from './simple-levels.ts'
import { smaBars, volumeSmaRatio } from './sma.ts'
import { quoteAge, spreadPct } from './spread.ts'
import { stochasticD, stochasticK } from './stochastic.ts'
import { volumeProfilePoc, volumeProfileValueHigh, volumeProfileValueLow } from './volume-profile.ts'

/** Order flow, quotes, book, the classical set on bars, and price producers. */
export const catalogOther: readonly IndicatorDefinition[] = [
  orderFlowImbalance,
  buyShare,
  buyVolume,
  sellVolume,
  signedVolumeRate,
  orderFlowReversal,
  rushOrders,
  rushVolume,

  spreadPct,
  spreadVolatility,
  twMidPrice,
  midPriceVelocity,
  tradeVsMidDeviationPct,
  averageBestBid,
  averageBestAsk,
  averageBidSize,
  averageAskSize,
  quoteAge,

  bidAskImbalance,
  totalLiquidity,
  liquidityRatio,
  liquidityDrainIndex,
  marketStress,

  barClose,
  barChangePct,
  smaBars,
  emaBars,
  rsi,
  macdLine,
  macdSignal,
  macdHistogram,
  bollingerUpper,
  bollingerMiddle,
  bollingerLower,
  bollingerPosition,
  bollingerWidth,
  atr,
  atrPct,
  adx,
  stochasticK,
  stochasticD,
  volumeSmaRatio,
  sessionVwap,
  volumeProfilePoc,
  volumeProfileValueHigh,
  volumeProfileValueLow,

  simpleStop,
  simpleTarget,
  atrStop,
  atrTarget,
  dynamicStop,
  adaptiveTakeProfit,
]
