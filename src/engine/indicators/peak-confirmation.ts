import { type IndicatorDefinition, pending } from '#model/indicator.ts'
import { againstBurst } from './burst-flow.ts'
import { waitingReason } from './coverage.ts'
import { fromMs, numberOf } from './parameter-specs.ts'
import { pumpLookback, pumpParameters, PumpPeak, pumpTerms, refusePump } from './pump-peak.ts'
import { full, part } from './score.ts'

export const peakConfirmationScore: IndicatorDefinition = {
  id: 'peakConfirmationScore',
  title: 'Peak confirmed',
  description:
    'How sure it is that the highest trade was the top, 0 to 100: time without a new high, price below the average paid, buying spent, selling begun.',
  formula: `30·min(1, sincePeakSeconds / fullQuietSeconds) + 30·min(1, (H − price) / (H − VWAP of lookBackMs)) + 20·min(1, flowExhaustion / fullExhaustion) + 20·min(1, sellPressurePct / fullPressurePct), with ${pumpTerms}; pending while nothing rose or nobody bought`,
  source: 'domain §1.4: peak, VOLUME_EXHAUSTION and ORDER_FLOW_IMBALANCE in one score',
  inputs: ['trade', 'side'],
  parameters: [
    ...pumpParameters,
    fromMs(5_000),
    full('fullQuietSeconds', 'seconds', 15, 0.1, 3600),
    full('fullExhaustion', 'ratio', 0.9, 0.01, 1),
    full('fullPressurePct', 'percent', 25, 0.1, 1000),
  ],
  unit: 'score',
  range: [0, 100],
  lookbackMs: pumpLookback,
  refuse: refusePump,
  create(market, parameters) {
    const peak = new PumpPeak(market, parameters)
    const exhaustion = againstBurst(market, parameters, 1, 1, (share) => 1 - share)
    const pressure = againstBurst(market, parameters, -1, 1, (share) => 100 * share)
    const far = market.tradeEdge(numberOf(parameters, 'lookBackMs'))
    const pressures = new Float64Array(market.timeline.time.length)
    const fullQuietMs = numberOf(parameters, 'fullQuietSeconds') * 1000
    const fullExhaustion = numberOf(parameters, 'fullExhaustion')
    const fullPressure = numberOf(parameters, 'fullPressurePct')
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        exhaustion.fill(from, to, values, reasons)
        pressure.fill(from, to, pressures, reasons)
        peak.ensure()
        far.ensure()
        const { price, quote, base, offset } = market.trades
        const { time, trades } = market.timeline
        const since = market.coveredSince()
        for (let at = from; at < to; at++) {
          peak.moveTo(at, since)
          if (peak.rise > 0) {
            const [first, end] = [far.values[at] - offset, trades[at] - offset]
            const vwap = (quote[end] - quote[first]) / (base[end] - base[first])
            const fallen = peak.price - price[end - 1]
            values[at] =
              30 * part((time[at] - peak.time) / fullQuietMs) +
              30 * (fallen > 0 ? part(fallen / (peak.price - vwap)) : 0) +
              20 * part(values[at] / fullExhaustion) +
              20 * part(pressures[at] / fullPressure)
          } else if (values[at] === values[at]) {
            values[at] = Number.NaN
            reasons[at] = peak.baseline === peak.baseline ? pending.undefined : waitingReason(time[at], since)
          }
        }
      },
      snapshot: () => [peak.snapshot(), exhaustion.snapshot?.(), pressure.snapshot?.()],
      restore(state) {
        const saved = state as readonly [unknown, unknown, unknown]
        peak.restore(saved[0])
        exhaustion.restore?.(saved[1])
        pressure.restore?.(saved[2])
      },
    }
  },
}
