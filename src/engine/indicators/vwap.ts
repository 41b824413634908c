import { type IndicatorDefinition, pending } from '#model/indicator.ts'
import { readyAfter, skipUncovered } from './coverage.ts'
import { fromMs, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'

export const vwap: IndicatorDefinition = {
  id: 'vwap',
  title: 'Volume-weighted average price',
  description: 'Average price paid in the window: each trade counts by its size.',
  formula: 'Σ price·quantity / Σ quantity over the trades in (fromMs, toMs)',
  source: 'domain §1.3 VWAP, windowed',
  inputs: ['trade'],
  parameters: [fromMs(300_000), toMs()],
  unit: 'price',
  range: [0, Infinity],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
  create(market, parameters) {
    const window = windowOf(parameters)
    const far = market.tradeEdge(window.fromMs)
    const near = market.tradeEdge(window.toMs)
    const readyAfterMs = readyAfter(window)
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        far.ensure()
        near.ensure()
        const { offset, quote, base } = market.trades
        const first = far.values
        const end = near.values
        for (let at = skipUncovered(market, readyAfterMs, from, to, values, reasons); at < to; at++) {
          const a = first[at] - offset
          const b = end[at] - offset
          const volume = base[b] - base[a]
          values[at] = volume > 0 ? (quote[b] - quote[a]) / volume : Number.NaN
          if (!(volume > 0)) reasons[at] = pending.noTrades
        }
      },
    }
  },
}
