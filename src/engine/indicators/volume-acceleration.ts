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
import { volumeSurge } from './volume-surge.ts'

export const volumeAcceleration: IndicatorDefinition = {
  id: 'volumeAcceleration',
  title: 'Volume acceleration',
  description: 'Change of the traded value per second against the time before, in percent; −100 when trading stopped.',
  formula:
    '100 · (R − B) / B, with R = rate(fromMs, toMs), B = rate(baselineFromMs, baselineToMs), rate = Σ price·quantity / covered seconds',
  source: 'domain §1.4 VOLUME_ACCELERATION, relative so that coins compare',
  inputs: ['trade'],
  parameters: [fromMs(60_000), toMs(), baselineFromMs(300_000), baselineToMs(60_000)],
  unit: 'percent',
  range: [-100, Infinity],
  lookbackMs: baselineLookback,
  refuse: refuseBaseline,
  create(market, parameters) {
    const surge = volumeSurge(market, windowOf(parameters), baselineOf(parameters))
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        surge.fill(from, to, values, reasons)
        for (let at = from; at < to; at++) values[at] = 100 * (values[at] - 1)
      },
    }
  },
}
