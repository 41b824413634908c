import { disagreements, randomRecording, readingsOf } from '#test/indicator-runs.ts'
import { describe, expect, test } from 'vitest'
import { adaptiveTakeProfit } from './adaptive-take-profit.ts'
import { atrStop, atrTarget, dynamicStop } from './atr-levels.ts'
import { atr } from './atr.ts'
import { simpleStop, simpleTarget } from './simple-levels.ts'

const recording = randomRecording(21, 300)
const bars = { intervalMs: '5000', period: 5 }
const ranges = readingsOf(atr, bars, recording)
const last = ranges.trades.map((seen) => recording.trades[seen - 1]?.price ?? Number.NaN)

/** Time-weighted trade price by walking over every trade; NaN below 80 % known. */
function priceOver(at: number, fromMs: number, toMs: number): number {
  const [start, end] = [ranges.time[at] - fromMs, ranges.time[at] - toMs]
  let area = 0
  let known = 0
  for (let row = 0; row < ranges.trades[at]; row++) {
    const { time, price } = recording.trades[row]
    const until = row + 1 < ranges.trades[at] ? recording.trades[row + 1].time : Infinity
    const held = Math.min(until, end) - Math.max(time, start)
    if (held > 0) area += price * held
    if (held > 0) known += held
  }
  return known > 0 && known >= (fromMs - toMs) * 0.8 ? area / known : Number.NaN
}

describe.each(['long', 'short'])('%s', (direction) => {
  const sign = direction === 'long' ? 1 : -1

  test.each([
    [simpleStop, -1],
    [simpleTarget, 1],
  ] as const)('$0.id lies its percentage from the average price', (definition, side) => {
    const run = readingsOf(definition, { direction, distancePct: 3 }, recording)
    const expected = run.time.map((_, at) => priceOver(at, 10_000, 0) * (1 + side * sign * 0.03))
    expect(disagreements(run.values, expected)).toEqual([])
  })

  test.each([
    [atrStop, -1],
    [atrTarget, 1],
  ] as const)('$0.id lies a multiple of the ATR from the last price', (definition, side) => {
    const run = readingsOf(definition, { ...bars, direction, multiple: 2 }, recording)
    const expected = run.time.map((_, at) => last[at] + side * sign * 2 * ranges.values[at])
    expect(disagreements(run.values, expected)).toEqual([])
    expect(run.values.filter((value) => !Number.isNaN(value)).length).toBeGreaterThan(500)
  })

  test('dynamicStop widens with volatility and with a move against the position', () => {
    const run = readingsOf(dynamicStop, { ...bars, direction, momentumMs: 8000, volatilityCapPct: 0.3 }, recording)
    const expected = run.time.map((_, at) => {
      const range = ranges.values[at]
      const alive = Math.min(1, Math.max(0, sign * (priceOver(at, 8000, 0) - last[at])) / range)
      const distance = 5 + Math.min(0.3, (50 * range) / last[at]) + 2 * alive
      return last[at] * (1 - (sign * distance) / 100)
    })
    expect(disagreements(run.values, expected)).toEqual([])
    expect(run.values.filter((value) => !Number.isNaN(value)).length).toBeGreaterThan(500)
  })

  test('adaptiveTakeProfit gives back a share of the move it trades against', () => {
    const still = recording.quotes.map((quote) => ({ ...quote, bid: 10, ask: 11, bidSize: 5, askSize: 5 }))
    const parameters = {
      direction,
      baselineFromMs: 20_000,
      baselineToMs: 10_000,
      drainMs: 5000,
      drainBaselineMs: 10_000,
    }
    const run = readingsOf(adaptiveTakeProfit, parameters, { ...recording, quotes: still })
    const expected = run.time.map((_, at) => {
      const start = priceOver(at, 20_000, 10_000)
      const height = last[at] - start
      const share = 0.4 + Math.min(0.2, Math.abs(height / start))
      return sign * height < 0 ? last[at] - share * height : Number.NaN
    })
    expect(disagreements(run.values, expected)).toEqual([])
    expect(new Set(run.reasons)).toContain('noBaseline')
  })
})

test('a short takes profit below the price and above where the rise began, less far down when the book dries up', () => {
  const rising = recording.trades.map((trade, row) => ({ ...trade, price: 100 + row / 10 }))
  const quote = { ...recording.quotes[0], bid: 10, ask: 11, bidSize: 8, askSize: 8 }
  const half = recording.trades.at(-1)!.time - 30_000
  const full = recording.quotes.map(({ time }) => ({ ...quote, time }))
  const drying = full.map((row) => (row.time > half ? { ...row, bidSize: 2, askSize: 2 } : row))
  const calm = readingsOf(
    adaptiveTakeProfit,
    { drainBaselineMs: 90_000 },
    { ...recording, trades: rising, quotes: full },
  )
  const dry = readingsOf(
    adaptiveTakeProfit,
    { drainBaselineMs: 90_000 },
    { ...recording, trades: rising, quotes: drying },
  )
  const price = rising.at(-1)!.price
  expect(calm.values.at(-1)!).toBeLessThan(price)
  expect(dry.values.at(-1)!).toBeGreaterThan(calm.values.at(-1)!)
  expect(dry.values.at(-1)!).toBeLessThan(price)
})

test('a stop that would lie below zero is pending, not a price', () => {
  const wild = recording.trades.map((trade, row) => ({ ...trade, price: row % 2 ? 100 : 1 }))
  const run = readingsOf(atrStop, { ...bars, multiple: 2 }, { ...recording, trades: wild })
  expect(run.reasons.at(-1)).toBe('undefined')
})
