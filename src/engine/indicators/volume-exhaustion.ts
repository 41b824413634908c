import type { IndicatorDefinition } from '#model/indicator.ts'
import { againstExtreme, lookBackMs } from './against-extreme.ts'
import { readyAfter } from './coverage.ts'
import {
  baselineFromMs,
  baselineLookback,
  baselineOf,
  baselineToMs,
  fromMs,
  numberOf,
  refuseBaseline,
  toMs,
  windowOf,
} from './parameter-specs.ts'
import { volumeSurge } from './volume-surge.ts'

export const volumeExhaustion: IndicatorDefinition = {
  id: 'volumeExhaustion',
  title: 'Volume exhaustion',
  description: 'How much of the strongest volume surge is gone: 0 at the surge, 1 when trading stopped.',
  formula: '1 − surge / highest surge of lookBackMs, with surge = volumeSurgeRatio by mean, at each instant',
  source: 'domain §1.4 VOLUME_EXHAUSTION',
  inputs: ['trade'],
  parameters: [fromMs(30_000), toMs(), baselineFromMs(600_000), baselineToMs(30_000), lookBackMs(600_000)],
  unit: 'ratio',
  range: [0, 1],
  lookbackMs: (parameters) => baselineLookback(parameters) + numberOf(parameters, 'lookBackMs'),
  refuse: refuseBaseline,
  create(market, parameters) {
    const window = windowOf(parameters)
    const base = baselineOf(parameters)
    const readyAfterMs = Math.max(readyAfter(window), readyAfter(base))
    const surge = volumeSurge(market, window, base)
    return againstExtreme(market, surge, readyAfterMs, numberOf(parameters, 'lookBackMs'), 1, -1)
  },
}
