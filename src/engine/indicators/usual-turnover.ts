import type { ColumnKernel, IndicatorDefinition, MarketView, Parameters } from '#model/indicator.ts'
import { readyAfter, waitingReason } from './coverage.ts'
import { fromMs, numberOf, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'
import { floorShare, usualLookback, usualParameters, usualTurnoverOfBar } from './usual-level.ts'

export const usualTurnover: IndicatorDefinition = {
  id: 'usualTurnover',
  title: 'Usual turnover',
  description:
    'What this instrument usually turns over, in its quote currency, learned over hours; a burst hardly shifts it.',
  formula:
    'average of quote volume ÷ length over closed bars, half-life halfLifeBars, each at most clip times the level; at least floorShare of the same average over bars in which something traded',
  source: 'Huber 1964, clipped location estimate; La Morgia et al. 2020, moving mean of volume',
  inputs: ['bar'],
  parameters: [...usualParameters, floorShare],
  unit: 'notionalPerSecond',
  range: [0, Infinity],
  lookbackMs: usualLookback,
  create(market, parameters) {
    const usual = usualTurnoverOfBar(market, parameters)
    const perSecond = 1000 / numberOf(parameters, 'intervalMs')
    return {
      ...usual,
      fill(from, to, values, reasons) {
        usual.fill(from, to, values, reasons)
        for (let at = from; at < to; at++) values[at] *= perSecond
      },
    }
  },
}

export const turnoverSurge: IndicatorDefinition = {
  id: 'turnoverSurge',
  title: 'Turnover surge',
  description:
    'How many times its usual turnover the instrument is trading now; by default only what is bought counts.',
  formula: 'Σ price·quantity of the side in (fromMs, toMs) per second / usualTurnover(…)',
  source: 'domain §1.2.3 VOLUME_SURGE_RATIO, in quote currency against a level learned over hours',
  inputs: ['trade', 'side', 'bar'],
  parameters: [
    fromMs(10_000),
    toMs(),
    {
      name: 'side',
      description: 'Taker side counted',
      unit: 'choice',
      type: 'choice',
      default: 'buy',
      choices: ['buy', 'sell', 'both'],
    },
    ...usualParameters,
    floorShare,
  ],
  inputsOf: (parameters) => (parameters['side'] === 'both' ? ['trade', 'bar'] : ['trade', 'side', 'bar']),
  unit: 'ratio',
  range: [0, Infinity],
  lookbackMs: (parameters) => Math.max(windowLookback(parameters), usualLookback(parameters)),
  refuse: refuseWindow,
  create: surgeOfTurnover,
}

/** `turnoverSurge`. */
export function surgeOfTurnover(market: MarketView, parameters: Parameters): ColumnKernel {
  const usual = usualTurnoverOfBar(market, parameters)
  const window = windowOf(parameters)
  const far = market.tradeEdge(window.fromMs)
  const near = market.tradeEdge(window.toMs)
  const { side } = parameters
  const readyAfterMs = readyAfter(window)
  const share = numberOf(parameters, 'intervalMs') / (window.fromMs - window.toMs)
  return {
    ...usual,
    fill(from, to, values, reasons) {
      usual.fill(from, to, values, reasons)
      far.ensure()
      near.ensure()
      const { offset, quote, buyQuote, sellQuote } = market.trades
      const sums = side === 'buy' ? buyQuote : side === 'sell' ? sellQuote : quote
      const { time } = market.timeline
      const fars = far.values
      const nears = near.values
      const since = market.coveredSince()
      for (let at = from; at < to; at++) {
        const covered = time[at] - readyAfterMs >= since
        const value = covered ? ((sums[nears[at] - offset] - sums[fars[at] - offset]) * share) / values[at] : Number.NaN
        values[at] = value
        if (value !== value) reasons[at] = waitingReason(time[at], since)
      }
    },
  }
}
