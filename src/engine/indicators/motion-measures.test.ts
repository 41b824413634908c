import { expect, test } from 'vitest'
import {
  counterexampleTo,
  deviation,
  isCovered,
  mean,
  median,
  type Moment,
  priceAt,
  stepsIn,
  sum,
  tradesIn,
  twpaOf,
} from '#test/indicator-harness.ts'
import { directionConsistency } from './direction-consistency.ts'
import { dumpVelocityDeceleration, momentumDeathIndex, momentumReversalIndex } from './momentum-fading.ts'
import { momentumStreak } from './momentum-streak.ts'
import { priceVelocity } from './price-velocity.ts'
import { pumpStrengthScore } from './pump-strength.ts'
import { velocityAcceleration } from './velocity-acceleration.ts'
import { velocityCascade } from './velocity-cascade.ts'
import { velocityCv, velocityMeanAbs, velocityStabilized } from './velocity-stabilization.ts'

const change = { fromMs: 2_000, baselineFromMs: 8_000, baselineLengthMs: 3_000 }

/** Percent per second between TWPA(fromMs, 0) and the baseline, everything `backMs` earlier. */
function velocity(moment: Moment, { fromMs, baselineFromMs, baselineLengthMs }: typeof change, backMs = 0): number {
  const now = twpaOf(moment, fromMs + backMs, backMs)
  const before = twpaOf(moment, baselineFromMs + backMs, baselineFromMs - baselineLengthMs + backMs)
  const seconds = (baselineFromMs - baselineLengthMs / 2 - fromMs / 2) / 1000
  return (100 * (now - before)) / before / seconds
}

test('priceVelocity is the change between two averages per second between their centers', () => {
  expect(
    counterexampleTo(priceVelocity, { parameters: change, oracle: (moment) => velocity(moment, change) }),
  ).toBeUndefined()
})

test('velocityAcceleration is the short velocity less the long one', () => {
  const plain = (moment: Moment, fromMs: number): number => {
    const covered = Math.min(fromMs, moment.now - moment.since)
    const before = priceAt(moment, moment.now - fromMs) ?? moment.trades[0].price
    return (100 * (moment.trades.at(-1)!.price / before - 1)) / (covered / 1000)
  }
  expect(
    counterexampleTo(velocityAcceleration, {
      parameters: { fromMs: 3_000, baselineFromMs: 12_000 },
      oracle: (moment) => {
        if (!isCovered(moment, 12_000)) return Number.NaN
        return plain(moment, 3_000) - plain(moment, 12_000)
      },
    }),
  ).toBeUndefined()
})

test('velocityCascade weighs the relative steps from each horizon to the next shorter one', () => {
  expect(
    counterexampleTo(velocityCascade, {
      parameters: { fromMs: 1_000, horizons: 3 },
      // velocities carry rounding of about 1e-13 %/s and are divided by as little as 1e-4
      errorScale: 10,
      oracle: (moment) => {
        const speeds = [1_000, 2_000, 4_000].map((length) =>
          velocity(moment, { fromMs: length, baselineFromMs: 4 * length, baselineLengthMs: length }),
        )
        if (speeds.some(Number.isNaN)) return Number.NaN
        const floor = Math.max(1e-4, 0.1 * median(speeds.map(Math.abs)))
        const steps = [0, 1].map((i) => (speeds[i] - speeds[i + 1]) / Math.max(Math.abs(speeds[i + 1]), floor))
        const agree = steps.every((step) => step > 1e-6) || steps.every((step) => step < -1e-6)
        return Math.tanh((((steps[0] + steps[1] / 2) / 1.5) * (agree ? 1.2 : 1)) / 2)
      },
    }),
  ).toBeUndefined()
})

test('velocityCv, velocityMeanAbs and velocityStabilized look at successive velocities', () => {
  const parameters = { ...change, samples: 3, sampleIntervalMs: 700 }
  const speeds = (moment: Moment) => [0, 700, 1_400].map((backMs) => velocity(moment, change, backMs))
  const meanAbs = (moment: Moment) => mean(speeds(moment).map(Math.abs))
  expect(counterexampleTo(velocityMeanAbs, { parameters, oracle: meanAbs })).toBeUndefined()
  expect(
    counterexampleTo(velocityCv, {
      parameters,
      oracle: (moment) => (meanAbs(moment) > 1e-6 ? deviation(speeds(moment)) / meanAbs(moment) : Number.NaN),
    }),
  ).toBeUndefined()
  expect(
    counterexampleTo(velocityStabilized, {
      parameters: { ...parameters, velocityThreshold: 0.02, spreadThreshold: 0.01 },
      oracle: (moment) => {
        const speed = meanAbs(moment)
        if (Number.isNaN(speed)) return Number.NaN
        return speed < 0.02 && deviation(speeds(moment)) < 0.01 ? 100 : 0
      },
    }),
  ).toBeUndefined()
})

test('momentumReversalIndex, momentumDeathIndex and dumpVelocityDeceleration measure against the extreme velocity', () => {
  const parameters = { ...change, lookBackMs: 6_000 }
  const known = ({ past, now, since }: Moment): number[] =>
    now - since < 5_000 + 0.8 * 3_000 + 0.8 * 6_000
      ? []
      : past
          .filter((earlier) => earlier.now > now - 6_000)
          .map((earlier) => velocity(earlier, change))
          .filter((value) => !Number.isNaN(value))
  const highest = (moment: Moment): number => {
    const value = Math.max(...known(moment))
    return value > 1e-6 ? value : Number.NaN
  }
  const lowest = (moment: Moment): number => {
    const value = Math.min(...known(moment))
    return value < -1e-6 ? value : Number.NaN
  }
  // an extreme near rest magnifies the rounding of the averages, about 1e-13 %/s
  const shared = { parameters, runs: 15, errorScale: 100 }
  expect(
    counterexampleTo(momentumReversalIndex, {
      ...shared,
      oracle: (moment) => 100 * (velocity(moment, change) / highest(moment) - 1),
    }),
  ).toBeUndefined()
  expect(
    counterexampleTo(momentumDeathIndex, {
      ...shared,
      oracle: (moment) => 1 - velocity(moment, change) / highest(moment),
    }),
  ).toBeUndefined()
  expect(
    counterexampleTo(dumpVelocityDeceleration, {
      ...shared,
      oracle: (moment) => 1 - velocity(moment, change) / lowest(moment),
    }),
  ).toBeUndefined()
})

const upsAndDowns = (moment: Moment, fromMs: number, toMs = 0): readonly [number, number] => {
  const steps = stepsIn(moment, fromMs, toMs)
  const ups = steps.filter(([before, trade]) => trade.price > before.price).length
  return [ups, steps.filter(([before, trade]) => trade.price < before.price).length]
}

test('directionConsistency is the share of the majority among the moves', () => {
  expect(
    counterexampleTo(directionConsistency, {
      parameters: { fromMs: 7_000, toMs: 1_500 },
      oracle: (moment) => {
        if (!isCovered(moment, 7_000, 1_500)) return Number.NaN
        const [ups, downs] = upsAndDowns(moment, 7_000, 1_500)
        return Math.max(ups, downs) / (ups + downs)
      },
    }),
  ).toBeUndefined()
})

test('momentumStreak counts the newest periods that moved one way', () => {
  expect(
    counterexampleTo(momentumStreak, {
      parameters: { periodMs: 1_000, periods: 6 },
      oracle: (moment) => {
        if (!isCovered(moment, 6_000)) return Number.NaN
        const moves: number[] = []
        for (let period = 0; period < 6; period++) {
          const older = priceAt(moment, moment.now - (period + 1) * 1_000)
          if (older === undefined) break
          moves.push(Math.sign(priceAt(moment, moment.now - period * 1_000)! - older))
        }
        const turn = moves.findIndex((move) => move === 0 || move !== moves[0])
        const length = turn === -1 ? moves.length : turn
        return length === 0 ? 0 : length * moves[0]
      },
    }),
  ).toBeUndefined()
})

test('pumpStrengthScore adds up height, volume, speed and one-sidedness', () => {
  const volume = { volumeFromMs: 4_000, volumeBaselineFromMs: 20_000, volumeBaselineToMs: 4_000 }
  const full = { fullMagnitudePct: 2, fullSurge: 2, fullVelocity: 0.4 }
  const rate = (moment: Moment, fromMs: number, toMs: number): number =>
    sum(tradesIn(moment, fromMs, toMs).map(({ price, quantity }) => price * quantity)) /
    (moment.now - toMs - Math.max(moment.since, moment.now - fromMs))
  const part = (share: number): number => Math.min(1, Math.max(0, share))
  expect(
    counterexampleTo(pumpStrengthScore, {
      parameters: { ...change, ...volume, ...full, consistencyMs: 5_000 },
      oracle: (moment) => {
        if (!isCovered(moment, 4_000) || !isCovered(moment, 20_000, 4_000)) return Number.NaN
        const usual = rate(moment, 20_000, 4_000)
        if (usual === 0) return Number.NaN
        const magnitude = 100 * (twpaOf(moment, 2_000) / twpaOf(moment, 8_000, 5_000) - 1)
        const [ups, downs] = upsAndDowns(moment, 5_000)
        const surge = rate(moment, 4_000, 0) / usual
        const speed = velocity(moment, change)
        return 30 * part(magnitude / 2) + 25 * part(surge - 1) + 25 * part(speed / 0.4) + (20 * ups) / (ups + downs)
      },
    }),
  ).toBeUndefined()
})
