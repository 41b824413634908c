import type { ColumnKernel, IndicatorDefinition, MarketView } from '#model/indicator.ts'
import { readyAfter, skipUncovered, type Window } from './coverage.ts'
import { fromMs, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'
import { SlidingExtreme } from './sliding-extreme.ts'

const shared = {
  inputs: ['trade'],
  parameters: [fromMs(300_000), toMs()],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
} as const satisfies Partial<IndicatorDefinition>

export const maxPrice: IndicatorDefinition = {
  ...shared,
  id: 'maxPrice',
  title: 'Highest price',
  description: 'Highest price in force during the window; the one it began with counts.',
  formula: 'max of the last traded price over (fromMs, toMs)',
  source: 'domain §1.4 MAX_PRICE',
  unit: 'price',
  range: [0, Infinity],
  create: (market, parameters) => priceExtreme(market, windowOf(parameters), 1, 'extreme'),
}

export const minPrice: IndicatorDefinition = {
  ...shared,
  id: 'minPrice',
  title: 'Lowest price',
  description: 'Lowest price in force during the window; the one it began with counts.',
  formula: 'min of the last traded price over (fromMs, toMs)',
  source: 'domain §1.4 MIN_PRICE',
  unit: 'price',
  range: [0, Infinity],
  create: (market, parameters) => priceExtreme(market, windowOf(parameters), -1, 'extreme'),
}

export const distanceFromMaxPct: IndicatorDefinition = {
  ...shared,
  id: 'distanceFromMaxPct',
  title: 'Distance from the high',
  description:
    'Last price against the highest of the window, in percent: 0 at the high, −5 when five percent below it.',
  formula: '100 · (price − M) / M, with M = max of the last traded price over (fromMs, toMs)',
  source: 'domain §1.4 MAX_PRICE',
  unit: 'percent',
  range: [-100, Infinity],
  create: (market, parameters) => priceExtreme(market, windowOf(parameters), 1, 'distance'),
}

export const distanceFromMinPct: IndicatorDefinition = {
  ...shared,
  id: 'distanceFromMinPct',
  title: 'Distance from the low',
  description: 'Last price against the lowest of the window, in percent: 0 at the low, 8 when eight percent above it.',
  formula: '100 · (price − m) / m, with m = min of the last traded price over (fromMs, toMs)',
  source: 'domain §1.4 MIN_PRICE',
  unit: 'percent',
  range: [-100, Infinity],
  create: (market, parameters) => priceExtreme(market, windowOf(parameters), -1, 'distance'),
}

function priceExtreme(market: MarketView, window: Window, sign: 1 | -1, output: 'extreme' | 'distance'): ColumnKernel {
  const far = market.tradeEdge(window.fromMs)
  const near = market.tradeEdge(window.toMs)
  const readyAfterMs = readyAfter(window)
  const extreme = new SlidingExtreme(sign)
  const isDistance = output === 'distance'
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      far.ensure()
      near.ensure()
      const { price, offset } = market.trades
      const { time, trades } = market.timeline
      const since = market.coveredSince()
      for (let at = skipUncovered(market, readyAfterMs, from, to, values, reasons); at < to; at++) {
        // the price in force when the window began is that of the row before it
        const first = time[at] - window.fromMs >= since ? far.values[at] - 1 : far.values[at]
        extreme.slide(price, offset, first, near.values[at])
        const value = extreme.value()
        values[at] = isDistance ? (100 * (price[trades[at] - 1 - offset] - value)) / value : value
      }
    },
  }
}
