import type { IndicatorDefinition, MarketView, ParameterSpec, Parameters } from '#model/indicator.ts'
import { readyAfter } from './coverage.ts'
import { columnOf, type InstantReader } from './instant-reader.ts'
import { fromMs, numberOf, ratio, refuseWindow, toMs, windowOf } from './parameter-specs.ts'
import { type PeriodMeasure, usualLevel, usualParameters } from './usual-level.ts'

/** Share of a print by which the usual print follows the newest. */
const printFade = 1 / 200

const floorPrints: ParameterSpec = ratio(
  'floorPrints',
  'Liquidity floor: a period is taken to turn over at least this many usual prints, so that a dead market does not make every trade a burst',
  0.2,
  0,
  1000,
)

const learned: readonly ParameterSpec[] = [...usualParameters, floorPrints]

export const usualTurnover: IndicatorDefinition = {
  id: 'usualTurnover',
  title: 'Usual turnover',
  description:
    'What this instrument usually turns over, in its quote currency, learned over hours; bursts hardly move it.',
  formula:
    'clipped decayed average (halfLifeMs, at most clip times the level) over whole periods of Σ price·quantity, at least floorPrints usual prints, per second',
  source: 'Huber 1964, clipped location estimate; detection.md §3.1, moving mean of volume',
  inputs: ['trade'],
  parameters: learned,
  unit: 'notionalPerSecond',
  range: [0, Infinity],
  lookbackMs: (parameters) => numberOf(parameters, 'warmUpMs'),
  create(market, parameters) {
    const usual = turnoverLevel(market, parameters)
    const seconds = numberOf(parameters, 'periodMs') / 1000
    return columnOf(market, { ...usual, at: (at) => usual.at(at) / seconds }, numberOf(parameters, 'warmUpMs'))
  },
}

export const turnoverSurge: IndicatorDefinition = {
  id: 'turnoverSurge',
  title: 'Turnover surge',
  description:
    'How many times its usual turnover the instrument is trading now; by default only what is bought counts.',
  formula: 'Σ price·quantity of the side in (fromMs, toMs) per second / usualTurnover(…)',
  source: 'domain §1.2.3 VOLUME_SURGE_RATIO, in quote currency against a level learned over hours',
  inputs: ['trade', 'side'],
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
    ...learned,
  ],
  inputsOf: (parameters) => (parameters['side'] === 'both' ? ['trade'] : ['trade', 'side']),
  unit: 'ratio',
  range: [0, Infinity],
  lookbackMs: (parameters) => Math.max(numberOf(parameters, 'fromMs'), numberOf(parameters, 'warmUpMs')),
  refuse: refuseWindow,
  create: (market, parameters) =>
    columnOf(
      market,
      turnoverSurgeOf(market, parameters),
      Math.max(numberOf(parameters, 'warmUpMs'), readyAfter(windowOf(parameters))),
    ),
}

/** `turnoverSurge` by instant, however little data there is. */
export function turnoverSurgeOf(market: MarketView, parameters: Parameters): InstantReader {
  const usual = turnoverLevel(market, parameters)
  const window = windowOf(parameters)
  const far = market.tradeEdge(window.fromMs)
  const near = market.tradeEdge(window.toMs)
  const { side } = parameters
  const periods = (window.fromMs - window.toMs) / numberOf(parameters, 'periodMs')
  return {
    ...usual,
    ensure() {
      far.ensure()
      near.ensure()
    },
    at(instant) {
      const level = usual.at(instant)
      const { offset, quote, buyQuote, sellQuote } = market.trades
      const sums = side === 'buy' ? buyQuote : side === 'sell' ? sellQuote : quote
      return (sums[near.values[instant] - offset] - sums[far.values[instant] - offset]) / periods / level
    },
  }
}

/** Quote turnover of a period, without warm-up. */
function turnoverLevel(market: MarketView, parameters: Parameters): InstantReader {
  const floor = numberOf(parameters, 'floorPrints')
  const measure = turnoverOfPeriod(market, numberOf(parameters, 'clip'))
  return usualLevel(market, parameters, measure, () => floor * measure.usualPrint())
}

function turnoverOfPeriod(market: MarketView, clip: number): PeriodMeasure & { usualPrint: () => number } {
  let turnover = 0
  let prints = 0
  let usualPrint = 0
  let first = true
  return {
    usualPrint: () => usualPrint,
    add(row) {
      const value = market.trades.price[row] * market.trades.quantity[row]
      turnover += value
      prints++
      const capped = prints === 1 ? value : Math.min(value, clip * usualPrint)
      usualPrint += (capped - usualPrint) * Math.max(printFade, 1 / prints)
    },
    finish() {
      // the data began inside the first period
      const value = first ? Number.NaN : turnover
      first = false
      turnover = 0
      return value
    },
    snapshot: () => ({ turnover, prints, usualPrint, first }),
    restore(state) {
      ;({ turnover, prints, usualPrint, first } = state as {
        turnover: number
        prints: number
        usualPrint: number
        first: boolean
      })
    },
  }
}
