import {
  type Candle,
  disagreements,
  generator,
  midnight,
  readingsOf,
  readingsPerBar,
  recordingOfBars,
} from '#test/indicator-runs.ts'
import type { Parameters } from '#model/indicator.ts'
import { describe, expect, test } from 'vitest'
import { catalogOther } from './catalog-other.ts'

const intervalMs = 60_000

describe('reference vectors', () => {
  test('the RSI of the StockCharts example', () => {
    const closes = [
      44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931, 46.0328,
      45.614, 46.282, 46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439, 46.2122,
    ]
    const values = onCloses('rsi', {}, closes)
    expect(values.slice(14).map((value) => Math.round(value * 100) / 100)).toEqual([
      70.53, 66.32, 66.55, 69.41, 66.36, 57.97, 62.93,
    ])
  })

  test('an RSI without losses is 100, without gains 0, and 50 when nothing moved', () => {
    expect(onCloses('rsi', { period: 3 }, [1, 2, 3, 4]).at(-1)).toBe(100)
    expect(onCloses('rsi', { period: 3 }, [4, 3, 2, 1]).at(-1)).toBe(0)
    expect(onCloses('rsi', { period: 3 }, [4, 4, 4, 4]).at(-1)).toBe(50)
  })

  test('MACD(2, 3, 2) of 1 2 4 8 16, by hand', () => {
    const closes = [1, 2, 4, 8, 16]
    const periods = { fast: 2, slow: 3, signal: 2 }
    const nan = Number.NaN
    expect(
      disagreements(onCloses('macdLine', { fast: 2, slow: 3 }, closes), [nan, nan, 5 / 6, 11 / 9, 239 / 108]),
    ).toEqual([])
    expect(disagreements(onCloses('macdSignal', periods, closes), [nan, nan, nan, 37 / 36, 589 / 324])).toEqual([])
    expect(disagreements(onCloses('macdHistogram', periods, closes), [nan, nan, nan, 7 / 36, 32 / 81])).toEqual([])
  })

  test('Bollinger bands of 2 4 4 4 5 5 7 9: mean 5, deviation 2', () => {
    const closes = [2, 4, 4, 4, 5, 5, 7, 9]
    const last = (id: string) => onCloses(id, { period: 8 }, closes).at(-1)
    expect([last('bollingerLower'), last('bollingerMiddle'), last('bollingerUpper')]).toEqual([1, 5, 9])
    expect([last('bollingerPosition'), last('bollingerWidth')]).toEqual([1, 1.6])
  })

  test('a flat market has no place between the bands, no width, and stands in the middle of its range', () => {
    const flat = [3, 3, 3, 3]
    expect(onCloses('bollingerPosition', { period: 3 }, flat).at(-1)).toBeNaN()
    expect(onCloses('bollingerWidth', { period: 3 }, flat).at(-1)).toBe(0)
    expect(onCloses('stochasticK', { period: 3 }, flat).at(-1)).toBe(50)
    expect(onCloses('adx', { period: 2 }, flat).at(-1)).toBe(0)
  })
})

describe('against a naive reading of the bars', () => {
  const random = generator(3)
  const bars = Array.from({ length: 200 }, () => {
    const [open, close] = [100 + random() * 10, 100 + random() * 10]
    return {
      open,
      close,
      high: Math.max(open, close) + random(),
      low: Math.min(open, close) - random(),
      volume: random() * 9,
    }
  })
  const quoteVolumes = bars.map(({ open, high, low, close, volume }) => ((open + high + low + close) * volume) / 4)

  test('the volume of a bar is compared with the bars before it', () => {
    const expected = quoteVolumes.map((value, at) => value / average(quoteVolumes.slice(at - 20, at), 20))
    expect(disagreements(onBars('volumeSmaRatio', { period: 20 }, bars), expected)).toEqual([])
  })

  test('the session VWAP is the value over the volume since midnight UTC', () => {
    let value = 0
    let volume = 0
    const expected = bars.map((bar, at) => {
      value += quoteVolumes[at]
      volume += bar.volume
      return value / volume
    })
    expect(disagreements(onBars('sessionVwap', {}, bars), expected)).toEqual([])
  })

  test('a session whose first fifth is missing has no VWAP, and starts again at midnight', () => {
    const recording = recordingOfBars(bars, intervalMs)
    const late = recording.trades.map((trade) => ({ ...trade, time: trade.time + 60 * intervalMs }))
    const definition = catalogOther.find(({ id }) => id === 'sessionVwap')!
    const run = readingsOf(definition, {}, { ...recording, trades: late }, { gridMs: intervalMs })
    // 60 of t minutes are missing: covered to 80 % from minute 300 on, and only 260 have passed
    expect(run.reasons).not.toContain('ready')
    expect(midnight % 86_400_000).toBe(0)
  })

  test('the point of control is the centre of the fullest bin', () => {
    const expected = bars.map((_, at) => {
      const window = bars.slice(at - 59, at + 1)
      if (at < 59) return Number.NaN
      const lowest = Math.min(...window.map((bar) => bar.low))
      const width = (Math.max(...window.map((bar) => bar.high)) - lowest) / 24
      const volumes = Array.from({ length: 24 }, (_, bin) =>
        window
          .filter((bar) => Math.floor(((bar.high + bar.low + bar.close) / 3 - lowest) / width) === bin)
          .reduce((sum, bar) => sum + bar.volume, 0),
      )
      return lowest + (volumes.indexOf(Math.max(...volumes)) + 0.5) * width
    })
    expect(disagreements(onBars('volumeProfilePoc', {}, bars), expected)).toEqual([])
  })

  test('the value area holds its share around the point of control', () => {
    const spread = [10, 11, 11, 12, 12, 12, 12, 13, 13, 14].map((price) => ({
      open: price,
      high: price === 14 ? 15 : price,
      low: price,
      close: price === 14 ? 13.5 : price,
      volume: 1,
    }))
    const parameters = { period: 10, bins: 5, share: 70 }
    // bins of width 1 from 10: volumes 1, 2, 4, 2, 1
    expect(onBars('volumeProfilePoc', parameters, spread).at(-1)).toBeCloseTo(12.5, 9)
    expect(onBars('volumeProfileValueLow', parameters, spread).at(-1)).toBeCloseTo(11, 9)
    expect(onBars('volumeProfileValueHigh', parameters, spread).at(-1)).toBeCloseTo(14, 9)
  })

  test('the close of a bar is read from its end on', () => {
    expect(
      disagreements(
        onBars('barClose', {}, bars),
        bars.map((bar) => bar.close),
      ),
    ).toEqual([])
  })
})

function onCloses(id: string, parameters: Parameters, closes: readonly number[]): number[] {
  return onBars(
    id,
    parameters,
    closes.map((close) => ({ open: close, high: close, low: close, close, volume: 4 })),
  )
}

function onBars(id: string, parameters: Parameters, bars: readonly Candle[]): number[] {
  const definition = catalogOther.find((entry) => entry.id === id)!
  return readingsPerBar(
    readingsOf(definition, parameters, recordingOfBars(bars, intervalMs), { gridMs: intervalMs }),
    intervalMs,
  )
}

const average = (values: readonly number[], count: number): number =>
  values.length === count ? values.reduce((sum, value) => sum + value, 0) / count : Number.NaN
