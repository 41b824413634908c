import {
  type ColumnKernel,
  type IndicatorDefinition,
  type MarketView,
  type Parameters,
  pending,
} from '#model/indicator.ts'
import { readyAfter, skipUncovered } from './coverage.ts'
import { fromMs, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'

const shared = {
  inputs: ['trade'],
  parameters: [fromMs(60_000), toMs()],
  range: [0, Infinity],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
} as const satisfies Partial<IndicatorDefinition>

export const sumVolume: IndicatorDefinition = {
  ...shared,
  id: 'sumVolume',
  title: 'Volume',
  description: 'Coins traded in the window; 0 when none were.',
  formula: 'Σ quantity over the trades in (fromMs, toMs)',
  source: 'domain §1.4 SUM_VOLUME',
  unit: 'quantity',
  create: (market, parameters) => volume(market, parameters, 'base', 'one'),
}

export const sumQuoteVolume: IndicatorDefinition = {
  ...shared,
  id: 'sumQuoteVolume',
  title: 'Traded value',
  description: 'Value traded in the window; 0 when nothing was.',
  formula: 'Σ price·quantity over the trades in (fromMs, toMs)',
  source: 'domain §1.4 SUM_VOLUME, in quote units',
  unit: 'notional',
  create: (market, parameters) => volume(market, parameters, 'quote', 'one'),
}

export const averageVolume: IndicatorDefinition = {
  ...shared,
  id: 'averageVolume',
  title: 'Average volume of a trade',
  description: 'Coins per trade.',
  formula: 'Σ quantity / number of trades in (fromMs, toMs)',
  source: 'domain §1.4 AVG_VOLUME',
  unit: 'quantity',
  create: (market, parameters) => volume(market, parameters, 'base', 'trade'),
}

export const averageTradeSize: IndicatorDefinition = {
  ...shared,
  id: 'averageTradeSize',
  title: 'Average trade size',
  description: 'Value per trade.',
  formula: 'Σ price·quantity / number of trades in (fromMs, toMs)',
  source: 'domain §1.4 AVERAGE_TRADE_SIZE',
  unit: 'notional',
  create: (market, parameters) => volume(market, parameters, 'quote', 'trade'),
}

export const volumeRate: IndicatorDefinition = {
  ...shared,
  id: 'volumeRate',
  title: 'Volume rate',
  description: 'Coins traded per second.',
  formula: 'Σ quantity / covered seconds of (fromMs, toMs)',
  source: 'domain §1.1 volume rate',
  unit: 'quantityPerSecond',
  create: (market, parameters) => volume(market, parameters, 'base', 'second'),
}

export const quoteVolumeRate: IndicatorDefinition = {
  ...shared,
  id: 'quoteVolumeRate',
  title: 'Traded value rate',
  description: 'Value traded per second.',
  formula: 'Σ price·quantity / covered seconds of (fromMs, toMs)',
  source: 'domain §1.1 volume rate, in quote units',
  unit: 'notionalPerSecond',
  create: (market, parameters) => volume(market, parameters, 'quote', 'second'),
}

function volume(
  market: MarketView,
  parameters: Parameters,
  column: 'base' | 'quote',
  per: 'one' | 'trade' | 'second',
): ColumnKernel {
  const window = windowOf(parameters)
  const far = market.tradeEdge(window.fromMs)
  const near = market.tradeEdge(window.toMs)
  const readyAfterMs = readyAfter(window)
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      far.ensure()
      near.ensure()
      const { offset, [column]: sums } = market.trades
      const { time } = market.timeline
      const first = far.values
      const end = near.values
      const since = market.coveredSince()
      const ready = skipUncovered(market, readyAfterMs, from, to, values, reasons)
      for (let at = ready; at < to; at++) values[at] = sums[end[at] - offset] - sums[first[at] - offset]
      if (per === 'second') {
        for (let at = ready; at < to; at++)
          values[at] /= (Math.min(window.fromMs, time[at] - since) - window.toMs) / 1000
      } else if (per === 'trade') {
        for (let at = ready; at < to; at++) {
          values[at] = end[at] > first[at] ? values[at] / (end[at] - first[at]) : Number.NaN
          if (end[at] === first[at]) reasons[at] = pending.noTrades
        }
      }
    },
  }
}
