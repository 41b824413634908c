import type { BarTape, IndicatorDefinition } from '#model/indicator.ts'
import { barWindow, rangeOf } from './bar-kernels.ts'
import { bars, barsLookback, intervalMs, numberOf } from './parameter-specs.ts'

const period = bars('period', 'Bars of high and low', 14, 1, 200)

export const stochasticK: IndicatorDefinition = {
  id: 'stochasticK',
  title: 'Stochastic %K',
  description:
    'Where the close stands in the range of the last bars: 100 at the high, 0 at the low, 50 when there is no range.',
  formula: '100 · (close − LL) / (HH − LL), HH and LL = highest high and lowest low of the last period bars',
  source: 'Lane; domain §1.5 Stochastic(14, 3)',
  inputs: ['bar'],
  parameters: [intervalMs, period],
  unit: 'score',
  range: [0, 100],
  lookbackMs: (parameters) => barsLookback(parameters, numberOf(parameters, 'period')),
  create: (market, parameters) =>
    barWindow(market, numberOf(parameters, 'intervalMs'), numberOf(parameters, 'period'), positionInRange),
}

export const stochasticD: IndicatorDefinition = {
  id: 'stochasticD',
  title: 'Stochastic %D',
  description: 'Average of the last %K values: the slow line of the stochastic.',
  formula: 'mean of the last smoothing values of %K(period)',
  source: 'Lane; domain §1.5 Stochastic(14, 3)',
  inputs: ['bar'],
  parameters: [intervalMs, period, bars('smoothing', 'Values of %K averaged', 3, 1, 50)],
  unit: 'score',
  range: [0, 100],
  lookbackMs: (parameters) =>
    barsLookback(parameters, numberOf(parameters, 'period') + numberOf(parameters, 'smoothing') - 1),
  create(market, parameters) {
    const length = numberOf(parameters, 'period')
    const smoothing = numberOf(parameters, 'smoothing')
    return barWindow(market, numberOf(parameters, 'intervalMs'), length + smoothing - 1, (tape, first) => {
      let sum = 0
      for (let back = 0; back < smoothing; back++) sum += positionInRange(tape, first + back, first + back + length)
      return Math.min(100, sum / smoothing)
    })
  },
}

function positionInRange(tape: BarTape, first: number, last: number): number {
  const { lowest, highest } = rangeOf(tape, first, last)
  return highest > lowest ? 100 * ((tape.close[last - 1] - lowest) / (highest - lowest)) : 50
}
