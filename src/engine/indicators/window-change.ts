import type { ColumnKernel, IndicatorDefinition, MarketView } from '#model/indicator.ts'
import { readyAfter, skipUncovered, type Window } from './coverage.ts'
import { fromMs, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'
import { priceChange } from './price-change.ts'

export const windowChangePct: IndicatorDefinition = {
  id: 'windowChangePct',
  title: 'Change over the window',
  description: 'How far the price moved from the beginning of the window to its end, in percent.',
  formula:
    '100 · (E − B) / B; priceMethod last: B and E = price in force at now − fromMs and now − toMs; twpa: time-weighted price of the first and last tenth of the window',
  source: 'domain §1.4 VELOCITY as plain %',
  inputs: ['trade'],
  parameters: [
    fromMs(60_000),
    toMs(),
    {
      name: 'priceMethod',
      description: 'Compare single prices, or time-weighted ones that a single print does not move',
      unit: 'choice',
      type: 'choice',
      default: 'last',
      choices: ['last', 'twpa'],
    },
  ],
  unit: 'percent',
  range: [-100, Infinity],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
  create(market, parameters) {
    const window = windowOf(parameters)
    if (parameters['priceMethod'] === 'last') return lastChange(market, window)
    const tenth = Math.max(1, Math.round((window.fromMs - window.toMs) / 10))
    const end = { fromMs: window.toMs + tenth, toMs: window.toMs }
    const begin = { fromMs: window.fromMs, toMs: window.fromMs - tenth }
    return priceChange(market, end, begin, 100)
  },
}

function lastChange(market: MarketView, window: Window): ColumnKernel {
  const far = market.tradeEdge(window.fromMs)
  const near = market.tradeEdge(window.toMs)
  const readyAfterMs = readyAfter(window)
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      far.ensure()
      near.ensure()
      const { price, offset } = market.trades
      const { time } = market.timeline
      const since = market.coveredSince()
      for (let at = skipUncovered(market, readyAfterMs, from, to, values, reasons); at < to; at++) {
        const begin = price[far.values[at] - (time[at] - window.fromMs >= since ? 1 : 0) - offset]
        values[at] = (100 * (price[near.values[at] - 1 - offset] - begin)) / begin
      }
    },
  }
}
