import type { ColumnKernel, MarketView, ParameterSpec, Parameters } from '#model/indicator.ts'
import { waitingReason, type Window } from './coverage.ts'
import { baselineFromMs, dayMs, fromMs, numberOf } from './parameter-specs.ts'

/** `scale · (C − B) / B`, with C and B the time-weighted prices of two windows. */
export function priceChange(market: MarketView, current: Window, base: Window, scale: number): ColumnKernel {
  const currentPrice = market.twpa(current.fromMs, current.toMs)
  const basePrice = market.twpa(base.fromMs, base.toMs)
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      currentPrice.ensure()
      basePrice.ensure()
      const { time } = market.timeline
      const currents = currentPrice.values
      const bases = basePrice.values
      const since = market.coveredSince()
      for (let at = from; at < to; at++) {
        const value = (scale * (currents[at] - bases[at])) / bases[at]
        values[at] = value
        if (value !== value) reasons[at] = waitingReason(time[at], since)
      }
    },
  }
}

/** `fromMs`, `baselineFromMs`, `baselineLengthMs`: the newest price compared with that of an earlier stretch. */
export const changeParameters = (current: number, baseFrom: number, baseLength: number): readonly ParameterSpec[] => [
  fromMs(current),
  baselineFromMs(baseFrom),
  {
    name: 'baselineLengthMs',
    description: 'Length of the window compared with',
    unit: 'ms',
    type: 'integer',
    default: baseLength,
    min: 1,
    max: dayMs,
  },
]

export function changeWindows(parameters: Parameters): { readonly current: Window; readonly base: Window } {
  const baseFromMs = numberOf(parameters, 'baselineFromMs')
  return {
    current: { fromMs: numberOf(parameters, 'fromMs'), toMs: 0 },
    base: { fromMs: baseFromMs, toMs: baseFromMs - numberOf(parameters, 'baselineLengthMs') },
  }
}

export function refuseChange(parameters: Parameters): string | undefined {
  if (numberOf(parameters, 'baselineFromMs') < numberOf(parameters, 'baselineLengthMs'))
    return 'baselineFromMs must be at least baselineLengthMs'
  return centerDistanceMs(parameters) > 0 ? undefined : 'the baseline must lie before the current window'
}

/** Between the centers of the two windows. */
const centerDistanceMs = (parameters: Parameters): number =>
  numberOf(parameters, 'baselineFromMs') -
  (numberOf(parameters, 'baselineLengthMs') + numberOf(parameters, 'fromMs')) / 2

/** A velocity up to here, percent per second, is a price at rest: differences of averages leave such traces. */
export const restingVelocity = 1e-6

/** Percent per second between the centers of the two windows. */
export function velocity(market: MarketView, parameters: Parameters, backMs = 0): ColumnKernel {
  const { current, base } = changeWindows(parameters)
  return priceChange(market, back(current, backMs), back(base, backMs), 100_000 / centerDistanceMs(parameters))
}

const back = ({ fromMs: start, toMs }: Window, byMs: number): Window => ({ fromMs: start + byMs, toMs: toMs + byMs })
