import { expect, test } from 'vitest'
import { counterexampleTo, isCovered, type Moment, stepsIn, sum, tradesIn, twpaOf } from '#test/indicator-harness.ts'
import { dumpExhaustionScore } from './dump-exhaustion.ts'
import { holdingSeconds, signalAgeSeconds } from './elapsed.ts'
import { signalConfidence } from './signal-confidence.ts'
import { unrealizedMarginPct, unrealizedPnlPct } from './unrealized-pnl.ts'

const last = ({ trades }: Moment): number => trades.at(-1)?.price ?? Number.NaN

test('unrealizedPnlPct is the move in favor less fees, unrealizedMarginPct the same on margin, both pending while flat', () => {
  expect(
    counterexampleTo(unrealizedPnlPct, {
      parameters: {},
      oracle: (moment, _, { quantity, entryPrice }) =>
        quantity === 0 ? Number.NaN : 100 * Math.sign(quantity) * (last(moment) / entryPrice - 1) - 0.12,
    }),
  ).toBeUndefined()
  expect(
    counterexampleTo(unrealizedMarginPct, {
      parameters: {},
      oracle: (moment, _, { quantity, entryPrice, leverage }) =>
        quantity === 0 ? Number.NaN : leverage * (100 * Math.sign(quantity) * (last(moment) / entryPrice - 1) - 0.12),
    }),
  ).toBeUndefined()
})

test('signalAgeSeconds and holdingSeconds count from the signal and the first fill', () => {
  expect(
    counterexampleTo(signalAgeSeconds, {
      parameters: {},
      oracle: ({ now }, _, { signalTime }) => (now - signalTime) / 1000,
    }),
  ).toBeUndefined()
  expect(
    counterexampleTo(holdingSeconds, { parameters: {}, oracle: ({ now }, _, { openedAt }) => (now - openedAt) / 1000 }),
  ).toBeUndefined()
})

test('signalConfidence multiplies consistency, height and age', () => {
  expect(
    counterexampleTo(signalConfidence, {
      parameters: {
        fromMs: 2_000,
        baselineFromMs: 8_000,
        baselineLengthMs: 3_000,
        consistencyMs: 9_100,
        fullMagnitudePct: 3,
        fullDurationMs: 60_000,
      },
      oracle: (moment, _, { signalTime }) => {
        if (Number.isNaN(signalTime) || !isCovered(moment, 9_100)) return Number.NaN
        const magnitude = 100 * (twpaOf(moment, 2_000) / twpaOf(moment, 8_000, 5_000) - 1)
        const moves = stepsIn(moment, 9_100).map(([before, trade]) => Math.sign(trade.price - before.price))
        const [ups, downs] = [1, -1].map((sign) => moves.filter((move) => move === sign).length) as [number, number]
        const consistency = Math.max(ups, downs) / (ups + downs)
        const age = Math.min(1, (moment.now - signalTime) / 60_000)
        return 100 * consistency * Math.min(1, Math.abs(magnitude) / 3) * age
      },
    }),
  ).toBeUndefined()
})

test('dumpExhaustionScore gives all or half the points of each of four parts', () => {
  const rate = (moment: Moment, fromMs: number, toMs: number): number =>
    sum(tradesIn(moment, fromMs, toMs).map(({ price, quantity }) => price * quantity)) /
    (moment.now - toMs - Math.max(moment.since, moment.now - fromMs))
  const points = (all: number, isFull: boolean, isHalf: boolean): number => (isFull ? all : isHalf ? all / 2 : 0)
  expect(
    counterexampleTo(dumpExhaustionScore, {
      parameters: {
        fromMs: 2_000,
        baselineFromMs: 8_000,
        baselineLengthMs: 3_000,
        volumeFromMs: 4_000,
        volumeBaselineFromMs: 12_000,
        volumeBaselineToMs: 4_000,
        imbalanceFromMs: 5_000,
        // odd thresholds, which no reading meets exactly: there rounding would decide
        velocityThreshold: 0.10017,
        volumeThreshold: 0.80033,
        retracementThreshold: 40.0271,
        imbalanceThreshold: -10.0391,
      },
      oracle: (moment, _, { signalTime, peakPrice, baselinePrice }) => {
        const isMissing = Number.isNaN(signalTime) || !(peakPrice > baselinePrice)
        if (isMissing || !isCovered(moment, 4_000) || !isCovered(moment, 12_000, 4_000)) return Number.NaN
        const before = twpaOf(moment, 8_000, 5_000)
        const speed = Math.abs((100 * (twpaOf(moment, 2_000) - before)) / before / 5.5)
        const surge = rate(moment, 4_000, 0) / rate(moment, 12_000, 4_000)
        const retraced = (100 * (peakPrice - last(moment))) / (peakPrice - baselinePrice)
        const balance = imbalanceOf(moment, 5_000)
        if ([speed, surge, balance].some(Number.isNaN) || surge === Infinity) return Number.NaN
        return (
          points(30, speed < 0.10017, speed < 0.20034) +
          points(25, surge < 0.80033, surge < 1.200495) +
          points(25, retraced >= 40.0271, retraced >= 28.01897) +
          points(20, balance > -10.0391, balance > -30.0391)
        )
      },
      runs: 150,
    }),
  ).toBeUndefined()
})

/** Time-weighted imbalance at the best prices; moments with nothing there are left out. */
function imbalanceOf({ now, since, quotes }: Moment, windowMs: number): number {
  if (now - windowMs < since) return Number.NaN
  let area = 0
  let known = 0
  quotes.forEach(({ time, bidSize, askSize }, index) => {
    const end = Math.min(now, quotes[index + 1]?.time ?? Infinity)
    const ms = end - Math.max(time, now - windowMs)
    if (ms <= 0 || bidSize + askSize === 0) return
    known += ms
    area += (ms * 100 * (bidSize - askSize)) / (bidSize + askSize)
  })
  return known >= 0.8 * windowMs ? area / known : Number.NaN
}
