import type { IndicatorDefinition } from '#model/indicator.ts'
import { barWindow } from './bar-kernels.ts'
import { barsLookback, intervalMs, numberOf } from './parameter-specs.ts'

export const barRangeKept: IndicatorDefinition = {
  id: 'barRangeKept',
  title: 'Share of the range kept',
  description:
    'Where in its range the last finished bar closed: 1 at its high, 0 where all of the rise was given back. A single print far out leaves little.',
  formula:
    '(close − L) / (high − L), with L = the lower of the low and the close before; pending while price stands still',
  source: 'TA-Lib STOCH with a period of one bar, stretched to the close before',
  inputs: ['bar'],
  parameters: [intervalMs],
  unit: 'ratio',
  range: [0, 1],
  lookbackMs: (parameters) => barsLookback(parameters, 2),
  create: (market, parameters) =>
    barWindow(market, numberOf(parameters, 'intervalMs'), 2, ({ high, low, close }, first, last) => {
      const floor = Math.min(low[last - 1], close[first])
      const range = high[last - 1] - floor
      return range > 0 ? Math.min(1, (close[last - 1] - floor) / range) : Number.NaN
    }),
}
