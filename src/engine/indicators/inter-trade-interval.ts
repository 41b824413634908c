import { type ColumnKernel, type IndicatorDefinition, type MarketView, pending } from '#model/indicator.ts'
import { readyAfter, skipUncovered, type Window } from './coverage.ts'
import { GapMedian } from './gap-median.ts'
import { fromMs, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'

export const interTradeInterval: IndicatorDefinition = {
  id: 'interTradeInterval',
  title: 'Time between trades',
  description: 'Seconds from one trade to the next, usual or on average.',
  formula: 'mean or median of the times between successive trades, those that ended in (fromMs, toMs)',
  source: 'domain §1.4 INTER_DEAL_INTERVALS',
  inputs: ['trade'],
  parameters: [
    fromMs(60_000),
    toMs(),
    {
      name: 'method',
      description: 'mean counts every pause, median ignores a few long ones',
      unit: 'choice',
      type: 'choice',
      default: 'mean',
      choices: ['mean', 'median'],
    },
  ],
  unit: 'seconds',
  range: [0, Infinity],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
  create: (market, parameters) =>
    parameters['method'] === 'median' ? median(market, windowOf(parameters)) : mean(market, windowOf(parameters)),
}

function mean(market: MarketView, window: Window): ColumnKernel {
  const far = market.tradeEdge(window.fromMs)
  const near = market.tradeEdge(window.toMs)
  const readyAfterMs = readyAfter(window)
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      far.ensure()
      near.ensure()
      const { time: tradeTime, offset } = market.trades
      const { time } = market.timeline
      const since = market.coveredSince()
      for (let at = skipUncovered(market, readyAfterMs, from, to, values, reasons); at < to; at++) {
        const before = far.values[at] - (time[at] - window.fromMs >= since ? 1 : 0)
        const last = near.values[at] - 1
        values[at] = (tradeTime[last - offset] - tradeTime[before - offset]) / (last - before) / 1000
        if (last === before) reasons[at] = pending.noTrades
      }
    },
  }
}

function median(market: MarketView, window: Window): ColumnKernel {
  const gaps = new GapMedian(market, window, 0)
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      gaps.prepare()
      const ready = skipUncovered(market, readyAfter(window), from, to, values, reasons)
      for (let at = ready; at < to; at++) {
        values[at] = gaps.at(at) / 1000
        if (values[at] !== values[at]) reasons[at] = pending.noTrades
      }
    },
    snapshot: () => gaps.snapshot(),
    restore: (state) => gaps.restore(state),
  }
}
