import { disagreements, generator, readingsOf, readingsPerBar, recordingOfBars } from '#test/indicator-runs.ts'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Parameters } from '#model/indicator.ts'
import * as signals from 'trading-signals'
import { describe, expect, test } from 'vitest'
import { catalogOther } from './catalog-other.ts'

/** The WebAssembly inside talib-web; its own wrapper passes lengths one too long and overwrites the heap. */
interface TaLibModule {
  readonly HEAPF64: Float64Array
  readonly _malloc: (bytes: number) => number
  readonly _free: (address: number) => void
  readonly ccall: (name: string, result: 'number', types: readonly string[], values: readonly number[]) => number
}

const require = createRequire(import.meta.url)
const { init } = require('talib-web') as { init: (wasm: string) => Promise<TaLibModule> }
const wasm = readFileSync(require.resolve('talib-web').replace(/[^/\\]+$/, 'talib.wasm'))
const talib = await init(`data:application/wasm;base64,${wasm.toString('base64')}`)

const intervalMs = 60_000
const bars = randomBars(500)
const high = bars.map((bar) => bar.high)
const low = bars.map((bar) => bar.low)
const close = bars.map((bar) => bar.close)
const recording = recordingOfBars(bars, intervalMs)

describe('TA-Lib', () => {
  test.each<[string, Parameters, string, readonly (readonly number[])[], readonly number[], number, number]>([
    ['smaBars', { period: 20 }, 'SMA', [close], [20], 1, 0],
    ['emaBars', { period: 21 }, 'EMA', [close], [21], 1, 0],
    ['rsi', { period: 14 }, 'RSI', [close], [14], 1, 0],
    ['bollingerUpper', { period: 20, deviations: 2.5 }, 'BBANDS', [close], [20, 2.5, 2.5, 0], 3, 0],
    ['bollingerMiddle', { period: 20 }, 'BBANDS', [close], [20, 2, 2, 0], 3, 1],
    ['bollingerLower', { period: 20 }, 'BBANDS', [close], [20, 2, 2, 0], 3, 2],
    ['atr', { period: 14 }, 'ATR', [high, low, close], [14], 1, 0],
    ['atrPct', { period: 14 }, 'NATR', [high, low, close], [14], 1, 0],
    ['adx', { period: 14 }, 'ADX', [high, low, close], [14], 1, 0],
    ['barChangePct', { period: 10 }, 'ROC', [close], [10], 1, 0],
    ['stochasticK', { period: 14 }, 'STOCHF', [high, low, close], [14, 1, 0], 2, 0],
    ['stochasticD', { period: 14, smoothing: 3 }, 'STOCHF', [high, low, close], [14, 3, 0], 2, 1],
  ])('agrees on %s(%o) from the first value on', (id, parameters, name, inputs, options, outputs, output) => {
    const ours = readingsOnBars(id, parameters)
    const theirs = callTaLib(name, inputs, options, outputs)[output]
    expect(ours.findIndex((value) => !Number.isNaN(value))).toBe(bars.length - theirs.length)
    expect(disagreements(ours.slice(-theirs.length), theirs)).toEqual([])
  })

  // its fast average starts later than ours, so the first bars differ
  test.each(['macdLine', 'macdSignal', 'macdHistogram'])('agrees on %s once both have settled', (id) => {
    const outputs = callTaLib('MACD', [close], [12, 26, 9], 3)
    const theirs = outputs[['macdLine', 'macdSignal', 'macdHistogram'].indexOf(id)]
    expect(disagreements(readingsOnBars(id, {}).slice(-100), theirs.slice(-100))).toEqual([])
  })
})

describe('trading-signals', () => {
  test('agrees on the SMA', () => {
    expect(
      disagreements(readingsOnBars('smaBars', { period: 20 }).slice(19), outputs(new signals.SMA(20)).slice(19)),
    ).toEqual([])
  })

  test('agrees on the RSI', () => {
    expect(
      disagreements(readingsOnBars('rsi', { period: 14 }).slice(14), outputs(new signals.RSI(14)).slice(14)),
    ).toEqual([])
  })

  test('agrees on the EMA once its other seed has faded', () => {
    expect(
      disagreements(readingsOnBars('emaBars', { period: 21 }).slice(400), outputs(new signals.EMA(21)).slice(400)),
    ).toEqual([])
  })

  test('agrees on the ATR once its other seed has faded', () => {
    const theirs = new signals.ATR(14)
    const output = bars.map((bar) => theirs.update(bar, false) ?? Number.NaN)
    expect(disagreements(readingsOnBars('atr', { period: 14 }).slice(450), output.slice(450))).toEqual([])
  })

  test('agrees on Bollinger bands', () => {
    const theirs = new signals.BollingerBands(20, 2)
    const output = close.map((price) => theirs.update(price, false)?.upper ?? Number.NaN)
    expect(disagreements(readingsOnBars('bollingerUpper', { period: 20 }).slice(19), output.slice(19))).toEqual([])
  })

  test('agrees on the MACD once its other seeds have faded', () => {
    const theirs = new signals.MACD(new signals.EMA(12), new signals.EMA(26), new signals.EMA(9))
    const output = close.map((price) => theirs.update(price, false)?.histogram ?? Number.NaN)
    expect(disagreements(readingsOnBars('macdHistogram', {}).slice(450), output.slice(450))).toEqual([])
  })
})

function callTaLib(
  name: string,
  inputs: readonly (readonly number[])[],
  options: readonly number[],
  outputs: number,
): number[][] {
  const count = inputs[0].length
  const allocate = () => talib._malloc(8 * (count + 8))
  const addresses = Array.from({ length: inputs.length + outputs + 1 }, allocate)
  const [made, ...columns] = addresses as [number, ...number[]]
  inputs.forEach((input, index) => talib.HEAPF64.set(input, columns[index] / 8))
  const into = columns.slice(inputs.length)
  const values = [0, count - 1, ...columns.slice(0, inputs.length), ...options, made, made + 4, ...into]
  expect(
    talib.ccall(
      `TA_${name}`,
      'number',
      values.map(() => 'number'),
      values,
    ),
  ).toBe(0)
  const length = new Int32Array(talib.HEAPF64.buffer)[made / 4 + 1]
  const results = into.map((address) => [...talib.HEAPF64.subarray(address / 8, address / 8 + length)])
  addresses.forEach((address) => talib._free(address))
  return results
}

function outputs(indicator: { update: (price: number, replace: boolean) => number | null }): number[] {
  return close.map((price) => indicator.update(price, false) ?? Number.NaN)
}

function readingsOnBars(id: string, parameters: Parameters): number[] {
  const definition = catalogOther.find((entry) => entry.id === id)!
  const run = readingsOf(definition, { intervalMs: String(intervalMs), ...parameters }, recording, {
    gridMs: intervalMs,
  })
  return readingsPerBar(run, intervalMs)
}

function randomBars(count: number) {
  const random = generator(20_260)
  let price = 100
  return Array.from({ length: count }, () => {
    const open = price
    const close = open * (1 + (random() - 0.5) / 50)
    const high = Math.max(open, close) * (1 + random() / 200)
    const low = Math.min(open, close) * (1 - random() / 200)
    price = close
    return { open, high, low, close, volume: Math.ceil(random() * 1000) }
  })
}
