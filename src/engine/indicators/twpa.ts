import type { ColumnKernel, IndicatorDefinition, MarketView } from '#model/indicator.ts'
import { waitingReason, type Window } from './coverage.ts'
import { fromMs, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'

export const twpa: IndicatorDefinition = {
  id: 'twpa',
  title: 'Time-weighted average price',
  description: 'Average price by time: a price counts for as long as it was the last one traded.',
  formula: '∫ price dt / ∫ dt over (fromMs, toMs), each price held until the next trade',
  source: 'domain §1.2.1 TWPA',
  inputs: ['trade'],
  parameters: [fromMs(300_000), toMs()],
  unit: 'price',
  range: [0, Infinity],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
  create: (market, parameters) => timeWeightedPrice(market, windowOf(parameters)),
}

export function timeWeightedPrice(market: MarketView, window: Window): ColumnKernel {
  const column = market.twpa(window.fromMs, window.toMs)
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      column.ensure()
      const { time } = market.timeline
      const prices = column.values
      const since = market.coveredSince()
      for (let at = from; at < to; at++) {
        values[at] = prices[at]
        if (prices[at] !== prices[at]) reasons[at] = waitingReason(time[at], since)
      }
    },
  }
}
