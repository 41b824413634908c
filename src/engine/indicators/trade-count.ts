import type { ColumnKernel, IndicatorDefinition, MarketView, Parameters } from '#model/indicator.ts'
import { readyAfter, skipUncovered } from './coverage.ts'
import { fromMs, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'

const shared = {
  inputs: ['trade'],
  parameters: [fromMs(60_000), toMs()],
  range: [0, Infinity],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
} as const satisfies Partial<IndicatorDefinition>

export const tradeCount: IndicatorDefinition = {
  ...shared,
  id: 'tradeCount',
  title: 'Number of trades',
  description: 'Trades in the window.',
  formula: 'number of trades in (fromMs, toMs)',
  source: 'domain §1.4 COUNT_DEALS',
  unit: 'count',
  create: (market, parameters) => count(market, parameters, false),
}

export const tradeFrequency: IndicatorDefinition = {
  ...shared,
  id: 'tradeFrequency',
  title: 'Trade frequency',
  description: 'Trades per minute.',
  formula: 'number of trades in (fromMs, toMs) / its covered minutes',
  source: 'domain §1.4 TRADE_FREQUENCY',
  unit: 'perMinute',
  create: (market, parameters) => count(market, parameters, true),
}

function count(market: MarketView, parameters: Parameters, isPerMinute: boolean): ColumnKernel {
  const window = windowOf(parameters)
  const far = market.tradeEdge(window.fromMs)
  const near = market.tradeEdge(window.toMs)
  const readyAfterMs = readyAfter(window)
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      far.ensure()
      near.ensure()
      const { time } = market.timeline
      const since = market.coveredSince()
      for (let at = skipUncovered(market, readyAfterMs, from, to, values, reasons); at < to; at++) {
        const minutes = (Math.min(window.fromMs, time[at] - since) - window.toMs) / 60_000
        values[at] = (near.values[at] - far.values[at]) / (isPerMinute ? minutes : 1)
      }
    },
  }
}
