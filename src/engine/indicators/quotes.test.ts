import { disagreements, randomRecording, readingsOf, type Run } from '#test/indicator-runs.ts'
import type { IndicatorDefinition, Parameters } from '#model/indicator.ts'
import type { Quote } from '#model/market.ts'
import { describe, expect, test } from 'vitest'
import { bidAskImbalance, liquidityRatio, totalLiquidity } from './depth.ts'
import { marketStress } from './liquidity-drain.ts'
import { averageAskSize, averageBestAsk, averageBestBid, averageBidSize, twMidPrice } from './quote-means.ts'
import { midPriceVelocity, spreadVolatility, tradeVsMidDeviationPct } from './quote-motion.ts'
import { quoteAge, spreadPct } from './spread.ts'

const recording = randomRecording(5, 240)
const { quotes, trades } = recording

const sound = ({ bid, ask }: Quote): boolean => bid > 0 && ask > bid
const onSound = (value: (quote: Quote) => number) => (quote: Quote) => (sound(quote) ? value(quote) : Number.NaN)
const mid = onSound(({ bid, ask }) => (bid + ask) / 2)
const spread = onSound(({ bid, ask }) => (200 * (ask - bid)) / (ask + bid))
const value = onSound(({ bid, ask, bidSize, askSize }) => bid * bidSize + ask * askSize)

const agreed = { differ: [], often: true }

/** Time-weighted mean by walking over every quote the instant has seen; NaN below 80 % known. */
function meanOver(run: Run, at: number, fromMs: number, toMs: number, of: (quote: Quote) => number): number {
  const [start, end] = [run.time[at] - fromMs, run.time[at] - toMs]
  const seen = quotes.slice(0, run.quotes[at])
  let area = 0
  let known = 0
  seen.forEach((quote, row) => {
    const held = Math.min(seen[row + 1]?.time ?? Infinity, end) - Math.max(quote.time, start)
    if (held <= 0 || Number.isNaN(of(quote))) return
    area += of(quote) * held
    known += held
  })
  return known > 0 && known >= (end - start) * 0.8 ? area / known : Number.NaN
}

const windows = [
  ['the last 10 s', { fromMs: 10_000, toMs: 0 }],
  ['a window that ended 3 s ago', { fromMs: 12_000, toMs: 3000 }],
  ['a window shorter than most quotes hold', { fromMs: 50, toMs: 0 }],
] as const

describe.each(windows)('%s', (_, window) => {
  test.each([
    [twMidPrice, mid],
    [averageBestBid, onSound(({ bid }) => bid)],
    [averageBestAsk, onSound(({ ask }) => ask)],
    [averageBidSize, onSound(({ bidSize }) => bidSize)],
    [averageAskSize, onSound(({ askSize }) => askSize)],
    [totalLiquidity, value],
    [bidAskImbalance, ({ bidSize, askSize }: Quote) => (100 * (bidSize - askSize)) / (bidSize + askSize)],
  ])('$0.id is the time-weighted mean a naive walk gives', (definition, of) => {
    expect(compare(definition, window, (run, at) => meanOver(run, at, window.fromMs, window.toMs, of))).toEqual(agreed)
  })
})

test('the liquidity ratio is one mean over the other', () => {
  const bids = onSound(({ bid, bidSize }) => bid * bidSize)
  const asks = onSound(({ ask, askSize }) => ask * askSize)
  expect(
    compare(
      liquidityRatio,
      { fromMs: 9000 },
      (run, at) => meanOver(run, at, 9000, 0, bids) / meanOver(run, at, 9000, 0, asks),
    ),
  ).toEqual(agreed)
})

test('spread volatility is the deviation of the spread over time', () => {
  expect(
    compare(spreadVolatility, { fromMs: 15_000 }, (run, at) => {
      const mean = meanOver(run, at, 15_000, 0, spread)
      return Math.sqrt(meanOver(run, at, 15_000, 0, (quote) => (spread(quote) - mean) ** 2))
    }),
  ).toEqual(agreed)
})

test('a spread that never changes has no volatility', () => {
  const still = quotes.map((quote) => ({ ...quote, bid: 99.7, ask: 100.1 }))
  expect(new Set(readingsOf(spreadVolatility, {}, { ...recording, quotes: still }).values.slice(-200))).toEqual(
    new Set([0]),
  )
})

test('the mid velocity is the change between two means over the time between their middles', () => {
  const parameters = { fromMs: 5000, toMs: 1000, baselineFromMs: 30_000, baselineToMs: 10_000 }
  expect(
    compare(midPriceVelocity, parameters, (run, at) => {
      const [now, before] = [meanOver(run, at, 5000, 1000, mid), meanOver(run, at, 30_000, 10_000, mid)]
      return (100 * (now - before)) / before / 17
    }),
  ).toEqual(agreed)
  expect(midPriceVelocity.refuse?.({ ...parameters, baselineFromMs: 5000, baselineToMs: 100 })).toMatch(/before/)
})

test('the trade deviation compares the time-weighted trade price with the mid', () => {
  expect(
    compare(tradeVsMidDeviationPct, { fromMs: 20_000 }, (run, at) => {
      const end = run.time[at]
      const seen = trades.slice(0, run.trades[at])
      if (seen.length === 0 || end - seen[0].time < 16_000) return Number.NaN
      const first = Math.max(seen[0].time, end - 20_000)
      const area = seen.reduce((sum, trade, row) => {
        const held = Math.min(seen[row + 1]?.time ?? Infinity, end) - Math.max(trade.time, first)
        return sum + (held > 0 ? trade.price * held : 0)
      }, 0)
      const quoted = meanOver(run, at, 20_000, 0, mid)
      return (100 * Math.abs(area / (end - first) - quoted)) / quoted
    }),
  ).toEqual(agreed)
})

test('stress is the cube root of spread, deviation of the mid and drain as shares of their full values', () => {
  const parameters = { fromMs: 8000, baselineFromMs: 40_000, baselineToMs: 8000, fullSpreadPct: 0.5, fullDrainPct: 20 }
  const share = (part: number) => Math.max(0, Math.min(1, part))
  expect(
    compare(marketStress, parameters, (run, at) => {
      const centre = meanOver(run, at, 8000, 0, mid)
      const wild = Math.sqrt(meanOver(run, at, 8000, 0, (quote) => (mid(quote) - centre) ** 2))
      const gone = 1 - meanOver(run, at, 8000, 0, value) / meanOver(run, at, 40_000, 8000, value)
      const parts = [meanOver(run, at, 8000, 0, spread) / 0.5, (100 * wild) / centre / 2, (100 * gone) / 20]
      return 100 * Math.cbrt(parts.reduce((product, part) => product * share(part), 1))
    }),
  ).toEqual(agreed)
})

test('the spread is read from the last quote, and is pending while that one is crossed or one-sided', () => {
  const run = readingsOf(spreadPct, {}, recording)
  const last = run.quotes.map((seen) => quotes[seen - 1])
  expect(
    disagreements(
      run.values,
      last.map((quote) => (quote ? spread(quote) : Number.NaN)),
    ),
  ).toEqual([])
  expect(run.reasons).toEqual(
    last.map((quote) => (quote === undefined ? 'noQuotes' : sound(quote) ? 'ready' : 'undefined')),
  )
  expect(new Set(run.reasons)).toEqual(new Set(['ready', 'undefined', 'noQuotes']))
})

test('the age of a quote grows with the instants after it', () => {
  const run = readingsOf(quoteAge, {}, recording)
  const ages = run.time.map((now, at) => (now - (quotes[run.quotes[at] - 1]?.time ?? Number.NaN)) / 1000)
  expect(run.values).toEqual(ages)
  expect(run.reasons[0]).toBe('noQuotes')
})

/** Where the indicator and the naive value differ, and how often it has a value. */
function compare(definition: IndicatorDefinition, parameters: Parameters, naive: (run: Run, at: number) => number) {
  const run = readingsOf(definition, parameters, recording)
  const expected = run.values.map((_, at) => naive(run, at))
  const ready = run.values.filter((reading) => !Number.isNaN(reading)).length
  return { differ: disagreements(run.values, expected), often: ready > 300 }
}
