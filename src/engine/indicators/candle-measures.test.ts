import { describe, expect, test } from 'vitest'
import type { Trade } from '#model/market.ts'
import { counterexampleTo, type Moment, sum } from '#test/indicator-harness.ts'
import { type Candle, readingsOf, readingsPerBar, recordingOfBars } from '#test/indicator-runs.ts'
import { barRangeKept } from './bar-range-kept.ts'
import { barRiseInUsualMoves, barRisePct } from './bar-rise.ts'
import { barTurnoverSurge } from './bar-turnover-surge.ts'

const intervalMs = 2_000
const bars = { intervalMs: '5000' }
const learned = { ...bars, halfLifeMs: 20_000, clip: 3, warmUpMs: 5_000 }

interface NaiveBar {
  readonly high: number
  readonly low: number
  readonly close: number
  readonly turnover: number
}

/** The bars that have closed, oldest first. */
function barsOf({ trades, now }: Moment, lengthMs = 5_000): NaiveBar[] {
  if (trades.length === 0) return []
  const first = Math.floor(trades[0].time / lengthMs)
  return Array.from({ length: Math.floor(now / lengthMs) - first }, (_, index) => {
    const end = (first + index + 1) * lengthMs
    const until = trades.filter(({ time }) => time < end)
    const rows = until.filter(({ time }) => time >= end - lengthMs)
    const prices = (rows.length > 0 ? rows : [until.at(-1)!]).map(({ price }) => price)
    const turnover = sum(rows.map(({ price, quantity }: Trade) => price * quantity))
    return { high: Math.max(...prices), low: Math.min(...prices), close: until.at(-1)!.price, turnover }
  })
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

function riseOf(moment: Moment, count: number): number {
  const closes = barsOf(moment).map(({ close }) => close)
  if (closes.length <= count) return Number.NaN
  return 100 * (closes.at(-1)! / medianOf(closes.slice(-count - 1, -1)) - 1)
}

/** Clipped fading average with a half-life of 4 bars; each value with the floor that held when it came. */
function learnedFrom(values: readonly number[], floors: readonly number[]): number {
  const fade = 1 - 2 ** (-1 / 4)
  return values.reduce((average, value, index) => {
    if (index === 0) return value
    const capped = Math.min(value, learned.clip * Math.max(average, floors[index]))
    return average + (capped - average) * Math.max(fade, 1 / (index + 1))
  }, Number.NaN)
}

function usualMoveOf(moment: Moment, floorPct: number): number {
  const all = barsOf(moment)
  if (all.length <= 20) return Number.NaN
  const moves = all.slice(1).map(({ close }, index) => 100 * Math.abs(Math.log(close / all[index].close)))
  const floors = moves.map(() => floorPct)
  return Math.max(learnedFrom(moves, floors), floorPct)
}

function surgeOf(moment: Moment, floorShare: number): number {
  const turnovers = barsOf(moment).map(({ turnover }) => turnover)
  if (turnovers.length <= 20) return Number.NaN
  const whole = turnovers.slice(1)
  const floorAfter = (count: number): number => {
    const traded = whole.slice(0, count).filter((turnover) => turnover > 0)
    const none = traded.map(() => 0)
    return traded.length === 0 ? 0 : floorShare * learnedFrom(traded, none)
  }
  const floors = whole.map((_, index) => floorAfter(index + 1))
  return turnovers.at(-1)! / Math.max(learnedFrom(whole, floors), floorAfter(whole.length))
}

describe('against a naive look at the raw rows', () => {
  test('barRisePct is the newest close above the median of the closes before it', () => {
    expect(
      counterexampleTo(barRisePct, {
        parameters: { ...bars, levelMs: 21_000 },
        oracle: (moment) => riseOf(moment, 4),
      }),
    ).toBeUndefined()
  })

  test('barRiseInUsualMoves is that rise in units of the usual move', () => {
    expect(
      counterexampleTo(barRiseInUsualMoves, {
        parameters: { ...learned, levelMs: 35_000, floorPct: 0.5 },
        oracle: (moment) => riseOf(moment, 7) / usualMoveOf(moment, 0.5),
      }),
    ).toBeUndefined()
  })

  test('barTurnoverSurge is the turnover of the newest bar against the usual one', () => {
    expect(
      counterexampleTo(barTurnoverSurge, {
        parameters: { ...learned, floorShare: 0.7 },
        oracle: (moment) => surgeOf(moment, 0.7),
      }),
    ).toBeUndefined()
  })

  test('barRangeKept is where in its range, stretched to the close before, the newest bar closed', () => {
    expect(
      counterexampleTo(barRangeKept, {
        parameters: bars,
        oracle(moment) {
          const [before, bar] = barsOf(moment).slice(-2)
          if (bar === undefined) return Number.NaN
          const low = Math.min(bar.low, before.close)
          return bar.high > low ? (bar.close - low) / (bar.high - low) : Number.NaN
        },
      }),
    ).toBeUndefined()
  })
})

const flat = (count: number, close = 100, volume = 4): Candle[] =>
  Array.from({ length: count }, () => ({ open: close, high: close, low: close, close, volume }))

describe('on candles', () => {
  const length = { intervalMs: String(intervalMs) }
  const pump: Candle = { open: 100, high: 130, low: 100, close: 124, volume: 80 }
  const read = (definition: typeof barRisePct, candles: readonly Candle[], parameters: object): number[] =>
    readingsPerBar(
      readingsOf(definition, { ...length, ...parameters }, recordingOfBars(candles, intervalMs)),
      intervalMs,
    )

  test('a spike in the hour before does not lift the level', () => {
    const spike: Candle = { open: 100, high: 190, low: 100, close: 180, volume: 4 }
    const candles = [...flat(5), spike, ...flat(4), pump]
    expect(read(barRisePct, candles, { levelMs: 10 * intervalMs }).at(-1)).toBe(24)
  })

  test('a market where the price stands still has a usual move of the floor', () => {
    const parameters = { halfLifeMs: 20_000, warmUpMs: 2_000, levelMs: 8_000, floorPct: 0.5, clip: 10 }
    expect(read(barRiseInUsualMoves, [...flat(25), pump], parameters).slice(-2)).toEqual([0, 48])
  })

  test('empty bars do not make the first trade a surge without bound', () => {
    const empty: Candle = { open: 100, high: 100, low: 100, close: 100, volume: 0 }
    const candles = [...flat(30, 100, 4), ...Array.from({ length: 300 }, () => empty), ...flat(1, 100, 4)]
    const parameters = { halfLifeMs: 20_000, warmUpMs: 2_000, floorShare: 0.1 }
    expect(read(barTurnoverSurge, candles, parameters).at(-1)).toBeCloseTo(10, 9)
  })

  test('a bar that gives everything back keeps nothing', () => {
    const finger: Candle = { open: 100, high: 150, low: 100, close: 100, volume: 4 }
    expect(read(barRangeKept, [...flat(2), finger, pump], {}).slice(-2)).toEqual([0, 0.8])
  })

  test('parameters mean the same time on bars of any length', () => {
    expect(barRisePct.refuse?.({ intervalMs: '3600000', levelMs: 3_600_000 })).toBe(
      'levelMs must be 2 to 4000 times intervalMs, not 1 times',
    )
    expect(barRisePct.refuse?.({ intervalMs: '900000', levelMs: 3_600_000 })).toBeUndefined()
  })
})
