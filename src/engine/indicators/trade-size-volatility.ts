import { type IndicatorDefinition, pending } from '#model/indicator.ts'
import { addProduct, addTo, selfMoment, sumOf } from './compensated.ts'
import { fromMs, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'
import { slidingTrades } from './sliding-trades.ts'

export const tradeSizeVolatility: IndicatorDefinition = {
  id: 'tradeSizeVolatility',
  title: 'Trade size variation',
  description: 'How unequal the trades are: 0 when all have one size, above 2 when a few large ones stand out.',
  formula: 'std / mean of the quantities traded in (fromMs, toMs), at least two trades',
  source: 'domain §1.4 DEAL_SIZE_VOLATILITY',
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
      'trades',
      4,
      (memory, { quantity }, at, sign) => {
        addTo(memory, 0, sign * quantity[at])
        addProduct(memory, 2, quantity[at], quantity[at], sign)
      },
      (memory, _, first, end) =>
        end - first >= 2 ? Math.sqrt(selfMoment(memory, end - first, 0, 2)) / sumOf(memory, 0) : Number.NaN,
      pending.noTrades,
    ),
}
