import { type IndicatorDefinition, pending, type QuoteTape } from '#model/indicator.ts'
import { bestValueOf, bookValueOf } from './depth.ts'
import {
  baselineFromMs,
  baselineLookback,
  baselineOf,
  baselineToMs,
  fromMs,
  numberOf,
  percent,
  refuseBaseline,
  toMs,
  windowOf,
} from './parameter-specs.ts'
import { midOf, spreadOf } from './quote-means.ts'
import { deviation } from './quote-motion.ts'
import type { Measure } from './running-integral.ts'
import { bookRows, type Combine, quoteRows, timeWeighted } from './time-weighted.ts'

export const liquidityDrainIndex: IndicatorDefinition = {
  id: 'liquidityDrainIndex',
  title: 'Liquidity drain',
  description:
    'Share of the depth near the price that has left since the baseline, in percent; negative when depth has grown.',
  formula:
    '100 · (L₀ − L) / L₀, L and L₀ = time-weighted Σ price·size within withinPercent of the mid over ' +
    '(fromMs, toMs) and (baselineFromMs, baselineToMs)',
  source: 'domain §1.2 #14 LIQUIDITY_DRAIN_INDEX',
  inputs: ['book'],
  parameters: [
    fromMs(30_000),
    toMs(),
    baselineFromMs(600_000),
    baselineToMs(30_000),
    percent('withinPercent', 'Distance from the mid within which depth counts', 1, 0.01, 20),
  ],
  unit: 'percent',
  range: [-Infinity, 100],
  lookbackMs: baselineLookback,
  refuse: refuseBaseline,
  create(market, parameters) {
    const now = windowOf(parameters)
    const then = baselineOf(parameters)
    const rows = bookRows(market, { withinPercent: numberOf(parameters, 'withinPercent') })
    const terms = [
      { measure: bookValueOf, ...now },
      { measure: bookValueOf, ...then },
    ]
    const drain: Combine = (from, to, values, [current, baseline]) => {
      for (let at = from; at < to; at++) values[at] = drained(current[at], baseline[at])
    }
    return timeWeighted(market, rows, terms, drain, pending.noBaseline)
  },
}

const squaredMidOf: Measure<QuoteTape> = (tape, at) => midOf(tape, at) ** 2

export const marketStress: IndicatorDefinition = {
  id: 'marketStress',
  title: 'Market stress',
  description:
    'How badly the market would take an order: wide spread, wild mid price and vanishing size at the touch ' +
    'together. One calm factor calms the whole.',
  formula:
    '100 · ∛(s · v · d), s = TW spread / fullSpreadPct, v = TW deviation of the mid in % / ' +
    'fullVolatilityPct, d = drain of the touch in % / fullDrainPct, each cut to 0…1',
  source: 'domain §1.4 MARKET_STRESS; the cube root keeps three halves at 50',
  inputs: ['quote'],
  parameters: [
    fromMs(30_000),
    toMs(),
    baselineFromMs(600_000),
    baselineToMs(30_000),
    percent('fullSpreadPct', 'Spread that counts as full stress', 1, 0.01, 20),
    percent('fullVolatilityPct', 'Deviation of the mid that counts as full stress', 2, 0.01, 50),
    percent('fullDrainPct', 'Drain that counts as full stress', 80, 1, 100),
  ],
  unit: 'score',
  range: [0, 100],
  lookbackMs: baselineLookback,
  refuse: refuseBaseline,
  create(market, parameters) {
    const now = windowOf(parameters)
    const then = baselineOf(parameters)
    const fullSpread = numberOf(parameters, 'fullSpreadPct')
    const fullVolatility = numberOf(parameters, 'fullVolatilityPct')
    const fullDrain = numberOf(parameters, 'fullDrainPct')
    const terms = [
      { measure: spreadOf, ...now },
      { measure: midOf, ...now },
      { measure: squaredMidOf, ...now },
      { measure: bestValueOf, ...now },
      { measure: bestValueOf, ...then },
    ]
    const stress: Combine = (from, to, values, [spread, mid, square, current, baseline]) => {
      for (let at = from; at < to; at++) {
        const s = share(spread[at] / fullSpread)
        const v = share((100 * deviation(mid[at], square[at])) / mid[at] / fullVolatility)
        const d = share(drained(current[at], baseline[at]) / fullDrain)
        values[at] = 100 * Math.cbrt(s * v * d)
      }
    }
    return timeWeighted(market, quoteRows(market), terms, stress, pending.noBaseline)
  },
}

/** Percent of the baseline that is gone; NaN without a baseline. */
export const drained = (current: number, baseline: number): number =>
  baseline > 0 ? 100 * (1 - current / baseline) : Number.NaN

const share = (value: number): number => Math.max(0, Math.min(1, value))
