import type { IndicatorDefinition, ParameterSpec, Parameters } from '#model/indicator.ts'
import { nearest } from './nearest.ts'

/** One thing wrong with the parameters given; `path` is the parameter's name, empty for a rule between several. */
export interface ParameterProblem {
  readonly path: string
  readonly code: 'unknownParameter' | 'parameterType' | 'parameterOutOfRange' | 'parameterRule'
  readonly message: string
  readonly remedy: string
}

export type ResolvedParameters =
  | { readonly ok: true; readonly parameters: Parameters }
  | { readonly ok: false; readonly problems: readonly ParameterProblem[] }

/** Checks what is given against the declared parameters and fills in the defaults; reports everything that is wrong. */
export function resolveParameters(
  definition: IndicatorDefinition,
  given: Readonly<Record<string, unknown>>,
): ResolvedParameters {
  const problems = unknownNames(definition, given)
  const parameters: Record<string, number | string> = {}
  for (const spec of definition.parameters) {
    const value = given[spec.name]
    if (value === undefined) {
      parameters[spec.name] = spec.default
      continue
    }
    const checked = check(spec, value)
    if (typeof checked === 'object') problems.push(checked)
    else parameters[spec.name] = checked
  }
  if (problems.length > 0) return { ok: false, problems }
  const refused = definition.refuse?.(parameters)
  if (refused === undefined) return { ok: true, parameters }
  const remedy = `change one of ${definition.parameters.map(({ name }) => name).join(', ')}`
  return { ok: false, problems: [{ path: '', code: 'parameterRule', message: refused, remedy }] }
}

function unknownNames(definition: IndicatorDefinition, given: Readonly<Record<string, unknown>>): ParameterProblem[] {
  const names = definition.parameters.map(({ name }) => name)
  return Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => {
      const close = nearest(name, names)
      const known = names.length > 0 ? `${definition.id} takes ${names.join(', ')}` : `${definition.id} takes none`
      return {
        path: name,
        code: 'unknownParameter',
        message: `${definition.id} has no parameter ${name}`,
        remedy: close === undefined ? known : `did you mean ${close}? ${known}`,
      }
    })
}

/** The value as kernels take it, or what is wrong with it. Choices of numbers may be given as numbers. */
function check(spec: ParameterSpec, value: unknown): number | string | ParameterProblem {
  const { name, unit, min = -Infinity, max = Infinity, choices = [] } = spec
  if (spec.type === 'choice') {
    const text = String(value)
    if (choices.includes(text)) return text
    const close = nearest(text, choices)
    const remedy = `one of ${choices.join(', ')}`
    return {
      path: name,
      code: typeof value === 'string' || typeof value === 'number' ? 'parameterOutOfRange' : 'parameterType',
      message: `${name} cannot be ${show(value)}`,
      remedy: close === undefined || typeof value !== 'string' ? remedy : `did you mean ${close}? ${remedy}`,
    }
  }
  const allowed = `${spec.type === 'integer' ? 'a whole number' : 'a number'} from ${min} to ${max} (${unit})`
  const isNumber = typeof value === 'number' && Number.isFinite(value)
  if (!isNumber || (spec.type === 'integer' && !Number.isInteger(value))) {
    return { path: name, code: 'parameterType', message: `${name} cannot be ${show(value)}`, remedy: `give ${allowed}` }
  }
  if (value >= min && value <= max) return value
  return { path: name, code: 'parameterOutOfRange', message: `${name} is ${value}`, remedy: `give ${allowed}` }
}

const show = (value: unknown): string => JSON.stringify(value) ?? String(value)
