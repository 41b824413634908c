import {
  type ColumnKernel,
  type IndicatorDefinition,
  type MarketView,
  type Parameters,
  pending,
} from '#model/indicator.ts'
import { waitingReason } from './coverage.ts'
import { numberOf, percent } from './parameter-specs.ts'
import { pumpLookback, pumpParameters, PumpPeak, pumpTerms, refusePump } from './pump-peak.ts'

const shared = {
  inputs: ['trade'],
  parameters: pumpParameters,
  lookbackMs: pumpLookback,
  refuse: refusePump,
} as const satisfies Partial<IndicatorDefinition>

export const pumpRisePct: IndicatorDefinition = {
  ...shared,
  id: 'pumpRisePct',
  title: 'Rise of the pump',
  description:
    'Height of the newest pump: from the average price before it to its peak, in percent. It stands still while the price falls back.',
  formula: `100 · (H − B) / B, with ${pumpTerms}`,
  source: 'domain §1.2.10, peak and pre-pump baseline',
  unit: 'percent',
  range: [-100, Infinity],
  create: (market, parameters) =>
    ofPeak(market, parameters, (peak) => (100 * (peak.price - peak.baseline)) / peak.baseline),
}

export const retracedSharePct: IndicatorDefinition = {
  ...shared,
  id: 'retracedSharePct',
  title: 'Retraced share of the pump',
  description: 'Share of the rise given back: 0 at the peak, 100 when the price is back where the pump began.',
  formula: `100 · (H − price) / (H − B), with ${pumpTerms}; pending while nothing rose`,
  source: 'domain §1.2.10, retracement in shares of the rise',
  unit: 'percent',
  range: [0, Infinity],
  create: (market, parameters) => ofPeak(market, parameters, (peak, price) => (100 * (peak.price - price)) / peak.rise),
}

export const sincePeakSeconds: IndicatorDefinition = {
  ...shared,
  id: 'sincePeakSeconds',
  title: 'Time since the peak',
  description: 'Seconds without a new high: since the highest trade of the look-back. 0 at a new high.',
  formula: `(now − time of the trade that made H) / 1000, with ${pumpTerms}; pending while nothing rose`,
  source: 'domain §1.4, confirmation of the peak',
  unit: 'seconds',
  range: [0, Infinity],
  create: (market, parameters) =>
    ofPeak(market, parameters, (peak, _, now) => (peak.rise > 0 ? (now - peak.time) / 1000 : Number.NaN)),
}

export const retracementLevel: IndicatorDefinition = {
  ...shared,
  id: 'retracementLevel',
  title: 'Retracement level',
  description:
    'Price at which that share of the rise is given back: a target below the peak, or with a negative share a stop above it.',
  formula: `H − sharePct / 100 · (H − B), with ${pumpTerms}; pending while nothing rose`,
  parameters: [
    ...pumpParameters,
    percent('sharePct', 'Share of the rise below the peak; negative = above', 50, -500, 100),
  ],
  source: 'domain §3.1, stop above the peak and targets by retracement',
  unit: 'price',
  range: [0, Infinity],
  create(market, parameters) {
    const share = numberOf(parameters, 'sharePct') / 100
    return ofPeak(market, parameters, (peak) => peak.price - share * peak.rise)
  },
}

type Measure = (peak: PumpPeak, price: number, now: number) => number

function ofPeak(market: MarketView, parameters: Parameters, measure: Measure): ColumnKernel {
  const peak = new PumpPeak(market, parameters)
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      peak.ensure()
      const { price, offset } = market.trades
      const { time, trades } = market.timeline
      const since = market.coveredSince()
      for (let at = from; at < to; at++) {
        peak.moveTo(at, since)
        const value = measure(peak, price[trades[at] - 1 - offset], time[at])
        values[at] = value
        if (value !== value) {
          const isKnown = peak.baseline === peak.baseline
          reasons[at] = isKnown ? pending.undefined : waitingReason(time[at], since)
        }
      }
    },
    snapshot: () => peak.snapshot(),
    restore: (state) => peak.restore(state),
  }
}
