import type { IndicatorDefinition } from '#model/indicator.ts'
import {
  baselineFromMs,
  baselineLookback,
  baselineOf,
  baselineToMs,
  fromMs,
  numberOf,
  refuseBaseline,
} from './parameter-specs.ts'
import { priceChange } from './price-change.ts'

export const supportLevelProximityPct: IndicatorDefinition = {
  id: 'supportLevelProximityPct',
  title: 'Distance to support',
  description:
    'How far the price stands above the level it held before, in percent; 0 at the level, negative below it.',
  formula: '100 · (TWPA(fromMs, 0) − S) / S, with S = TWPA(baselineFromMs, baselineToMs)',
  source: 'domain §1.2.11 SUPPORT_LEVEL_PROXIMITY',
  inputs: ['trade'],
  parameters: [fromMs(10_000), baselineFromMs(3_600_000), baselineToMs(600_000)],
  unit: 'percent',
  range: [-100, Infinity],
  lookbackMs: baselineLookback,
  refuse: (parameters) => refuseBaseline({ ...parameters, toMs: 0 }),
  create: (market, parameters) =>
    priceChange(market, { fromMs: numberOf(parameters, 'fromMs'), toMs: 0 }, baselineOf(parameters), 100),
}
