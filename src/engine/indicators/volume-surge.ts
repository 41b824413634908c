import {
  type ColumnKernel,
  type IndicatorDefinition,
  type MarketView,
  type Parameters,
  pending,
} from '#model/indicator.ts'
import { type Window, readyAfter, skipUncovered } from './coverage.ts'
import {
  baselineFromMs,
  baselineLookback,
  baselineOf,
  baselineToMs,
  fromMs,
  numberOf,
  refuseBaseline,
  toMs,
  windowOf,
} from './parameter-specs.ts'
import { maxBuckets, minBuckets, surgeOverMedian } from './surge-over-median.ts'

export const volumeSurgeRatio: IndicatorDefinition = {
  id: 'volumeSurgeRatio',
  title: 'Volume surge',
  description: 'How many times the usual value is traded per second; 1 is normal, 3 and more a surge.',
  formula:
    'rate(fromMs, toMs) / rate(baselineFromMs, baselineToMs), with rate = Σ price·quantity / covered seconds; method median: over the median rate of the baseline cut into buckets as long as the current window',
  source: 'domain §1.2.5 VOLUME_SURGE_RATIO, rate over rate instead of rate over trade size',
  inputs: ['trade'],
  parameters: [
    fromMs(30_000),
    toMs(),
    baselineFromMs(600_000),
    baselineToMs(30_000),
    {
      name: 'method',
      description: 'Baseline rate: mean, or the median of buckets, which single bursts do not move',
      unit: 'choice',
      type: 'choice',
      default: 'mean',
      choices: ['mean', 'median'],
    },
  ],
  unit: 'ratio',
  range: [0, Infinity],
  lookbackMs: baselineLookback,
  refuse(parameters) {
    const refused = refuseBaseline(parameters)
    if (refused !== undefined || parameters['method'] !== 'median') return refused
    const buckets = bucketsOf(parameters)
    return buckets >= minBuckets && buckets <= maxBuckets
      ? undefined
      : `method median needs a baseline ${minBuckets} to ${maxBuckets} times as long as the window, not ${buckets}`
  },
  create(market, parameters) {
    const window = windowOf(parameters)
    const base = baselineOf(parameters)
    return parameters['method'] === 'median'
      ? surgeOverMedian(market, window, base.toMs, bucketsOf(parameters))
      : volumeSurge(market, window, base)
  },
}

function bucketsOf(parameters: Parameters): number {
  const length = numberOf(parameters, 'fromMs') - numberOf(parameters, 'toMs')
  return Math.floor((numberOf(parameters, 'baselineFromMs') - numberOf(parameters, 'baselineToMs')) / length)
}

/** Quote volume per second of one window over that of another, each by the part of it that is covered. */
export function volumeSurge(market: MarketView, current: Window, base: Window): ColumnKernel {
  const far = market.tradeEdge(current.fromMs)
  const near = market.tradeEdge(current.toMs)
  const baseFar = market.tradeEdge(base.fromMs)
  const baseNear = market.tradeEdge(base.toMs)
  const readyAfterMs = Math.max(readyAfter(current), readyAfter(base))
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      far.ensure()
      near.ensure()
      baseFar.ensure()
      baseNear.ensure()
      const { offset, quote } = market.trades
      const { time } = market.timeline
      const since = market.coveredSince()
      for (let at = skipUncovered(market, readyAfterMs, from, to, values, reasons); at < to; at++) {
        const baseVolume = quote[baseNear.values[at] - offset] - quote[baseFar.values[at] - offset]
        if (!(baseVolume > 0)) {
          values[at] = Number.NaN
          reasons[at] = pending.noBaseline
          continue
        }
        const covered = time[at] - since
        const volume = quote[near.values[at] - offset] - quote[far.values[at] - offset]
        const length = Math.min(current.fromMs, covered) - current.toMs
        const baseLength = Math.min(base.fromMs, covered) - base.toMs
        values[at] = (volume * baseLength) / (baseVolume * length)
      }
    },
  }
}
