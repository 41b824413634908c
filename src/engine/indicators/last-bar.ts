import type { IndicatorDefinition } from '#model/indicator.ts'
import { barWindow } from './bar-kernels.ts'
import { bars, barsLookback, intervalMs, numberOf } from './parameter-specs.ts'

export const barClose: IndicatorDefinition = {
  id: 'barClose',
  title: 'Bar close',
  description: 'Close of the last finished bar.',
  formula: 'close of the last closed bar of intervalMs',
  source: 'domain §1.5',
  inputs: ['bar'],
  parameters: [intervalMs],
  unit: 'price',
  range: [0, Infinity],
  lookbackMs: (parameters) => barsLookback(parameters, 1),
  create: (market, parameters) =>
    barWindow(market, numberOf(parameters, 'intervalMs'), 1, ({ close }, _, last) => close[last - 1]),
}

export const barChangePct: IndicatorDefinition = {
  id: 'barChangePct',
  title: 'Bar change',
  description: 'Change of the close over the last bars, in percent.',
  formula: '100 · (close / close period bars earlier − 1)',
  source: 'domain §1.5; TA-Lib ROC',
  inputs: ['bar'],
  parameters: [intervalMs, bars('period', 'Bars between the two closes', 1)],
  unit: 'percent',
  range: [-100, Infinity],
  lookbackMs: (parameters) => barsLookback(parameters, numberOf(parameters, 'period') + 1),
  create: (market, parameters) =>
    barWindow(
      market,
      numberOf(parameters, 'intervalMs'),
      numberOf(parameters, 'period') + 1,
      ({ close }, first, last) => (close[first] > 0 ? 100 * (close[last - 1] / close[first] - 1) : Number.NaN),
    ),
}
