import type { ColumnKernel, IndicatorDefinition, MarketView, Parameters } from '#model/indicator.ts'
import { barRecursion } from './bar-kernels.ts'
import { stepEma } from './ema.ts'
import { bars, barsLookback, intervalMs, numberOf } from './parameter-specs.ts'

const averages = [
  intervalMs,
  bars('fast', 'Bars of the fast average', 12),
  bars('slow', 'Bars of the slow average', 26),
]
const withSignal = [...averages, bars('signal', 'Bars of the signal average', 9, 1, 100)]

const shared = {
  source: 'Appel; domain §1.5 MACD(12, 26, 9)',
  inputs: ['bar'],
  unit: 'priceDistance',
  range: [-Infinity, Infinity],
  refuse: (parameters: Parameters) =>
    numberOf(parameters, 'fast') < numberOf(parameters, 'slow') ? undefined : 'fast must be less than slow',
} as const satisfies Partial<IndicatorDefinition>

const signaledLookback = (parameters: Parameters): number =>
  barsLookback(parameters, numberOf(parameters, 'slow') + numberOf(parameters, 'signal') - 1)

export const macdLine: IndicatorDefinition = {
  ...shared,
  id: 'macdLine',
  title: 'MACD line',
  description: 'Fast average of the close minus the slow one, in price: above 0 the market rises.',
  formula: 'EMA(fast) − EMA(slow) of closes, each seeded with its SMA',
  parameters: averages,
  lookbackMs: (parameters) => barsLookback(parameters, numberOf(parameters, 'slow')),
  create: (market, parameters) => macd(market, parameters, 'line'),
}

export const macdSignal: IndicatorDefinition = {
  ...shared,
  id: 'macdSignal',
  title: 'MACD signal',
  description: 'Average of the MACD line; the line crossing it is the classical signal.',
  formula: 'EMA(signal) of EMA(fast) − EMA(slow)',
  parameters: withSignal,
  lookbackMs: signaledLookback,
  create: (market, parameters) => macd(market, parameters, 'signal'),
}

export const macdHistogram: IndicatorDefinition = {
  ...shared,
  id: 'macdHistogram',
  title: 'MACD histogram',
  description: 'MACD line minus its signal, in price: growing while the move gains speed.',
  formula: 'MACD line − EMA(signal) of it',
  parameters: withSignal,
  lookbackMs: signaledLookback,
  create: (market, parameters) => macd(market, parameters, 'histogram'),
}

function macd(market: MarketView, parameters: Parameters, output: 'line' | 'signal' | 'histogram'): ColumnKernel {
  const fast = numberOf(parameters, 'fast')
  const slow = numberOf(parameters, 'slow')
  const signal = output === 'line' ? 1 : numberOf(parameters, 'signal')
  return barRecursion(market, numberOf(parameters, 'intervalMs'), 4, (memory, tape, at) => {
    const count = memory[0]
    const close = tape.close[at]
    const fastEma = stepEma(memory, 1, count, close, fast)
    const slowEma = stepEma(memory, 2, count, close, slow)
    if (count < slow - 1) return Number.NaN
    const line = fastEma - slowEma
    if (output === 'line') return line
    const average = stepEma(memory, 3, count - slow + 1, line, signal)
    return output === 'signal' ? average : line - average
  })
}
