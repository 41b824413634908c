import { type IndicatorDefinition, pending } from '#model/indicator.ts'
import { addProduct, addTo, selfMoment, sumOf } from './compensated.ts'
import { fromMs, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'
import { slidingTrades } from './sliding-trades.ts'

export const tradeClustering: IndicatorDefinition = {
  id: 'tradeClustering',
  title: 'Trade clustering',
  description: 'Whether trades come in bursts: 0 evenly spaced, 1 at random, more when bunched.',
  formula: 'variance / mean² of the times between successive trades, those that ended in (fromMs, toMs), at least two',
  source: 'domain §1.4 TRADE_CLUSTERING',
  inputs: ['trade'],
  parameters: [fromMs(60_000), toMs()],
  unit: 'ratio',
  range: [0, Infinity],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
  create: (market, parameters) =>
    slidingTrades(
      market,
      windowOf(parameters),
      'steps',
      4,
      (memory, { time }, at, sign) => {
        const gap = time[at] - time[at - 1]
        addTo(memory, 0, sign * gap)
        addProduct(memory, 2, gap, gap, sign)
      },
      (memory, _, first, end) => {
        const sum = sumOf(memory, 0)
        const isKnown = end - first >= 2 && sum > 0
        return isKnown ? selfMoment(memory, end - first, 0, 2) / sum ** 2 : Number.NaN
      },
      pending.noTrades,
    ),
}
