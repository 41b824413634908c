import { expect, test } from 'vitest'
import { counterexampleTo, isCovered, type Moment, sum, tradesIn, twpaOf } from '#test/indicator-harness.ts'
import { generator, type Recording, readingsOf } from '#test/indicator-runs.ts'
import { instrumentId } from '#model/ids.ts'
import type { Trade } from '#model/market.ts'
import { flowExhaustion, sellPressurePct } from './burst-flow.ts'
import { peakConfirmationScore } from './peak-confirmation.ts'
import { pumpRisePct, retracedSharePct, retracementLevel, sincePeakSeconds } from './pump-rise.ts'

const pump = { lookBackMs: 9_000, baselineFromMs: 16_000, baselineToMs: 6_000 }

interface Peak {
  readonly price: number
  readonly time: number
  readonly baseline: number
}

/** The newest of the highest trades in force, with the average price before it, read off the rows. */
function peakOf({ trades, now, since }: Moment): Peak {
  const inForce = trades.filter((_, row) => {
    const isLastBefore = (trades[row + 1]?.time ?? Infinity) > now - 9_000 && now - 9_000 >= since
    return trades[row].time > now - 9_000 || isLastBefore
  })
  const highest = Math.max(...inForce.map(({ price }) => price))
  const row = trades.findLastIndex((trade) => trade.price === highest && inForce.includes(trade))
  if (row < 0) return { price: Number.NaN, time: Number.NaN, baseline: Number.NaN }
  const { price, time } = trades[row]
  const then: Moment = { now: time, trades: trades.slice(0, row + 1), quotes: [], since, past: [] }
  return { price, time, baseline: twpaOf(then, 16_000, 6_000) }
}

const last = ({ trades }: Moment): number => trades.at(-1)?.price ?? Number.NaN
const onRise = (moment: Moment, value: (peak: Peak) => number): number => {
  const peak = peakOf(moment)
  return peak.price > peak.baseline * (1 + 1e-9) ? value(peak) : Number.NaN
}

test('pumpRisePct is the height of the highest price above the average before it', () => {
  const oracle = (moment: Moment) => 100 * (peakOf(moment).price / peakOf(moment).baseline - 1)
  expect(counterexampleTo(pumpRisePct, { parameters: pump, oracle })).toBeUndefined()
})

test('retracedSharePct is the share of that height given back, pending where nothing rose', () => {
  const oracle = (moment: Moment) =>
    onRise(moment, ({ price, baseline }) => (100 * (price - last(moment))) / (price - baseline))
  expect(counterexampleTo(retracedSharePct, { parameters: pump, oracle, errorScale: 1e3 })).toBeUndefined()
})

test('sincePeakSeconds counts from the highest trade, also when it lies before the look-back and still holds', () => {
  const oracle = (moment: Moment) => onRise(moment, ({ time }) => (moment.now - time) / 1000)
  expect(counterexampleTo(sincePeakSeconds, { parameters: pump, oracle })).toBeUndefined()
})

test.each([-20, 0, 80])('retracementLevel is the price with %d % of the rise given back', (sharePct) => {
  const oracle = (moment: Moment) =>
    onRise(moment, ({ price, baseline }) => price - (sharePct / 100) * (price - baseline))
  expect(
    counterexampleTo(retracementLevel, { parameters: { ...pump, sharePct }, oracle, follows: { price: 1 } }),
  ).toBeUndefined()
})

const flow = (moment: Moment, side: 'buy' | 'sell'): number =>
  sum(tradesIn(moment, 2_000).map((trade) => (trade.side === side ? trade.price * trade.quantity : 0)))

/** Highest flow of a side at the instants of the look-back, NaN while not covered. */
function burst(moment: Moment, side: 'buy' | 'sell'): number {
  if (moment.now - moment.since < 0.8 * 2_000 + 0.8 * 9_000) return Number.NaN
  const instants = [...moment.past.filter(({ now }) => now > moment.now - 9_000), moment]
  const highest = Math.max(...instants.filter((at) => isCovered(at, 2_000)).map((at) => flow(at, side)))
  return highest > 0 ? highest : Number.NaN
}

test.each(['buy', 'sell'] as const)('flowExhaustion is what is gone of the strongest %s flow', (side) => {
  const parameters = { fromMs: 2_000, lookBackMs: 9_000, side }
  const oracle = (moment: Moment) => 1 - flow(moment, side) / burst(moment, side)
  expect(counterexampleTo(flowExhaustion, { parameters, oracle, runs: 15 })).toBeUndefined()
})

test('sellPressurePct is the sell flow over the strongest buy flow', () => {
  const oracle = (moment: Moment) => (100 * flow(moment, 'sell')) / burst(moment, 'buy')
  expect(
    counterexampleTo(sellPressurePct, { parameters: { fromMs: 2_000, lookBackMs: 9_000 }, oracle, runs: 15 }),
  ).toBeUndefined()
})

test('peakConfirmationScore adds its four parts', () => {
  const oracle = (moment: Moment) =>
    onRise(moment, ({ price, time }) => {
      const rows = tradesIn(moment, 9_000)
      const vwap = sum(rows.map((row) => row.price * row.quantity)) / sum(rows.map((row) => row.quantity))
      const part = (share: number) => Math.max(0, Math.min(1, share))
      const fallen = price - last(moment)
      return (
        30 * part((moment.now - time) / 4_000) +
        30 * (fallen > 0 ? part(fallen / (price - vwap)) : 0) +
        20 * part((1 - flow(moment, 'buy') / burst(moment, 'buy')) / 0.7) +
        20 * part(flow(moment, 'sell') / burst(moment, 'buy') / 0.4)
      )
    })
  expect(
    counterexampleTo(peakConfirmationScore, {
      parameters: { ...pump, fromMs: 2_000, fullQuietSeconds: 4, fullExhaustion: 0.7, fullPressurePct: 40 },
      oracle,
      errorScale: 1e3,
      runs: 15,
    }),
  ).toBeUndefined()
})

const start = 1_700_000_000_000
const trade = (second: number, price: number): Trade => ({
  type: 'trade',
  instrumentId: instrumentId('PUMP_USDT'),
  time: start + second * 1000,
  price,
  quantity: 1,
  side: 'buy',
})

test('after a pump from 100 to 120 that falls to 105, the rise stays 20 % and 75 % of it are given back', () => {
  const trades = [
    ...Array.from({ length: 400 }, (_, index) => trade(index * 10, 100)),
    trade(4_000, 110),
    trade(4_010, 120),
    trade(4_030, 112),
    trade(4_070, 105),
  ]
  const recording = { trades, quotes: [], updates: [] }
  const end = (definition: typeof pumpRisePct) => readingsOf(definition, {}, recording).values.at(-1)
  expect(end(pumpRisePct)).toBeCloseTo(20, 9)
  expect(end(retracedSharePct)).toBeCloseTo(75, 9)
  expect(end(sincePeakSeconds)).toBe(60)
})

test('long falling tapes are kept whole, and the queue forgets what has left the look-back', () => {
  const random = generator(5)
  const trades = Array.from({ length: 3_000 }, (_, index) => trade(index / 10, 1_000 - index / 10 + random() / 20))
  const recording: Recording = { trades, quotes: [], updates: [] }
  const run = readingsOf(pumpRisePct, pump, recording, { stretch: 500 })
  const at = run.time.length - 1
  const moment = { now: run.time[at], trades, quotes: [], since: start, past: [] }
  expect(run.values[at]).toBeCloseTo(100 * (peakOf(moment).price / peakOf(moment).baseline - 1), 9)
})
