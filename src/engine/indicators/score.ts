import type { ParameterSpec, Parameters } from '#model/indicator.ts'
import type { Window } from './coverage.ts'
import { baselineFromMs, baselineToMs, fromMs, numberOf } from './parameter-specs.ts'

/** Between 0 and 1; NaN stays. */
export const part = (share: number): number => Math.max(0, Math.min(1, share))

/** A value at which a part of a score is full. */
export const full = (name: string, unit: string, value: number, min: number, max: number): ParameterSpec => ({
  name,
  description: 'Value that earns all points',
  unit,
  type: 'number',
  default: value,
  min,
  max,
})

/** Windows of the volume surge, where a score needs windows of its own for the price. */
export const volumeParameters: readonly ParameterSpec[] = [
  { ...fromMs(30_000), name: 'volumeFromMs' },
  { ...baselineFromMs(600_000), name: 'volumeBaselineFromMs' },
  { ...baselineToMs(30_000), name: 'volumeBaselineToMs' },
]

export function volumeWindows(parameters: Parameters): {
  readonly current: Window
  readonly base: Window
  readonly refused: string | undefined
} {
  const base = {
    fromMs: numberOf(parameters, 'volumeBaselineFromMs'),
    toMs: numberOf(parameters, 'volumeBaselineToMs'),
  }
  return {
    current: { fromMs: numberOf(parameters, 'volumeFromMs'), toMs: 0 },
    base,
    refused: base.fromMs > base.toMs ? undefined : 'volumeBaselineFromMs must be greater than volumeBaselineToMs',
  }
}
