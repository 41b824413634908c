import {
  type ColumnKernel,
  type IndicatorDefinition,
  type MarketView,
  minCoverage,
  type Parameters,
  pending,
} from '#model/indicator.ts'
import { waitingReason } from './coverage.ts'
import { fromMs, numberOf, refuseWindow, toMs, windowLookback } from './parameter-specs.ts'

/** What is made of the taker buys and sells of a window: `scale · (buy·B + sell·S) / over`. */
interface FlowMeasure {
  readonly buy: number
  readonly sell: number
  readonly scale: number
  readonly over: 'bothSides' | 'seconds' | 'one'
}

const shared = {
  inputs: ['trade', 'side'],
  parameters: [fromMs(30_000), toMs()],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
} as const satisfies Partial<IndicatorDefinition>

export const orderFlowImbalance: IndicatorDefinition = {
  ...shared,
  id: 'orderFlowImbalance',
  title: 'Order flow imbalance',
  description: 'Who crosses the spread: +100 when all traded value was taker buys, −100 when all was taker sells.',
  formula: '100 · (B − S) / (B + S), with B and S = Σ price·quantity of taker buys and sells in (fromMs, toMs)',
  source: 'domain §1.4 ORDER_FLOW_IMBALANCE',
  unit: 'balance',
  range: [-100, 100],
  create: (market, parameters) => flow(market, parameters, { buy: 1, sell: -1, scale: 100, over: 'bothSides' }),
}

export const buyShare: IndicatorDefinition = {
  ...shared,
  id: 'buyShare',
  title: 'Buy share',
  description: 'Share of the traded value that takers bought, in percent; 50 is even.',
  formula: '100 · B / (B + S), with B and S = Σ price·quantity of taker buys and sells in (fromMs, toMs)',
  source: 'domain §1.4',
  unit: 'percent',
  range: [0, 100],
  create: (market, parameters) => flow(market, parameters, { buy: 1, sell: 0, scale: 100, over: 'bothSides' }),
}

export const buyVolume: IndicatorDefinition = {
  ...shared,
  id: 'buyVolume',
  title: 'Buy volume',
  description: 'Value that takers bought in the window; 0 when nobody did.',
  formula: 'Σ price·quantity of taker buys in (fromMs, toMs)',
  source: 'domain §1.4',
  unit: 'notional',
  range: [0, Infinity],
  create: (market, parameters) => flow(market, parameters, { buy: 1, sell: 0, scale: 1, over: 'one' }),
}

export const sellVolume: IndicatorDefinition = {
  ...shared,
  id: 'sellVolume',
  title: 'Sell volume',
  description: 'Value that takers sold in the window; 0 when nobody did.',
  formula: 'Σ price·quantity of taker sells in (fromMs, toMs)',
  source: 'domain §1.4',
  unit: 'notional',
  range: [0, Infinity],
  create: (market, parameters) => flow(market, parameters, { buy: 0, sell: 1, scale: 1, over: 'one' }),
}

export const signedVolumeRate: IndicatorDefinition = {
  ...shared,
  id: 'signedVolumeRate',
  title: 'Signed volume rate',
  description: 'Net value bought by takers per second; negative when they sell.',
  formula: '(B − S) / window seconds, with B and S = Σ price·quantity of taker buys and sells in (fromMs, toMs)',
  source: 'domain §1.4',
  unit: 'notionalPerSecond',
  range: [-Infinity, Infinity],
  create: (market, parameters) => flow(market, parameters, { buy: 1, sell: -1, scale: 1, over: 'seconds' }),
}

function flow(market: MarketView, parameters: Parameters, measure: FlowMeasure): ColumnKernel {
  const from = numberOf(parameters, 'fromMs')
  const to = numberOf(parameters, 'toMs')
  const far = market.tradeEdge(from)
  const near = market.tradeEdge(to)
  const readyAfterMs = to + (from - to) * minCoverage
  const divisor = measure.over === 'seconds' ? (from - to) / 1000 : 1
  const overBoth = measure.over === 'bothSides'
  return {
    kind: 'column',
    fill(first, last, values, reasons) {
      far.ensure()
      near.ensure()
      const { offset, buyQuote, sellQuote } = market.trades
      const { time } = market.timeline
      const farRows = far.values
      const nearRows = near.values
      const since = market.coveredSince()
      const { buy, sell, scale } = measure
      for (let at = first; at < last; at++) {
        if (!(time[at] - readyAfterMs >= since)) {
          values[at] = Number.NaN
          reasons[at] = waitingReason(time[at], since)
          continue
        }
        const a = farRows[at] - offset
        const b = nearRows[at] - offset
        const bought = buyQuote[b] - buyQuote[a]
        const sold = sellQuote[b] - sellQuote[a]
        const over = overBoth ? bought + sold : divisor
        if (over > 0) values[at] = scale * ((buy * bought + sell * sold) / over)
        else {
          values[at] = Number.NaN
          reasons[at] = pending.noTrades
        }
      }
    },
  }
}
