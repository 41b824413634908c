import { type IndicatorDefinition, minCoverage, pending } from '#model/indicator.ts'
import { waitingReason } from './coverage.ts'
import {
  baselineFromMs,
  baselineLookback,
  baselineToMs,
  fromMs,
  numberOf,
  refuseBaseline,
  toMs,
} from './parameter-specs.ts'

export const orderFlowReversal: IndicatorDefinition = {
  id: 'orderFlowReversal',
  title: 'Order flow reversal',
  description:
    'How far takers have changed sides: +100 when a window of only sells is followed by one of only buys, ' +
    '−100 the other way, 0 when nothing changed.',
  formula:
    '(imbalance over (fromMs, toMs) − imbalance over (baselineFromMs, baselineToMs)) / 2, imbalance = 100 · ' +
    '(B − S) / (B + S)',
  source: 'domain §1.4 ORDER_FLOW_REVERSAL',
  inputs: ['trade', 'side'],
  parameters: [fromMs(30_000), toMs(), baselineFromMs(150_000), baselineToMs(30_000)],
  unit: 'balance',
  range: [-100, 100],
  lookbackMs: baselineLookback,
  refuse: refuseBaseline,
  create(market, parameters) {
    const offsets = ['fromMs', 'toMs', 'baselineFromMs', 'baselineToMs'].map((name) => numberOf(parameters, name))
    const [from, to, baselineFrom, baselineTo] = offsets as [number, number, number, number]
    const edges = offsets.map((offset) => market.tradeEdge(offset))
    const [far, near, baselineFar, baselineNear] = edges as [
      (typeof edges)[0],
      (typeof edges)[0],
      (typeof edges)[0],
      (typeof edges)[0],
    ]
    const readyAfterMs = Math.max(
      to + (from - to) * minCoverage,
      baselineTo + (baselineFrom - baselineTo) * minCoverage,
    )
    return {
      kind: 'column',
      fill(first, last, values, reasons) {
        for (const edge of edges) edge.ensure()
        const { offset, buyQuote, sellQuote } = market.trades
        const { time } = market.timeline
        const since = market.coveredSince()
        for (let at = first; at < last; at++) {
          if (!(time[at] - readyAfterMs >= since)) {
            values[at] = Number.NaN
            reasons[at] = waitingReason(time[at], since)
            continue
          }
          const now = imbalance(buyQuote, sellQuote, far.values[at] - offset, near.values[at] - offset)
          const then = imbalance(buyQuote, sellQuote, baselineFar.values[at] - offset, baselineNear.values[at] - offset)
          const value = (values[at] = (now - then) / 2)
          if (value !== value) reasons[at] = now === now ? pending.noBaseline : pending.noTrades
        }
      },
    }
  },
}

function imbalance(buyQuote: Float64Array, sellQuote: Float64Array, a: number, b: number): number {
  const bought = buyQuote[b] - buyQuote[a]
  const sold = sellQuote[b] - sellQuote[a]
  return 100 * ((bought - sold) / (bought + sold))
}
