import {
  type BookTape,
  type ColumnKernel,
  type IndicatorDefinition,
  type MarketView,
  type Parameters,
  type ParameterSpec,
  pending,
  type QuoteTape,
} from '#model/indicator.ts'
import { fromMs, numberOf, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'
import type { Measure } from './running-integral.ts'
import { bookRows, type Combine, quoteRows, timeWeighted } from './time-weighted.ts'

const depth: ParameterSpec = {
  name: 'depth',
  description: 'Levels of each side that count; beyond the best one the source must deliver the book',
  unit: 'levels',
  type: 'choice',
  default: 'best',
  choices: ['best', '5', '10', '20'],
}

const shared = {
  inputs: ['quote'],
  inputsOf: (parameters) => [parameters['depth'] === 'best' ? 'quote' : 'book'],
  parameters: [fromMs(30_000), toMs(), depth],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
} as const satisfies Partial<IndicatorDefinition>

export const bidAskImbalance: IndicatorDefinition = {
  ...shared,
  id: 'bidAskImbalance',
  title: 'Bid/ask imbalance',
  description:
    'Which side of the book is heavier: +100 when all size is bid, −100 when all is offered, averaged over time.',
  formula:
    'time-weighted mean over (fromMs, toMs) of 100 · (bidSize − askSize) / (bidSize + askSize) within depth; ' +
    'moments with an empty book are left out',
  source: 'domain §1.2 #12 BID_ASK_IMBALANCE',
  unit: 'balance',
  range: [-100, 100],
  create: (market, parameters) => overDepth(market, parameters, [imbalanceOf], [imbalanceOf], clampBalance),
}

export const totalLiquidity: IndicatorDefinition = {
  ...shared,
  id: 'totalLiquidity',
  title: 'Total liquidity',
  description: 'Value waiting on both sides of the book within the depth, averaged over time.',
  formula: 'time-weighted mean over (fromMs, toMs) of Σ price·size of bids and asks within depth',
  source: 'domain §1.4 TOTAL_LIQUIDITY',
  unit: 'notional',
  range: [0, Infinity],
  create: (market, parameters) => overDepth(market, parameters, [bestValueOf], [bookValueOf]),
}

export const liquidityRatio: IndicatorDefinition = {
  ...shared,
  id: 'liquidityRatio',
  title: 'Liquidity ratio',
  description: 'Value bid over value offered within the depth: above 1 the bids are deeper.',
  formula:
    'time-weighted mean of Σ price·size of bids / time-weighted mean of Σ price·size of asks, within depth ' +
    'over (fromMs, toMs)',
  source: 'domain §1.4 LIQUIDITY_RATIO',
  unit: 'ratio',
  range: [0, Infinity],
  create: (market, parameters) =>
    overDepth(
      market,
      parameters,
      [bestBidValueOf, bestAskValueOf],
      [bidValueOf, askValueOf],
      (from, to, values, [bids, asks]) => {
        for (let at = from; at < to; at++) values[at] = asks[at] > 0 ? bids[at] / asks[at] : Number.NaN
      },
    ),
}

const imbalanceOf: Measure<QuoteTape | BookTape> = ({ bidSize, askSize }, at) => {
  const total = bidSize[at] + askSize[at]
  return total > 0 ? 100 * ((bidSize[at] - askSize[at]) / total) : Number.NaN
}

const crossed = ({ bid, ask }: QuoteTape, at: number): boolean => !(bid[at] > 0 && ask[at] > bid[at])
const bestBidValueOf: Measure<QuoteTape> = (tape, at) =>
  crossed(tape, at) ? Number.NaN : tape.bid[at] * tape.bidSize[at]
const bestAskValueOf: Measure<QuoteTape> = (tape, at) =>
  crossed(tape, at) ? Number.NaN : tape.ask[at] * tape.askSize[at]
const bidValueOf: Measure<BookTape> = (tape, at) => tape.bidValue[at]
const askValueOf: Measure<BookTape> = (tape, at) => tape.askValue[at]

/** Value at the best bid and ask together. */
export const bestValueOf: Measure<QuoteTape> = (tape, at) => bestBidValueOf(tape, at) + bestAskValueOf(tape, at)
/** Value on both sides within the tape's depth. */
export const bookValueOf: Measure<BookTape> = (tape, at) => tape.bidValue[at] + tape.askValue[at]

/** A mean of balances can leave their range by a rounding error. */
const clampBalance: Combine = (from, to, values, [balance]) => {
  for (let at = from; at < to; at++) values[at] = Math.max(-100, Math.min(100, balance[at]))
}

function overDepth(
  market: MarketView,
  parameters: Parameters,
  best: readonly Measure<QuoteTape>[],
  deep: readonly Measure<BookTape>[],
  combine?: Combine,
): ColumnKernel {
  const window = windowOf(parameters)
  if (parameters['depth'] === 'best') {
    return timeWeighted(
      market,
      quoteRows(market),
      best.map((measure) => ({ measure, ...window })),
      combine,
      pending.undefined,
    )
  }
  const rows = bookRows(market, { levels: numberOf(parameters, 'depth') })
  return timeWeighted(
    market,
    rows,
    deep.map((measure) => ({ measure, ...window })),
    combine,
    pending.undefined,
  )
}
