import { catalog, findIndicator, nearest } from '#engine/engine.ts'
import { UserError } from '#model/failure.ts'
import { type IndicatorDefinition, type ParameterSpec, rolesOf } from '#model/indicator.ts'
import type { Shell } from './io.ts'
import { tableText } from './table.ts'
import { durationText } from './texts.ts'

/** The catalog as a table, or as JSON. */
export function listIndicators(shell: Shell, json: boolean): void {
  const sorted = catalog.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  if (json) return shell.answer({ indicators: sorted.map(plain) })
  const rows = sorted.map(({ id, title, unit, range, inputs }) => [
    id,
    title,
    unit,
    rangeText(range),
    inputs.join(', '),
  ])
  shell.print(
    tableText(
      shell,
      [{ title: 'Id' }, { title: 'Title' }, { title: 'Unit' }, { title: 'Range' }, { title: 'Reads' }],
      rows,
    ),
  )
  shell.print(`\n${sorted.length} indicators. \`riptide indicators <id>\` explains one, with its parameters.`)
}

/** One indicator in full. Throws `UserError` when there is none of that id. */
export function showIndicator(shell: Shell, id: string, json: boolean): void {
  const definition = findIndicator(id)
  if (definition === undefined) throw unknownIndicator(id)
  if (json) return shell.answer(plain(definition))
  const { title, description, formula, source, unit, range, inputs, parameters } = definition
  shell.print(`${shell.paint('bold', definition.id)}  ${title}\n\n${description}\n`)
  const facts = [
    ['Formula', formula],
    ['Unit', unit],
    ['Range', rangeText(range)],
    ['Reads', inputs.join(', ')],
    ['Roles', rolesOf(unit).join(', ')],
    ['Looks back', durationText(definition.lookbackMs(defaultsOf(definition)))],
    ['Source', source],
  ]
  shell.print(
    tableText(
      shell,
      [{ title: '' }, { title: '', width: Math.max(40, Math.min(shell.width, 110) - 14) }],
      facts,
    ).trimStart(),
  )
  if (parameters.length === 0) return shell.print('\nIt has no parameters.')
  const rows = parameters.map((spec) => [
    spec.name,
    String(spec.default),
    limitsText(spec),
    spec.unit,
    spec.description,
  ])
  shell.print(
    `\n${tableText(shell, [{ title: 'Parameter' }, { title: 'Default', align: 'right' }, { title: 'Allowed' }, { title: 'Unit' }, { title: 'Meaning' }], rows)}`,
  )
  shell.print(
    `\nIn a strategy:\n  "readings": { "${exampleName(definition)}": ${JSON.stringify({ indicator: id, ...exampleParams(definition) })} }`,
  )
}

function unknownIndicator(id: string): UserError {
  const close = nearest(
    id,
    catalog.map((definition) => definition.id),
  )
  return new UserError({
    code: 'unknownIndicator',
    message: `there is no indicator ${id}`,
    where: 'command line',
    remedy: `${close === undefined ? '' : `did you mean ${close}? `}\`riptide indicators\` lists all`,
    exit: 'notFound',
  })
}

const defaultsOf = ({ parameters }: IndicatorDefinition) =>
  Object.fromEntries(parameters.map((spec) => [spec.name, spec.default]))

/** JSON knows no infinity: an open end is null. */
function plain(definition: IndicatorDefinition) {
  const { id, title, description, formula, source, inputs, parameters, unit, range } = definition
  const [low, high] = range.map((bound) => (Number.isFinite(bound) ? bound : null))
  return {
    id,
    title,
    description,
    formula,
    source,
    inputs,
    unit,
    range: [low, high],
    roles: rolesOf(unit),
    lookbackMs: definition.lookbackMs(defaultsOf(definition)),
    parameters,
  }
}

function rangeText([low, high]: IndicatorDefinition['range']): string {
  if (low === -Infinity && high === Infinity) return 'any'
  if (high === Infinity) return `≥ ${low}`
  return low === -Infinity ? `≤ ${high}` : `${low} to ${high}`
}

function limitsText({ type, min, max, choices }: ParameterSpec): string {
  if (type === 'choice') return (choices ?? []).join(', ')
  if (min === undefined && max === undefined) return type
  return max === undefined ? `≥ ${min}` : min === undefined ? `≤ ${max}` : `${min} to ${max}`
}

const exampleName = ({ id }: IndicatorDefinition): string => id.replace(/(Pct|Ratio|Score)$/, '')

function exampleParams({ parameters }: IndicatorDefinition): object {
  const [first] = parameters
  return first === undefined ? {} : { params: { [first.name]: first.default } }
}
