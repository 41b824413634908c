import type { IndicatorDefinition, QuoteTape } from '#model/indicator.ts'
import { pending } from '#model/indicator.ts'
import {
  baselineFromMs,
  baselineLookback,
  baselineOf,
  baselineToMs,
  fromMs,
  refuseBaseline,
  refuseWindow,
  toMs,
  windowLookback,
  windowOf,
} from './parameter-specs.ts'
import { midOf, spreadOf } from './quote-means.ts'
import type { Measure } from './running-integral.ts'
import { type Combine, quoteRows, timeWeighted } from './time-weighted.ts'

const squaredSpreadOf: Measure<QuoteTape> = (tape, at) => spreadOf(tape, at) ** 2

/** Variance below this share of the mean square is what rounding leaves of none. */
const noise = 1e-13

export const spreadVolatility: IndicatorDefinition = {
  id: 'spreadVolatility',
  title: 'Spread volatility',
  description:
    'How much the spread wavers: its standard deviation over time, in percent of the mid like the spread itself.',
  formula: '√(mean(s²) − mean(s)²), s = 100 · (ask − bid) / mid, time-weighted over (fromMs, toMs)',
  source: 'domain §1.4 SPREAD_VOLATILITY',
  inputs: ['quote'],
  parameters: [fromMs(60_000), toMs()],
  unit: 'percent',
  range: [0, 200],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
  create(market, parameters) {
    const window = windowOf(parameters)
    const terms = [
      { measure: spreadOf, ...window },
      { measure: squaredSpreadOf, ...window },
    ]
    return timeWeighted(market, quoteRows(market), terms, (from, to, values, [mean, square]) => {
      for (let at = from; at < to; at++) values[at] = deviation(mean[at], square[at])
    })
  },
}

export const midPriceVelocity: IndicatorDefinition = {
  id: 'midPriceVelocity',
  title: 'Mid price velocity',
  description:
    'Speed of the quoted price in percent per second, from the middle of one window to the middle of another.',
  formula:
    '100 · (C − B) / B / Δt, C = TW mid over (fromMs, toMs), B = TW mid over (baselineFromMs, baselineToMs), ' +
    'Δt = seconds between their middles',
  source: 'domain §1.4 MID_PRICE_VELOCITY, §1.2 #3',
  inputs: ['quote'],
  parameters: [fromMs(10_000), toMs(), baselineFromMs(60_000), baselineToMs(30_000)],
  unit: 'percentPerSecond',
  range: [-Infinity, Infinity],
  lookbackMs: baselineLookback,
  refuse(parameters) {
    const now = windowOf(parameters)
    const then = baselineOf(parameters)
    if (then.fromMs + then.toMs <= now.fromMs + now.toMs) return 'the baseline window must lie before the current one'
    return refuseBaseline(parameters)
  },
  create(market, parameters) {
    const now = windowOf(parameters)
    const then = baselineOf(parameters)
    const seconds = (then.fromMs + then.toMs - now.fromMs - now.toMs) / 2000
    const velocity: Combine = (from, to, values, [current, baseline]) => {
      for (let at = from; at < to; at++) values[at] = (100 * (current[at] - baseline[at])) / baseline[at] / seconds
    }
    return timeWeighted(
      market,
      quoteRows(market),
      [
        { measure: midOf, ...now },
        { measure: midOf, ...then },
      ],
      velocity,
    )
  },
}

export const tradeVsMidDeviationPct: IndicatorDefinition = {
  id: 'tradeVsMidDeviationPct',
  title: 'Trade to mid deviation',
  description:
    'How far trades stray from the quoted middle: distance of the two time-weighted prices in percent, without sign.',
  formula: '100 · |TWPA − TW mid| / TW mid, both over (fromMs, toMs)',
  source: 'domain §1.4 DEAL_VS_MID_DEVIATION',
  inputs: ['trade', 'quote'],
  parameters: [fromMs(30_000), toMs()],
  unit: 'percent',
  range: [0, Infinity],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
  create(market, parameters) {
    const window = windowOf(parameters)
    const twpa = market.twpa(window.fromMs, window.toMs)
    const deviate: Combine = (from, to, values, [mid]) => {
      twpa.ensure()
      for (let at = from; at < to; at++) values[at] = (100 * Math.abs(twpa.values[at] - mid[at])) / mid[at]
    }
    return timeWeighted(market, quoteRows(market), [{ measure: midOf, ...window }], deviate, pending.warmingUp)
  },
}

/** Standard deviation from a mean and a mean square; exactly 0 where nothing moved. */
export function deviation(mean: number, square: number): number {
  const variance = square - mean * mean
  return variance <= noise * square ? 0 : Math.sqrt(variance)
}
