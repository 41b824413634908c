import type { ColumnKernel, IndicatorDefinition, MarketView } from '#model/indicator.ts'
import { skipUncovered } from './coverage.ts'
import { fromMs, numberOf, toMs, windowLookback } from './parameter-specs.ts'
import { minCoverage } from '#model/indicator.ts'

export const firstPrice: IndicatorDefinition = {
  id: 'firstPrice',
  title: 'Price then',
  description: 'Last traded price of that long ago; of the first trade while the data is a little shorter.',
  formula: 'price in force at now − fromMs',
  source: 'domain §1.4 FIRST_PRICE',
  inputs: ['trade'],
  parameters: [fromMs(300_000)],
  unit: 'price',
  range: [0, Infinity],
  lookbackMs: windowLookback,
  create: (market, parameters) =>
    edgePrice(market, numberOf(parameters, 'fromMs'), numberOf(parameters, 'fromMs') * minCoverage),
}

export const lastPrice: IndicatorDefinition = {
  id: 'lastPrice',
  title: 'Last price',
  description: 'Last traded price, or that of a moment ago.',
  formula: 'price in force at now − toMs',
  source: 'domain §1.4 LAST_PRICE',
  inputs: ['trade'],
  parameters: [toMs()],
  unit: 'price',
  range: [0, Infinity],
  lookbackMs: (parameters) => numberOf(parameters, 'toMs'),
  create: (market, parameters) => edgePrice(market, numberOf(parameters, 'toMs'), numberOf(parameters, 'toMs')),
}

function edgePrice(market: MarketView, backMs: number, readyAfterMs: number): ColumnKernel {
  const edge = market.tradeEdge(backMs)
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      edge.ensure()
      const { price, offset } = market.trades
      const { time } = market.timeline
      const since = market.coveredSince()
      for (let at = skipUncovered(market, readyAfterMs, from, to, values, reasons); at < to; at++) {
        values[at] = price[edge.values[at] - (time[at] - backMs >= since ? 1 : 0) - offset]
      }
    },
  }
}
