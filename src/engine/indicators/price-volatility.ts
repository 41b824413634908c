import { type IndicatorDefinition, minCoverage, type ParameterSpec, pending } from '#model/indicator.ts'
import { skipUncovered } from './coverage.ts'
import { fromMs, numberOf } from './parameter-specs.ts'
import { StepReturns } from './step-returns.ts'

const stepMs: ParameterSpec = {
  name: 'stepMs',
  description: 'Time between two prices compared',
  unit: 'ms',
  type: 'integer',
  default: 1_000,
  min: 100,
  max: 3_600_000,
}

export const priceVolatility: IndicatorDefinition = {
  id: 'priceVolatility',
  title: 'Price volatility',
  description:
    'How much the price jumps from one step to the next, in percent; no matter how many trades make the step.',
  formula: 'std of 100 · (p − q) / q over fromMs, q and p = prices in force at successive whole multiples of stepMs',
  source: 'domain §1.4 PRICE_VOLATILITY, by time instead of by trade',
  inputs: ['trade'],
  parameters: [fromMs(60_000), stepMs],
  unit: 'percent',
  range: [0, Infinity],
  lookbackMs: (parameters) => numberOf(parameters, 'fromMs') + numberOf(parameters, 'stepMs'),
  refuse: (parameters) =>
    numberOf(parameters, 'fromMs') >= 5 * numberOf(parameters, 'stepMs')
      ? undefined
      : 'fromMs must be at least five times stepMs',
  create(market, parameters) {
    const windowMs = numberOf(parameters, 'fromMs')
    const returns = new StepReturns(market, windowMs, numberOf(parameters, 'stepMs'))
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        const { time } = market.timeline
        for (let at = skipUncovered(market, windowMs * minCoverage, from, to, values, reasons); at < to; at++) {
          returns.slide(time[at], at)
          const value = returns.deviation()
          values[at] = value
          if (value !== value) reasons[at] = pending.warmingUp
        }
      },
      snapshot: () => returns.snapshot(),
      restore: (state) => returns.restore(state),
    }
  },
}
