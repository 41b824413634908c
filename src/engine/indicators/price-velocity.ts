import type { IndicatorDefinition } from '#model/indicator.ts'
import { baselineLookback } from './parameter-specs.ts'
import { changeParameters, refuseChange, velocity } from './price-change.ts'

export const priceVelocity: IndicatorDefinition = {
  id: 'priceVelocity',
  title: 'Price velocity',
  description: 'How fast the price moves, in percent per second; negative while it falls.',
  formula:
    '100 · (C − B) / B / Δt, with C = TWPA(fromMs, 0), B = TWPA over baselineLengthMs from baselineFromMs, Δt = seconds between the centers of the two windows',
  source: 'domain §1.2.3 PRICE_VELOCITY',
  inputs: ['trade'],
  parameters: changeParameters(10_000, 60_000, 30_000),
  unit: 'percentPerSecond',
  range: [-Infinity, Infinity],
  lookbackMs: baselineLookback,
  refuse: refuseChange,
  create: (market, parameters) => velocity(market, parameters),
}
