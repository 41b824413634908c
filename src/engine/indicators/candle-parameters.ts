import type { ParameterSpec, Parameters } from '#model/indicator.ts'
import { dayMs, intervalMs, numberOf, ratio } from './parameter-specs.ts'

/** Bars that are kept, less the newest one. */
const mostBars = 4_000

/** Parameters in time, so that they mean the same on bars of any length. */
export const levelMs: ParameterSpec = {
  name: 'levelMs',
  description: 'How far the level reaches back from the newest bar, which is not part of it',
  unit: 'ms',
  type: 'integer',
  default: 3_600_000,
  min: 2_000,
  max: 30 * dayMs,
}

/** How the usual size of a bar is learned. */
export const learnedParameters: readonly ParameterSpec[] = [
  intervalMs,
  {
    name: 'halfLifeMs',
    description: 'Time after which a bar counts half',
    unit: 'ms',
    type: 'integer',
    default: 21_600_000,
    min: 1_000,
    max: 30 * dayMs,
  },
  ratio('clip', 'A bar counts at most this many times the level, so that a burst does not become usual', 10, 1.5, 1000),
  {
    name: 'warmUpMs',
    description: 'Time before the level counts, at least 20 bars',
    unit: 'ms',
    type: 'integer',
    default: 3_600_000,
    min: 1_000,
    max: 30 * dayMs,
  },
]

/** Bars of a level. */
export const levelBars = (parameters: Parameters): number =>
  Math.floor(numberOf(parameters, 'levelMs') / numberOf(parameters, 'intervalMs'))

export function refuseLevel(parameters: Parameters): string | undefined {
  const count = levelBars(parameters)
  return count >= 2 && count <= mostBars
    ? undefined
    : `levelMs must be 2 to ${mostBars} times intervalMs, not ${count} times`
}

/** The same in bars, as levels are learned. */
export function inBars(parameters: Parameters): Parameters {
  const barsOf = (name: string): number => Math.round(numberOf(parameters, name) / numberOf(parameters, 'intervalMs'))
  return {
    ...parameters,
    halfLifeBars: Math.max(1, barsOf('halfLifeMs')),
    warmUpBars: Math.min(mostBars, Math.max(20, barsOf('warmUpMs'))),
  }
}
