import { type IndicatorDefinition, pending } from '#model/indicator.ts'
import { fromMs, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'
import { type AddTerm, slidingTrades } from './sliding-trades.ts'

export const directionConsistency: IndicatorDefinition = {
  id: 'directionConsistency',
  title: 'Direction consistency',
  description: 'Share of the price moves that went the way most of them went: 0.5 to and fro, 1 all one way.',
  formula: 'max(ups, downs) / (ups + downs), trades in (fromMs, toMs) above and below the price of the trade before',
  source: 'domain §1.4 DIRECTION_CONSISTENCY',
  inputs: ['trade'],
  parameters: [fromMs(60_000), toMs()],
  unit: 'ratio',
  range: [0.5, 1],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
  create: (market, parameters) =>
    slidingTrades(market, windowOf(parameters), 'steps', 2, countMoves, consistencyOf, pending.undefined),
}

/** Slots: 0 = moves up, 1 = moves down. */
export const countMoves: AddTerm = (memory, { price }, at, sign) => {
  if (price[at] > price[at - 1]) memory[0] += sign
  else if (price[at] < price[at - 1]) memory[1] += sign
}

/** NaN while nothing moved. */
export const consistencyOf = (memory: Float64Array): number => Math.max(memory[0], memory[1]) / (memory[0] + memory[1])
