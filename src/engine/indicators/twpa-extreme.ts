import type { IndicatorDefinition, MarketView, Parameters } from '#model/indicator.ts'
import { againstExtreme, lookBackMs } from './against-extreme.ts'
import { readyAfter } from './coverage.ts'
import { fromMs, numberOf } from './parameter-specs.ts'
import { timeWeightedPrice } from './twpa.ts'

const shared = {
  inputs: ['trade'],
  parameters: [{ ...fromMs(10_000), description: 'Length of the average' }, lookBackMs(300_000)],
  unit: 'price',
  range: [0, Infinity],
  lookbackMs: (parameters: Parameters) => numberOf(parameters, 'fromMs') + numberOf(parameters, 'lookBackMs'),
} as const satisfies Partial<IndicatorDefinition>

export const maxTwpa: IndicatorDefinition = {
  ...shared,
  id: 'maxTwpa',
  title: 'Highest average price',
  description:
    'Highest value the short time-weighted price had in the look-back: a high that a single print does not make.',
  formula: 'max of TWPA(fromMs, 0) at each instant of lookBackMs',
  source: 'domain §1.4 MAX_TWPA',
  create: (market, parameters) => extremeTwpa(market, parameters, 1),
}

export const minTwpa: IndicatorDefinition = {
  ...shared,
  id: 'minTwpa',
  title: 'Lowest average price',
  description:
    'Lowest value the short time-weighted price had in the look-back: a low that a single print does not make.',
  formula: 'min of TWPA(fromMs, 0) at each instant of lookBackMs',
  source: 'domain §1.4 MIN_TWPA',
  create: (market, parameters) => extremeTwpa(market, parameters, -1),
}

function extremeTwpa(market: MarketView, parameters: Parameters, sign: 1 | -1) {
  const window = { fromMs: numberOf(parameters, 'fromMs'), toMs: 0 }
  const inner = timeWeightedPrice(market, window)
  return againstExtreme(market, inner, readyAfter(window), numberOf(parameters, 'lookBackMs'), sign, 'extreme')
}
