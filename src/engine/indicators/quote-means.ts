import type { ColumnKernel, IndicatorDefinition, MarketView, Parameters, QuoteTape } from '#model/indicator.ts'
import { fromMs, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'
import type { Measure } from './running-integral.ts'
import { quoteRows, timeWeighted } from './time-weighted.ts'

const soundQuotes = 'A quote counts only while 0 < bid < ask.'

const shared = {
  inputs: ['quote'],
  parameters: [fromMs(30_000), toMs()],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
  range: [0, Infinity],
} as const satisfies Partial<IndicatorDefinition>

const sound = ({ bid, ask }: QuoteTape, at: number): boolean => bid[at] > 0 && ask[at] > bid[at]

export const midOf: Measure<QuoteTape> = (tape, at) =>
  sound(tape, at) ? (tape.bid[at] + tape.ask[at]) / 2 : Number.NaN

/** Percent of the mid. */
export const spreadOf: Measure<QuoteTape> = (tape, at) =>
  sound(tape, at) ? (200 * (tape.ask[at] - tape.bid[at])) / (tape.ask[at] + tape.bid[at]) : Number.NaN

const bidOf: Measure<QuoteTape> = (tape, at) => (sound(tape, at) ? tape.bid[at] : Number.NaN)
const askOf: Measure<QuoteTape> = (tape, at) => (sound(tape, at) ? tape.ask[at] : Number.NaN)
const bidSizeOf: Measure<QuoteTape> = (tape, at) => (sound(tape, at) ? tape.bidSize[at] : Number.NaN)
const askSizeOf: Measure<QuoteTape> = (tape, at) => (sound(tape, at) ? tape.askSize[at] : Number.NaN)

export const twMidPrice: IndicatorDefinition = {
  ...shared,
  id: 'twMidPrice',
  title: 'Time-weighted mid price',
  description: `Middle of best bid and ask, averaged over time. ${soundQuotes}`,
  formula: '∫ (bid + ask) / 2 dt / ∫ dt over (fromMs, toMs)',
  source: 'domain §1.4 TW_MIDPRICE',
  unit: 'price',
  create: (market, parameters) => mean(market, parameters, midOf),
}

export const averageBestBid: IndicatorDefinition = {
  ...shared,
  id: 'averageBestBid',
  title: 'Average best bid',
  description: `Best bid averaged over time. ${soundQuotes}`,
  formula: '∫ bid dt / ∫ dt over (fromMs, toMs)',
  source: 'domain §1.4 AVG_BEST_BID',
  unit: 'price',
  create: (market, parameters) => mean(market, parameters, bidOf),
}

export const averageBestAsk: IndicatorDefinition = {
  ...shared,
  id: 'averageBestAsk',
  title: 'Average best ask',
  description: `Best ask averaged over time. ${soundQuotes}`,
  formula: '∫ ask dt / ∫ dt over (fromMs, toMs)',
  source: 'domain §1.4 AVG_BEST_ASK',
  unit: 'price',
  create: (market, parameters) => mean(market, parameters, askOf),
}

export const averageBidSize: IndicatorDefinition = {
  ...shared,
  id: 'averageBidSize',
  title: 'Average bid size',
  description: `Base units offered at the best bid, averaged over time. ${soundQuotes}`,
  formula: '∫ bidSize dt / ∫ dt over (fromMs, toMs)',
  source: 'domain §1.4 AVG_BID_QTY',
  unit: 'quantity',
  create: (market, parameters) => mean(market, parameters, bidSizeOf),
}

export const averageAskSize: IndicatorDefinition = {
  ...shared,
  id: 'averageAskSize',
  title: 'Average ask size',
  description: `Base units offered at the best ask, averaged over time. ${soundQuotes}`,
  formula: '∫ askSize dt / ∫ dt over (fromMs, toMs)',
  source: 'domain §1.4 AVG_ASK_QTY',
  unit: 'quantity',
  create: (market, parameters) => mean(market, parameters, askSizeOf),
}

function mean(market: MarketView, parameters: Parameters, measure: Measure<QuoteTape>): ColumnKernel {
  const window = windowOf(parameters)
  return timeWeighted(market, quoteRows(market), [{ measure, ...window }])
}
