import { expect, test } from 'vitest'
import {
  counterexampleTo,
  deviation,
  isCovered,
  mean,
  median,
  type Moment,
  type Oracle,
  stepsIn,
  sum,
  tradesIn,
} from '#test/indicator-harness.ts'
import { defaultsOf } from '#test/indicator-runs.ts'
import { interTradeInterval } from './inter-trade-interval.ts'
import { tradeClustering } from './trade-clustering.ts'
import { tradeCount, tradeFrequency } from './trade-count.ts'
import { tradeDensityAcceleration } from './trade-density-acceleration.ts'
import { tradeSizeVolatility } from './trade-size-volatility.ts'
import { volumeAcceleration } from './volume-acceleration.ts'
import { volumeConcentration } from './volume-concentration.ts'
import { volumeExhaustion } from './volume-exhaustion.ts'
import { volumePriceCorrelation } from './volume-price-correlation.ts'
import { volumeSurgeRatio } from './volume-surge.ts'
import * as volumes from './window-volume.ts'

const window = { fromMs: 7_000, toMs: 1_500 }
const baseline = { baselineFromMs: 20_000, baselineToMs: 4_000 }

const quoteIn = (moment: Moment, fromMs: number, toMs: number): number =>
  sum(tradesIn(moment, fromMs, toMs).map(({ price, quantity }) => price * quantity))
const baseIn = (moment: Moment, fromMs: number, toMs: number): number =>
  sum(tradesIn(moment, fromMs, toMs).map(({ quantity }) => quantity))
const coveredSeconds = ({ now, since }: Moment, fromMs: number, toMs: number): number =>
  (now - toMs - Math.max(since, now - fromMs)) / 1000
const rate = (moment: Moment, fromMs: number, toMs: number): number =>
  quoteIn(moment, fromMs, toMs) / coveredSeconds(moment, fromMs, toMs)

/** Pending until the window is covered. */
const whenCovered =
  (measure: (moment: Moment) => number): Oracle =>
  (moment) =>
    isCovered(moment, window.fromMs, window.toMs) ? measure(moment) : Number.NaN

function surge(moment: Moment): number {
  if (!isCovered(moment, 7_000, 1_500) || !isCovered(moment, 20_000, 4_000)) return Number.NaN
  const usual = rate(moment, 20_000, 4_000)
  return usual > 0 ? rate(moment, 7_000, 1_500) / usual : Number.NaN
}

test('sums count what was traded in the window', () => {
  const base = whenCovered((moment) => baseIn(moment, 7_000, 1_500))
  const quote = whenCovered((moment) => quoteIn(moment, 7_000, 1_500))
  expect(
    counterexampleTo(volumes.sumVolume, { parameters: window, oracle: base, follows: { quantity: 1 } }),
  ).toBeUndefined()
  expect(
    counterexampleTo(volumes.sumQuoteVolume, { parameters: window, oracle: quote, follows: { price: 1, quantity: 1 } }),
  ).toBeUndefined()
})

test('averages are per trade, pending without one', () => {
  const per = (measure: typeof baseIn) =>
    whenCovered((moment) => measure(moment, 7_000, 1_500) / tradesIn(moment, 7_000, 1_500).length)
  expect(
    counterexampleTo(volumes.averageVolume, { parameters: window, oracle: per(baseIn), follows: { quantity: 1 } }),
  ).toBeUndefined()
  expect(
    counterexampleTo(volumes.averageTradeSize, {
      parameters: window,
      oracle: per(quoteIn),
      follows: { price: 1, quantity: 1 },
    }),
  ).toBeUndefined()
})

test('rates are per covered second', () => {
  const per = (measure: typeof baseIn) =>
    whenCovered((moment) => measure(moment, 7_000, 1_500) / coveredSeconds(moment, 7_000, 1_500))
  expect(
    counterexampleTo(volumes.volumeRate, { parameters: window, oracle: per(baseIn), follows: { quantity: 1 } }),
  ).toBeUndefined()
  expect(
    counterexampleTo(volumes.quoteVolumeRate, {
      parameters: window,
      oracle: per(quoteIn),
      follows: { price: 1, quantity: 1 },
    }),
  ).toBeUndefined()
})

test('trades are counted, or counted per covered minute', () => {
  const count = (moment: Moment) => tradesIn(moment, 7_000, 1_500).length
  expect(counterexampleTo(tradeCount, { parameters: window, oracle: whenCovered(count) })).toBeUndefined()
  expect(
    counterexampleTo(tradeFrequency, {
      parameters: window,
      oracle: whenCovered((moment) => (60 * count(moment)) / coveredSeconds(moment, 7_000, 1_500)),
    }),
  ).toBeUndefined()
})

test('volumeSurgeRatio is one rate of traded value over another', () => {
  expect(counterexampleTo(volumeSurgeRatio, { parameters: { ...window, ...baseline }, oracle: surge })).toBeUndefined()
})

test('volumeSurgeRatio by median compares with the median of covered buckets, at least five', () => {
  const oracle: Oracle = (moment, { baselineFromMs, baselineToMs }) => {
    const last = baselineFromMs - 2_000
    if (!isCovered(moment, 2_000) || !isCovered(moment, baselineFromMs, baselineToMs)) return Number.NaN
    const buckets: number[] = []
    for (let toMs = baselineToMs; toMs <= last && moment.now - toMs - 2_000 >= moment.since; toMs += 2_000)
      buckets.push(quoteIn(moment, toMs + 2_000, toMs))
    return buckets.length < 5 || median(buckets) === 0 ? Number.NaN : quoteIn(moment, 2_000, 0) / median(buckets)
  }
  const parameters = { fromMs: 2_000, toMs: 0, baselineFromMs: 19_000, baselineToMs: 3_000, method: 'median' }
  expect(counterexampleTo(volumeSurgeRatio, { parameters, oracle })).toBeUndefined()
  const upToNow = { ...parameters, baselineFromMs: 12_000, baselineToMs: 0 }
  expect(counterexampleTo(volumeSurgeRatio, { parameters: upToNow, oracle })).toBeUndefined()
  expect(volumeSurgeRatio.refuse?.({ ...defaultsOf(volumeSurgeRatio), fromMs: 300_000, method: 'median' })).toBe(
    'method median needs a baseline 5 to 120 times as long as the window, not 1',
  )
})

test('volumeAcceleration is the surge as a change in percent', () => {
  expect(
    counterexampleTo(volumeAcceleration, {
      parameters: { ...window, ...baseline },
      oracle: (moment) => 100 * (surge(moment) - 1),
    }),
  ).toBeUndefined()
})

test('volumeExhaustion is the share of the strongest surge that is gone', () => {
  expect(
    counterexampleTo(volumeExhaustion, {
      parameters: { ...window, ...baseline, lookBackMs: 6_000 },
      oracle: (moment) => {
        const { past, now, since } = moment
        if (now - since < 4_000 + 0.8 * 16_000 + 0.8 * 6_000) return Number.NaN
        const surges = past.filter((earlier) => earlier.now > now - 6_000).map(surge)
        const highest = Math.max(...surges.filter((value) => !Number.isNaN(value)), 0)
        return highest > 0 ? 1 - surge(moment) / highest : Number.NaN
      },
      runs: 15,
    }),
  ).toBeUndefined()
})

test('volumeConcentration is 0 when every slice traded the same and 1 when one traded all', () => {
  const slices = 4
  expect(
    counterexampleTo(volumeConcentration, {
      parameters: { ...window, slices },
      oracle: whenCovered((moment) => {
        const edges = [1_500, 2_875, 4_250, 5_625, 7_000]
        const parts = edges.slice(1).map((fromMs, index) => quoteIn(moment, fromMs, edges[index]))
        const squares = sum(parts.map((part) => (part / sum(parts)) ** 2))
        return (slices * squares - 1) / (slices - 1)
      }),
    }),
  ).toBeUndefined()
})

test('volumePriceCorrelation is the correlation of price and quantity', () => {
  expect(
    counterexampleTo(volumePriceCorrelation, {
      parameters: { fromMs: 15_000, minTrades: 4 },
      oracle: (moment) => {
        const trades = isCovered(moment, 15_000) ? tradesIn(moment, 15_000) : []
        const prices = trades.map(({ price }) => price)
        const sizes = trades.map(({ quantity }) => quantity)
        const isFlat = (values: readonly number[]) => values.every((value) => value === values[0])
        if (trades.length < 4 || isFlat(prices) || isFlat(sizes)) return Number.NaN
        const together = mean(prices.map((price, index) => (price - mean(prices)) * (sizes[index] - mean(sizes))))
        return together / deviation(prices) / deviation(sizes)
      },
    }),
  ).toBeUndefined()
})

test('tradeSizeVolatility is the deviation of the quantities over their mean', () => {
  expect(
    counterexampleTo(tradeSizeVolatility, {
      parameters: window,
      oracle: whenCovered((moment) => {
        const sizes = tradesIn(moment, 7_000, 1_500).map(({ quantity }) => quantity)
        return sizes.length >= 2 ? deviation(sizes) / mean(sizes) : Number.NaN
      }),
    }),
  ).toBeUndefined()
})

const gapsIn = (moment: Moment, fromMs: number, toMs = 0): number[] =>
  stepsIn(moment, fromMs, toMs).map(([before, trade]) => trade.time - before.time)

test('interTradeInterval is the mean or median time between trades', () => {
  const orPending = (measure: (values: readonly number[]) => number) =>
    whenCovered((moment) => {
      const gaps = gapsIn(moment, 7_000, 1_500)
      return gaps.length > 0 ? measure(gaps) / 1000 : Number.NaN
    })
  expect(counterexampleTo(interTradeInterval, { parameters: window, oracle: orPending(mean) })).toBeUndefined()
  expect(
    counterexampleTo(interTradeInterval, { parameters: { ...window, method: 'median' }, oracle: orPending(median) }),
  ).toBeUndefined()
})

test('tradeClustering is the variance of the gaps over their squared mean', () => {
  expect(
    counterexampleTo(tradeClustering, {
      parameters: window,
      oracle: whenCovered((moment) => {
        const gaps = gapsIn(moment, 7_000, 1_500)
        return gaps.length >= 2 && sum(gaps) > 0 ? (deviation(gaps) / mean(gaps)) ** 2 : Number.NaN
      }),
    }),
  ).toBeUndefined()
})

test('tradeDensityAcceleration is the usual gap over the present one', () => {
  expect(
    counterexampleTo(tradeDensityAcceleration, {
      parameters: { ...window, ...baseline },
      oracle: (moment) => {
        if (!isCovered(moment, 7_000, 1_500) || !isCovered(moment, 20_000, 4_000)) return Number.NaN
        const [now, before] = [gapsIn(moment, 7_000, 1_500), gapsIn(moment, 20_000, 4_000)]
        if (now.length === 0 || before.length === 0) return Number.NaN
        const atLeastOne = (gaps: readonly number[]) => gaps.map((gap) => Math.max(1, gap))
        return median(atLeastOne(before)) / median(atLeastOne(now))
      },
    }),
  ).toBeUndefined()
})
