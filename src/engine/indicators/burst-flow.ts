import {
  type ColumnKernel,
  type IndicatorDefinition,
  type MarketView,
  minCoverage,
  type ParameterSpec,
  type Parameters,
  pending,
} from '#model/indicator.ts'
import { lookBackMs } from './against-extreme.ts'
import { readyAfter, skipUncovered } from './coverage.ts'
import { fromMs, numberOf } from './parameter-specs.ts'
import { SlidingExtreme } from './sliding-extreme.ts'

const side: ParameterSpec = {
  name: 'side',
  description: 'Takers whose burst is looked at',
  unit: 'choice',
  type: 'choice',
  default: 'buy',
  choices: ['buy', 'sell'],
}

const shared = {
  source: 'domain §1.4 VOLUME_EXHAUSTION, by taker side',
  inputs: ['trade', 'side'],
  lookbackMs: (parameters: Parameters) => numberOf(parameters, 'fromMs') + numberOf(parameters, 'lookBackMs'),
} as const satisfies Partial<IndicatorDefinition>

export const flowExhaustion: IndicatorDefinition = {
  ...shared,
  id: 'flowExhaustion',
  title: 'Exhaustion of a burst',
  description: 'How much of the strongest burst of buying (or selling) is gone: 0 in the burst, 1 when nobody buys.',
  formula:
    '1 − Q / highest Q of lookBackMs, at each instant, with Q = Σ price·quantity of the side’s takers over fromMs; pending while there was none',
  parameters: [fromMs(5_000), lookBackMs(600_000), side],
  unit: 'ratio',
  range: [0, 1],
  create(market, parameters) {
    const sign = parameters['side'] === 'sell' ? -1 : 1
    return againstBurst(market, parameters, sign, sign, (share) => 1 - share)
  },
}

export const sellPressurePct: IndicatorDefinition = {
  ...shared,
  id: 'sellPressurePct',
  title: 'Sell pressure',
  description:
    'What takers sell now against the strongest burst of buying: 100 when they sell as fast as was bought at the height of the pump.',
  formula:
    '100 · S / highest B of lookBackMs, at each instant, with S and B = Σ price·quantity of taker sells and buys over fromMs; pending while there were no buys',
  parameters: [fromMs(5_000), lookBackMs(600_000)],
  unit: 'percent',
  range: [0, Infinity],
  create: (market, parameters) => againstBurst(market, parameters, -1, 1, (share) => 100 * share),
}

/** Quote volume of one taker side (1 buy, −1 sell) over `fromMs`, as a share of the highest of a side within the look-back. */
export function againstBurst(
  market: MarketView,
  parameters: Parameters,
  now: 1 | -1,
  burst: 1 | -1,
  output: (share: number) => number,
): ColumnKernel {
  const windowMs = numberOf(parameters, 'fromMs')
  const lookBack = numberOf(parameters, 'lookBackMs')
  const far = market.tradeEdge(windowMs)
  const strongest = new SlidingExtreme(1)
  const readyAfterMs = readyAfter({ fromMs: windowMs, toMs: 0 })
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      far.ensure()
      const { offset, buyQuote, sellQuote } = market.trades
      const { time, trades } = market.timeline
      const since = market.coveredSince()
      for (let at = skipUncovered(market, readyAfterMs, from, to, values, reasons); at < to; at++) {
        const [first, end] = [far.values[at] - offset, trades[at] - offset]
        const bought = buyQuote[end] - buyQuote[first]
        const sold = sellQuote[end] - sellQuote[first]
        strongest.evictUpTo(time[at] - lookBack)
        strongest.push(time[at], burst === 1 ? bought : sold)
        const highest = strongest.value()
        values[at] = highest > 0 ? output((now === 1 ? bought : sold) / highest) : Number.NaN
        if (time[at] - readyAfterMs - lookBack * minCoverage >= since) {
          if (!(highest > 0)) reasons[at] = pending.noTrades
        } else {
          values[at] = Number.NaN
          reasons[at] = pending.warmingUp
        }
      }
    },
    snapshot: () => strongest.snapshot(),
    restore: (state) => strongest.restore(state),
  }
}
