import { type IndicatorDefinition, minCoverage, pending } from '#model/indicator.ts'
import { skipUncovered } from './coverage.ts'
import { fromMs, numberOf, windowLookback } from './parameter-specs.ts'
import { SlidingExtreme } from './sliding-extreme.ts'

export const retracementPct: IndicatorDefinition = {
  id: 'retracementPct',
  title: 'Retracement',
  description:
    'How much of the rise to the high of the window has been given back: 0 at the high, 100 when all is gone.',
  formula:
    '100 · (H − price) / (H − L), with H = highest price in force over fromMs (the newest of equals) and L = lowest before it; pending while nothing rose',
  source: 'domain §1.2.10, share of the height of the rise',
  inputs: ['trade'],
  parameters: [fromMs(600_000)],
  unit: 'percent',
  range: [0, Infinity],
  lookbackMs: windowLookback,
  create(market, parameters) {
    const windowMs = numberOf(parameters, 'fromMs')
    const far = market.tradeEdge(windowMs)
    const high = new SlidingExtreme(1)
    // the newest high never moves back, so the rows up to it slide too
    const lowBefore = new SlidingExtreme(-1)
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        far.ensure()
        const { price, offset } = market.trades
        const { time, trades } = market.timeline
        const since = market.coveredSince()
        for (let at = skipUncovered(market, windowMs * minCoverage, from, to, values, reasons); at < to; at++) {
          const first = far.values[at] - (time[at] - windowMs >= since ? 1 : 0)
          high.slide(price, offset, first, trades[at])
          lowBefore.slide(price, offset, first, high.key() + 1)
          const peak = high.value()
          const rise = peak - lowBefore.value()
          values[at] = (100 * (peak - price[trades[at] - 1 - offset])) / rise
          if (rise === 0) {
            values[at] = Number.NaN
            reasons[at] = pending.undefined
          }
        }
      },
      snapshot: () => [high.snapshot(), lowBefore.snapshot()],
      restore(state) {
        const saved = state as readonly [unknown, unknown]
        high.restore(saved[0])
        lowBefore.restore(saved[1])
      },
    }
  },
}
