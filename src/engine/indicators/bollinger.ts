import type { ColumnKernel, IndicatorDefinition, MarketView, Parameters } from '#model/indicator.ts'
import { barWindow } from './bar-kernels.ts'
import { bars, barsLookback, intervalMs, numberOf, ratio } from './parameter-specs.ts'
import { meanOf } from './sma.ts'

const period = bars('period', 'Bars of the average', 20, 2)
const deviations = ratio('deviations', 'Standard deviations between the middle and a band', 2, 0.1, 10)

const shared = {
  source: 'Bollinger; domain §1.5 Bollinger(20, 2), population deviation',
  inputs: ['bar'],
  parameters: [intervalMs, period, deviations],
  lookbackMs: (parameters: Parameters) => barsLookback(parameters, numberOf(parameters, 'period')),
} as const satisfies Partial<IndicatorDefinition>

export const bollingerUpper: IndicatorDefinition = {
  ...shared,
  id: 'bollingerUpper',
  title: 'Bollinger upper band',
  description: 'Average of the last closes plus a multiple of their deviation.',
  formula: 'SMA(period) + deviations · population σ of the last period closes',
  unit: 'price',
  range: [0, Infinity],
  create: (market, parameters) => bollinger(market, parameters, (_, mean, reach) => mean + reach),
}

export const bollingerMiddle: IndicatorDefinition = {
  ...shared,
  id: 'bollingerMiddle',
  title: 'Bollinger middle',
  description: 'Average of the last closes, between the bands.',
  formula: 'SMA(period) of closes',
  parameters: [intervalMs, period],
  unit: 'price',
  range: [0, Infinity],
  create: (market, parameters) => bollinger(market, { ...parameters, deviations: 0 }, (_, mean) => mean),
}

export const bollingerLower: IndicatorDefinition = {
  ...shared,
  id: 'bollingerLower',
  title: 'Bollinger lower band',
  description:
    'Average of the last closes minus a multiple of their deviation; below 0 in a market wilder than its price.',
  formula: 'SMA(period) − deviations · population σ of the last period closes',
  unit: 'price',
  range: [-Infinity, Infinity],
  create: (market, parameters) => bollinger(market, parameters, (_, mean, reach) => mean - reach),
}

export const bollingerPosition: IndicatorDefinition = {
  ...shared,
  id: 'bollingerPosition',
  title: 'Bollinger position',
  description:
    'Where the close stands between the bands: 0 at the lower, 1 at the upper, beyond when it broke out. ' +
    'Pending in a flat market.',
  formula: '(close − lower) / (upper − lower)',
  unit: 'ratio',
  range: [-Infinity, Infinity],
  create: (market, parameters) =>
    bollinger(market, parameters, (close, mean, reach) =>
      reach > 0 ? 0.5 + (close - mean) / (2 * reach) : Number.NaN,
    ),
}

export const bollingerWidth: IndicatorDefinition = {
  ...shared,
  id: 'bollingerWidth',
  title: 'Bollinger width',
  description: 'Distance between the bands as a fraction of the middle; below 0.02 the market is squeezed.',
  formula: '(upper − lower) / middle',
  unit: 'ratio',
  range: [0, Infinity],
  create: (market, parameters) => bollinger(market, parameters, (_, mean, reach) => (2 * reach) / mean),
}

/** `output` makes the value of the last close, the mean and the distance of a band from it. */
function bollinger(
  market: MarketView,
  parameters: Parameters,
  output: (close: number, mean: number, reach: number) => number,
): ColumnKernel {
  const multiple = numberOf(parameters, 'deviations')
  return barWindow(
    market,
    numberOf(parameters, 'intervalMs'),
    numberOf(parameters, 'period'),
    ({ close }, first, last) => {
      const mean = meanOf(close, first, last)
      let squares = 0
      for (let at = first; at < last; at++) squares += (close[at] - mean) ** 2
      return output(close[last - 1], mean, multiple * Math.sqrt(squares / (last - first)))
    },
  )
}
