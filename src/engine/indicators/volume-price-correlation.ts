import { type IndicatorDefinition, pending } from '#model/indicator.ts'
import { addProduct, addTo, crossMoment, selfMoment } from './compensated.ts'
import { fromMs, numberOf, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'
import { slidingTrades } from './sliding-trades.ts'

export const volumePriceCorrelation: IndicatorDefinition = {
  id: 'volumePriceCorrelation',
  title: 'Volume-price correlation',
  description: 'Whether larger trades happen at higher prices: 1 always, 0 no relation, −1 at lower prices.',
  formula: 'Pearson correlation of price and quantity over the trades in (fromMs, toMs), at least minTrades of them',
  source: 'domain §1.4 VOLUME_PRICE_CORRELATION',
  inputs: ['trade'],
  parameters: [
    fromMs(300_000),
    toMs(),
    {
      name: 'minTrades',
      description: 'Fewer trades say nothing',
      unit: 'trades',
      type: 'integer',
      default: 10,
      min: 3,
      max: 1000,
    },
  ],
  unit: 'ratio',
  range: [-1, 1],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
  create(market, parameters) {
    const minTrades = numberOf(parameters, 'minTrades')
    return slidingTrades(
      market,
      windowOf(parameters),
      'trades',
      10,
      (memory, { price, quantity }, at, sign) => {
        addTo(memory, 0, sign * price[at])
        addTo(memory, 2, sign * quantity[at])
        addProduct(memory, 4, price[at], price[at], sign)
        addProduct(memory, 6, quantity[at], quantity[at], sign)
        addProduct(memory, 8, price[at], quantity[at], sign)
      },
      (memory, _, first, end) => {
        const count = end - first
        if (count < minTrades) return Number.NaN
        const spread = selfMoment(memory, count, 0, 4)
        const sizes = selfMoment(memory, count, 2, 6)
        if (!(spread > 0 && sizes > 0)) return Number.NaN
        const value = crossMoment(memory, count, 0, 2, 8) / Math.sqrt(spread) / Math.sqrt(sizes)
        return Math.max(-1, Math.min(1, value))
      },
      pending.undefined,
    )
  },
}
