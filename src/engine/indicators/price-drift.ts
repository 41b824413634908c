import type { IndicatorDefinition } from '#model/indicator.ts'
import { fromMs, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'
import { priceChange } from './price-change.ts'

export const priceDriftPct: IndicatorDefinition = {
  id: 'priceDriftPct',
  title: 'Price drift',
  description:
    'Where the price was heading before the last moments, in percent: the later half of the window against the earlier.',
  formula: '100 · (L − E) / E, with E and L = time-weighted prices of the earlier and the later half of (fromMs, toMs)',
  source: 'domain §1.4, drift before a pump',
  inputs: ['trade'],
  parameters: [fromMs(3_600_000), toMs(60_000)],
  unit: 'percent',
  range: [-100, Infinity],
  lookbackMs: windowLookback,
  refuse: (parameters) => {
    const { fromMs: start, toMs: end } = windowOf(parameters)
    return refuseWindow(parameters) ?? (start - end >= 2 ? undefined : 'the window must be at least 2 ms long')
  },
  create(market, parameters) {
    const { fromMs: start, toMs: end } = windowOf(parameters)
    const middle = Math.round((start + end) / 2)
    return priceChange(market, { fromMs: middle, toMs: end }, { fromMs: start, toMs: middle }, 100)
  },
}
