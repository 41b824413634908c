import type { IndicatorDefinition } from '#model/indicator.ts'
import { barWindow } from './bar-kernels.ts'
import { bars, barsLookback, intervalMs, numberOf } from './parameter-specs.ts'

export const smaBars: IndicatorDefinition = {
  id: 'smaBars',
  title: 'SMA',
  description: 'Plain average of the last closes.',
  formula: 'Σ close over the last period bars / period',
  source: 'domain §1.3 SMA(n); TA-Lib SMA',
  inputs: ['bar'],
  parameters: [intervalMs, bars('period', 'Bars of the average', 20)],
  unit: 'price',
  range: [0, Infinity],
  lookbackMs: (parameters) => barsLookback(parameters, numberOf(parameters, 'period')),
  create: (market, parameters) =>
    barWindow(market, numberOf(parameters, 'intervalMs'), numberOf(parameters, 'period'), ({ close }, first, last) =>
      meanOf(close, first, last),
    ),
}

export const volumeSmaRatio: IndicatorDefinition = {
  id: 'volumeSmaRatio',
  title: 'Volume against its average',
  description: 'Traded value of the last closed bar over the average bar before it: 1 is normal, 3 is a surge.',
  formula: 'quoteVolume of the last bar / mean quoteVolume of the period bars before it',
  source: 'domain §1.5, volume SMA 20; §1.2 #5 for quote volume',
  inputs: ['bar'],
  parameters: [intervalMs, bars('period', 'Bars of the average', 20)],
  unit: 'ratio',
  range: [0, Infinity],
  lookbackMs: (parameters) => barsLookback(parameters, numberOf(parameters, 'period') + 1),
  create: (market, parameters) =>
    barWindow(
      market,
      numberOf(parameters, 'intervalMs'),
      numberOf(parameters, 'period') + 1,
      ({ quoteVolume }, first, last) => {
        const usual = meanOf(quoteVolume, first, last - 1)
        return usual > 0 ? quoteVolume[last - 1] / usual : Number.NaN
      },
    ),
}

/** Mean of `[first, last)`. */
export function meanOf(values: Float64Array, first: number, last: number): number {
  let sum = 0
  for (let at = first; at < last; at++) sum += values[at]
  return sum / (last - first)
}
