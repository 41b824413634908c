import type { ParameterSpec, Parameters } from '#model/indicator.ts'

export const dayMs = 86_400_000

/** Start of a window, milliseconds back from the instant. */
export const fromMs = (value: number): ParameterSpec => ({
  name: 'fromMs',
  description: 'Start of the window, back from now',
  unit: 'ms',
  type: 'integer',
  default: value,
  min: 1,
  max: dayMs,
})

/** End of a window, milliseconds back from the instant; 0 = now. */
export const toMs = (value = 0): ParameterSpec => ({
  name: 'toMs',
  description: 'End of the window, back from now',
  unit: 'ms',
  type: 'integer',
  default: value,
  min: 0,
  max: dayMs,
})

export const baselineFromMs = (value: number): ParameterSpec => ({
  name: 'baselineFromMs',
  description: 'Start of the window compared with, back from now',
  unit: 'ms',
  type: 'integer',
  default: value,
  min: 1,
  max: dayMs,
})

export const baselineToMs = (value: number): ParameterSpec => ({
  name: 'baselineToMs',
  description: 'End of the window compared with, back from now',
  unit: 'ms',
  type: 'integer',
  default: value,
  min: 0,
  max: dayMs,
})

export const intervalMs: ParameterSpec = {
  name: 'intervalMs',
  description: 'Length of a bar',
  unit: 'ms',
  type: 'choice',
  default: '60000',
  choices: [1, 5, 15, 30, 60, 180, 300, 900, 1800, 3600, 14_400, 86_400].map((seconds) => String(seconds * 1000)),
}

export const bars = (name: string, description: string, value: number, min = 1, max = 500): ParameterSpec => ({
  name,
  description,
  unit: 'bars',
  type: 'integer',
  default: value,
  min,
  max,
})

export const percent = (name: string, description: string, value: number, min: number, max: number): ParameterSpec => ({
  name,
  description,
  unit: 'percent',
  type: 'number',
  default: value,
  min,
  max,
})

export const ratio = (name: string, description: string, value: number, min: number, max: number): ParameterSpec => ({
  name,
  description,
  unit: 'ratio',
  type: 'number',
  default: value,
  min,
  max,
})

/** Which way the trade is meant to go: a long's stop lies below, a short's above. */
export const direction: ParameterSpec = {
  name: 'direction',
  description: 'Side of the position the price is for',
  unit: 'choice',
  type: 'choice',
  default: 'long',
  choices: ['long', 'short'],
}

/** 1 for a long, −1 for a short. */
export const signOfDirection = (parameters: Parameters): 1 | -1 => (parameters['direction'] === 'short' ? -1 : 1)

/** A parameter as a number; choices of numbers are spelled as text. */
export const numberOf = (parameters: Parameters, name: string): number => Number(parameters[name])

export function refuseWindow(parameters: Parameters): string | undefined {
  return numberOf(parameters, 'fromMs') > numberOf(parameters, 'toMs') ? undefined : 'fromMs must be greater than toMs'
}

export function refuseBaseline(parameters: Parameters): string | undefined {
  const refused = refuseWindow(parameters)
  if (refused !== undefined) return refused
  return numberOf(parameters, 'baselineFromMs') > numberOf(parameters, 'baselineToMs')
    ? undefined
    : 'baselineFromMs must be greater than baselineToMs'
}

export const windowOf = (parameters: Parameters) => ({
  fromMs: numberOf(parameters, 'fromMs'),
  toMs: numberOf(parameters, 'toMs'),
})

export const baselineOf = (parameters: Parameters) => ({
  fromMs: numberOf(parameters, 'baselineFromMs'),
  toMs: numberOf(parameters, 'baselineToMs'),
})

export const windowLookback = (parameters: Parameters): number => numberOf(parameters, 'fromMs')

export const baselineLookback = (parameters: Parameters): number =>
  Math.max(numberOf(parameters, 'fromMs'), numberOf(parameters, 'baselineFromMs'))

/** Look-back of `count` bars of `intervalMs`. */
export const barsLookback = (parameters: Parameters, count: number): number =>
  count * numberOf(parameters, 'intervalMs')
