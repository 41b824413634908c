import type { ColumnKernel, IndicatorDefinition, MarketView, Parameters } from '#model/indicator.ts'
import { barWindow, rangeOf } from './bar-kernels.ts'
import { bars, barsLookback, intervalMs, numberOf, percent } from './parameter-specs.ts'

const profile = [
  intervalMs,
  bars('period', 'Bars of the profile', 60, 2),
  {
    name: 'bins',
    description: 'Price bins between low and high',
    unit: 'bins',
    type: 'integer',
    default: 24,
    min: 2,
    max: 200,
  },
] as const

const valueArea = [...profile, percent('share', 'Share of the volume inside the area', 70, 10, 100)]

const shared = {
  source: 'domain §1.5 volume profile, centre of the bin; Steidlmayer for the value area',
  inputs: ['bar'],
  unit: 'price',
  range: [0, Infinity],
  lookbackMs: (parameters: Parameters) => barsLookback(parameters, numberOf(parameters, 'period')),
} as const satisfies Partial<IndicatorDefinition>

export const volumeProfilePoc: IndicatorDefinition = {
  ...shared,
  id: 'volumeProfilePoc',
  title: 'Point of control',
  description:
    'Price at which most volume changed hands over the last bars. Pending while they have no range or no volume.',
  formula:
    'centre of the fullest of bins equal bins between lowest low and highest high, each bar’s volume at ' +
    '(high + low + close) / 3; the lowest of equals',
  parameters: profile,
  create: (market, parameters) => overProfile(market, parameters, (_, fullest) => fullest + 0.5),
}

export const volumeProfileValueHigh: IndicatorDefinition = {
  ...shared,
  id: 'volumeProfileValueHigh',
  title: 'Value area high',
  description: 'Upper edge of the prices around the point of control that hold most of the volume.',
  formula:
    'upper edge of the bins grown from the fullest, the fuller neighbour first, until they hold share % of the volume',
  parameters: valueArea,
  create: (market, parameters) =>
    overProfile(
      market,
      parameters,
      (bins, fullest) => areaAround(bins, fullest, numberOf(parameters, 'share')).last + 1,
    ),
}

export const volumeProfileValueLow: IndicatorDefinition = {
  ...shared,
  id: 'volumeProfileValueLow',
  title: 'Value area low',
  description: 'Lower edge of the prices around the point of control that hold most of the volume.',
  formula:
    'lower edge of the bins grown from the fullest, the fuller neighbour first, until they hold share % of the volume',
  parameters: valueArea,
  create: (market, parameters) =>
    overProfile(market, parameters, (bins, fullest) => areaAround(bins, fullest, numberOf(parameters, 'share')).first),
}

/** `place` gives a position on the price axis counted in bins from the low. */
function overProfile(
  market: MarketView,
  parameters: Parameters,
  place: (bins: Float64Array, fullest: number) => number,
): ColumnKernel {
  const bins = new Float64Array(numberOf(parameters, 'bins'))
  return barWindow(market, numberOf(parameters, 'intervalMs'), numberOf(parameters, 'period'), (tape, first, last) => {
    const { lowest, highest } = rangeOf(tape, first, last)
    if (!(highest > lowest)) return Number.NaN
    const scale = bins.length / (highest - lowest)
    bins.fill(0)
    for (let at = first; at < last; at++) {
      const typical = (tape.high[at] + tape.low[at] + tape.close[at]) / 3
      const bin = Math.min(bins.length - 1, Math.max(0, Math.floor((typical - lowest) * scale)))
      bins[bin] += tape.volume[at]
    }
    let fullest = 0
    for (let bin = 1; bin < bins.length; bin++) if (bins[bin] > bins[fullest]) fullest = bin
    return bins[fullest] > 0 ? lowest + place(bins, fullest) / scale : Number.NaN
  })
}

function areaAround(bins: Float64Array, fullest: number, share: number): { first: number; last: number } {
  let total = 0
  for (const volume of bins) total += volume
  const wanted = (total * share) / 100
  let first = fullest
  let last = fullest
  let held = bins[fullest]
  while (held < wanted && (first > 0 || last < bins.length - 1)) {
    const below = first > 0 ? bins[first - 1] : -1
    const above = last < bins.length - 1 ? bins[last + 1] : -1
    if (above >= below) held += bins[++last]
    else held += bins[--first]
  }
  return { first, last }
}
