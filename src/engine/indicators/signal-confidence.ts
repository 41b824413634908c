import { type IndicatorDefinition, pending } from '#model/indicator.ts'
import { readyAfter, skipUncovered } from './coverage.ts'
import { consistencyOf, countMoves } from './direction-consistency.ts'
import { baselineLookback, dayMs, numberOf } from './parameter-specs.ts'
import { changeParameters, changeWindows, priceChange, refuseChange } from './price-change.ts'
import { full, part } from './score.ts'
import { SlidingTerms } from './sliding-trades.ts'

export const signalConfidence: IndicatorDefinition = {
  id: 'signalConfidence',
  title: 'Signal confidence',
  description:
    'How far the setup has proved itself, 0 to 100: one-sided, far and lasting moves earn it; pending without a signal.',
  formula:
    '100 · consistency of consistencyMs · min(1, |magnitude| / fullMagnitudePct) · min(1, signal age / fullDurationMs)',
  source: 'domain §1.4 SIGNAL_CONFIDENCE',
  inputs: ['trade', 'signal'],
  parameters: [
    ...changeParameters(10_000, 60_000, 30_000),
    {
      name: 'consistencyMs',
      description: 'Window of the price moves counted',
      unit: 'ms',
      type: 'integer',
      default: 60_000,
      min: 1,
      max: dayMs,
    },
    full('fullMagnitudePct', 'percent', 10, 0.1, 1000),
    full('fullDurationMs', 'ms', 120_000, 1, dayMs),
  ],
  unit: 'score',
  range: [0, 100],
  lookbackMs: (parameters) => Math.max(baselineLookback(parameters), numberOf(parameters, 'consistencyMs')),
  refuse: refuseChange,
  create(market, parameters) {
    const { current, base } = changeWindows(parameters)
    const window = { fromMs: numberOf(parameters, 'consistencyMs'), toMs: 0 }
    const magnitude = priceChange(market, current, base, 100)
    const far = market.tradeEdge(window.fromMs)
    const moves = new SlidingTerms(2, countMoves)
    const column = new Float64Array(market.timeline.time.length)
    const fullMagnitude = numberOf(parameters, 'fullMagnitudePct')
    const fullDuration = numberOf(parameters, 'fullDurationMs')
    return {
      kind: 'state',
      read(at, state, reasons) {
        const { time, trades } = market.timeline
        const age = time[at] - state.signalTime
        if (age !== age) {
          reasons[at] = pending.noSignal
          return Number.NaN
        }
        if (skipUncovered(market, readyAfter(window), at, at + 1, column, reasons) > at) return Number.NaN
        magnitude.fill(at, at + 1, column, reasons)
        if (column[at] !== column[at]) return Number.NaN
        far.ensure()
        const isCovered = time[at] - window.fromMs >= market.coveredSince()
        moves.slide(market.trades, far.values[at] + (isCovered ? 0 : 1), trades[at])
        const consistency = consistencyOf(moves.memory)
        if (consistency !== consistency) reasons[at] = pending.undefined
        return 100 * consistency * part(Math.abs(column[at]) / fullMagnitude) * part(age / fullDuration)
      },
    }
  },
}
