import type { IndicatorDefinition } from '#model/indicator.ts'
import {
  baselineFromMs,
  baselineLookback,
  baselineOf,
  baselineToMs,
  fromMs,
  refuseBaseline,
  toMs,
  windowOf,
} from './parameter-specs.ts'
import { priceChange } from './price-change.ts'

export const priceMomentumPct: IndicatorDefinition = {
  id: 'priceMomentumPct',
  title: 'Price momentum',
  description: 'Change of the time-weighted price from an older window to a newer one, in percent.',
  formula: '100 · (TWPA(fromMs, toMs) − B) / B, with B = TWPA(baselineFromMs, baselineToMs)',
  source: 'domain §1.2.6 PRICE_MOMENTUM, by time instead of by tick',
  inputs: ['trade'],
  parameters: [fromMs(30_000), toMs(), baselineFromMs(120_000), baselineToMs(30_000)],
  unit: 'percent',
  range: [-100, Infinity],
  lookbackMs: baselineLookback,
  refuse: refuseBaseline,
  create: (market, parameters) => priceChange(market, windowOf(parameters), baselineOf(parameters), 100),
}
