import type { IndicatorDefinition } from '#model/indicator.ts'
import { waitingReason } from './coverage.ts'
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

export const twpaRatio: IndicatorDefinition = {
  id: 'twpaRatio',
  title: 'TWPA ratio',
  description: 'Time-weighted price of a newer window over that of an older one; above 1 the price has risen.',
  formula: 'TWPA(fromMs, toMs) / TWPA(baselineFromMs, baselineToMs)',
  source: 'domain §1.2.2 TWPA_RATIO, without the absolute floor of the denominator',
  inputs: ['trade'],
  parameters: [fromMs(300_000), toMs(60_000), baselineFromMs(1_800_000), baselineToMs(300_000)],
  unit: 'ratio',
  range: [0, Infinity],
  lookbackMs: baselineLookback,
  refuse: refuseBaseline,
  create(market, parameters) {
    const window = windowOf(parameters)
    const base = baselineOf(parameters)
    const newer = market.twpa(window.fromMs, window.toMs)
    const older = market.twpa(base.fromMs, base.toMs)
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        newer.ensure()
        older.ensure()
        const { time } = market.timeline
        const newerPrices = newer.values
        const olderPrices = older.values
        const since = market.coveredSince()
        for (let at = from; at < to; at++) {
          const value = newerPrices[at] / olderPrices[at]
          values[at] = value
          if (value !== value) reasons[at] = waitingReason(time[at], since)
        }
      },
    }
  },
}
