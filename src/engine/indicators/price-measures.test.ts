import { expect, test } from 'vitest'
import {
  counterexampleTo,
  deviation,
  held,
  isCovered,
  type Moment,
  priceAt,
  sum,
  tradesIn,
  twpaOf,
} from '#test/indicator-harness.ts'
import { firstPrice, lastPrice } from './edge-price.ts'
import { priceDriftPct } from './price-drift.ts'
import { distanceFromMaxPct, distanceFromMinPct, maxPrice, minPrice } from './price-extreme.ts'
import { priceMomentumPct } from './price-momentum.ts'
import { priceVolatility } from './price-volatility.ts'
import { pumpMagnitudePct } from './pump-magnitude.ts'
import { retracementPct } from './retracement.ts'
import { supportLevelProximityPct } from './support-level.ts'
import { timeDecayEma } from './time-decay-ema.ts'
import { maxTwpa, minTwpa } from './twpa-extreme.ts'
import { twpaRatio } from './twpa-ratio.ts'
import { twpa } from './twpa.ts'
import { vtwpa } from './vtwpa.ts'
import { vwap } from './vwap.ts'
import { windowChangePct } from './window-change.ts'

const window = { fromMs: 7_000, toMs: 1_500 }
const baseline = { baselineFromMs: 20_000, baselineToMs: 4_000 }
const followsPrice = { price: 1 }

const pricesIn = (moment: Moment, fromMs: number, toMs = 0): number[] =>
  isCovered(moment, fromMs, toMs) ? held(moment, fromMs, toMs).map(({ trade }) => trade.price) : []
const orPending = (value: number | undefined): number => value ?? Number.NaN
const last = ({ trades }: Moment): number => orPending(trades.at(-1)?.price)

test('twpa is the mean of the held price over time', () => {
  const oracle = (moment: Moment) => twpaOf(moment, window.fromMs, window.toMs)
  expect(counterexampleTo(twpa, { parameters: window, oracle, follows: followsPrice })).toBeUndefined()
})

test('twpaRatio is one time-weighted price over another', () => {
  expect(
    counterexampleTo(twpaRatio, {
      parameters: { ...window, ...baseline },
      oracle: (moment) => twpaOf(moment, 7_000, 1_500) / twpaOf(moment, 20_000, 4_000),
    }),
  ).toBeUndefined()
})

test('pumpMagnitudePct is the rise above the baseline in percent', () => {
  expect(
    counterexampleTo(pumpMagnitudePct, {
      parameters: { fromMs: 3_000, baselineFromMs: 15_000, baselineLengthMs: 10_000 },
      oracle: (moment) => 100 * (twpaOf(moment, 3_000) / twpaOf(moment, 15_000, 5_000) - 1),
    }),
  ).toBeUndefined()
})

test('priceMomentumPct is the change of the time-weighted price in percent', () => {
  expect(
    counterexampleTo(priceMomentumPct, {
      parameters: { ...window, ...baseline },
      oracle: (moment) => 100 * (twpaOf(moment, 7_000, 1_500) / twpaOf(moment, 20_000, 4_000) - 1),
    }),
  ).toBeUndefined()
})

test('supportLevelProximityPct is the distance from the older level in percent', () => {
  expect(
    counterexampleTo(supportLevelProximityPct, {
      parameters: { fromMs: 2_000, baselineFromMs: 30_000, baselineToMs: 6_000 },
      oracle: (moment) => 100 * (twpaOf(moment, 2_000) / twpaOf(moment, 30_000, 6_000) - 1),
    }),
  ).toBeUndefined()
})

test('priceDriftPct compares the two halves of the window', () => {
  expect(
    counterexampleTo(priceDriftPct, {
      parameters: { fromMs: 25_000, toMs: 5_001 },
      oracle: (moment) => 100 * (twpaOf(moment, 15_001, 5_001) / twpaOf(moment, 25_000, 15_001) - 1),
    }),
  ).toBeUndefined()
})

test('maxPrice and minPrice are the extremes of the price in force', () => {
  expect(
    counterexampleTo(maxPrice, {
      parameters: window,
      oracle: (moment) => orPending(pricesIn(moment, 7_000, 1_500).toSorted((a, b) => b - a)[0]),
      follows: followsPrice,
    }),
  ).toBeUndefined()
  expect(
    counterexampleTo(minPrice, {
      parameters: { fromMs: 12_000 },
      oracle: (moment) => orPending(pricesIn(moment, 12_000).toSorted((a, b) => a - b)[0]),
      follows: followsPrice,
    }),
  ).toBeUndefined()
})

test('distanceFromMaxPct and distanceFromMinPct measure the last price against them', () => {
  expect(
    counterexampleTo(distanceFromMaxPct, {
      parameters: window,
      oracle: (moment) => {
        const prices = pricesIn(moment, 7_000, 1_500)
        return prices.length > 0 ? 100 * (last(moment) / Math.max(...prices) - 1) : Number.NaN
      },
    }),
  ).toBeUndefined()
  expect(
    counterexampleTo(distanceFromMinPct, {
      parameters: { fromMs: 9_000 },
      oracle: (moment) => {
        const prices = pricesIn(moment, 9_000)
        return prices.length > 0 ? 100 * (last(moment) / Math.min(...prices) - 1) : Number.NaN
      },
    }),
  ).toBeUndefined()
})

test('firstPrice and lastPrice are the prices in force at the edges', () => {
  expect(
    counterexampleTo(firstPrice, {
      parameters: { fromMs: 6_000 },
      oracle: (moment) =>
        isCovered(moment, 6_000) ? (priceAt(moment, moment.now - 6_000) ?? moment.trades[0].price) : Number.NaN,
      follows: followsPrice,
    }),
  ).toBeUndefined()
  expect(counterexampleTo(lastPrice, { parameters: {}, oracle: last, follows: followsPrice })).toBeUndefined()
  expect(
    counterexampleTo(lastPrice, {
      parameters: { toMs: 2_500 },
      oracle: (moment) => orPending(priceAt(moment, moment.now - 2_500)),
      follows: followsPrice,
    }),
  ).toBeUndefined()
})

test('windowChangePct compares the prices in force at the edges, or time-weighted ones', () => {
  expect(
    counterexampleTo(windowChangePct, {
      parameters: window,
      oracle: (moment) => {
        if (!isCovered(moment, 7_000, 1_500)) return Number.NaN
        const begin = priceAt(moment, moment.now - 7_000) ?? moment.trades[0].price
        return 100 * (priceAt(moment, moment.now - 1_500)! / begin - 1)
      },
    }),
  ).toBeUndefined()
  expect(
    counterexampleTo(windowChangePct, {
      parameters: { ...window, priceMethod: 'twpa' },
      oracle: (moment) => 100 * (twpaOf(moment, 2_050, 1_500) / twpaOf(moment, 7_000, 6_450) - 1),
    }),
  ).toBeUndefined()
})

test('vwap weighs the prices of the window by quantity', () => {
  expect(
    counterexampleTo(vwap, {
      parameters: window,
      oracle: (moment) => {
        const trades = isCovered(moment, 7_000, 1_500) ? tradesIn(moment, 7_000, 1_500) : []
        return sum(trades.map(({ price, quantity }) => price * quantity)) / sum(trades.map(({ quantity }) => quantity))
      },
      follows: followsPrice,
    }),
  ).toBeUndefined()
})

test('vtwpa weighs the held prices by quantity and time', () => {
  expect(
    counterexampleTo(vtwpa, {
      parameters: window,
      oracle: (moment) => {
        const steps = isCovered(moment, 7_000, 1_500) ? held(moment, 7_000, 1_500) : []
        const weights = steps.map(({ trade, ms }) => trade.quantity * ms)
        return sum(steps.map(({ trade }, index) => trade.price * weights[index])) / sum(weights)
      },
      follows: followsPrice,
    }),
  ).toBeUndefined()
})

test('timeDecayEma weighs the held prices by e^(−age/τ)', () => {
  const tauMs = 3_000
  expect(
    counterexampleTo(timeDecayEma, {
      parameters: { tauMs },
      oracle: (moment) => {
        const { now, trades, since } = moment
        if (!(now - since >= 0.8 * 5 * tauMs)) return Number.NaN
        const weight = (from: number, to: number) => Math.exp((to - now) / tauMs) - Math.exp((from - now) / tauMs)
        const steps = held(moment, now - since + 1).map(
          ({ trade, ms }) => trade.price * weight(trade.time, trade.time + ms),
        )
        // before the data the first price is taken to have held forever
        return sum(steps) + trades[0].price * Math.exp((since - now) / tauMs)
      },
      follows: followsPrice,
    }),
  ).toBeUndefined()
})

test('maxTwpa and minTwpa are the extremes of the time-weighted price at the instants of the look-back', () => {
  const values = ({ past, now, since }: Moment): number[] =>
    now - since >= 0.8 * (2_000 + 9_000)
      ? past
          .filter((moment) => moment.now > now - 9_000)
          .map((moment) => twpaOf(moment, 2_000))
          .filter((value) => !Number.isNaN(value))
      : [Number.NaN]
  const parameters = { fromMs: 2_000, lookBackMs: 9_000 }
  const shared = { parameters, follows: followsPrice, runs: 15 }
  expect(counterexampleTo(maxTwpa, { ...shared, oracle: (moment) => Math.max(...values(moment)) })).toBeUndefined()
  expect(counterexampleTo(minTwpa, { ...shared, oracle: (moment) => Math.min(...values(moment)) })).toBeUndefined()
})

test('retracementPct is the share of the rise before the high that was given back', () => {
  expect(
    counterexampleTo(retracementPct, {
      parameters: { fromMs: 10_000 },
      oracle: (moment) => {
        const prices = pricesIn(moment, 10_000)
        const high = Math.max(...prices)
        const low = Math.min(...prices.slice(0, prices.lastIndexOf(high) + 1))
        return high > low ? (100 * (high - last(moment))) / (high - low) : Number.NaN
      },
    }),
  ).toBeUndefined()
})

test('priceVolatility is the deviation of the changes between whole steps', () => {
  expect(
    counterexampleTo(priceVolatility, {
      parameters: { fromMs: 8_000, stepMs: 500 },
      oracle: (moment) => {
        const { now, since } = moment
        if (!isCovered(moment, 8_000)) return Number.NaN
        const changes: number[] = []
        for (let end = Math.ceil(now / 500) * 500 - 500; end > now - 8_000 && end - 500 >= since; end -= 500)
          changes.push(100 * (priceAt(moment, end)! / priceAt(moment, end - 500)! - 1))
        return changes.length < 2 ? Number.NaN : deviation(changes)
      },
    }),
  ).toBeUndefined()
})
