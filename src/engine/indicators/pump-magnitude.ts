import type { IndicatorDefinition } from '#model/indicator.ts'
import { baselineLookback } from './parameter-specs.ts'
import { changeParameters, changeWindows, priceChange, refuseChange } from './price-change.ts'

export const pumpMagnitudePct: IndicatorDefinition = {
  id: 'pumpMagnitudePct',
  title: 'Pump magnitude',
  description: 'How far the price has risen above its level of a moment ago, in percent; 7 and more is a candidate.',
  formula: '100 · (C − B) / B, with C = TWPA(fromMs, 0) and B = TWPA over baselineLengthMs from baselineFromMs',
  source: 'domain §1.2.4 PUMP_MAGNITUDE_PCT',
  inputs: ['trade'],
  parameters: changeParameters(10_000, 60_000, 30_000),
  unit: 'percent',
  range: [-100, Infinity],
  lookbackMs: baselineLookback,
  refuse: refuseChange,
  create(market, parameters) {
    const { current, base } = changeWindows(parameters)
    return priceChange(market, current, base, 100)
  },
}
