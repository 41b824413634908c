import { writeFileSync } from 'node:fs'
import { catalog } from '#engine/indicators/indicators.ts'
import { type IndicatorDefinition, type ParameterSpec, rolesOf, type Unit } from '#model/indicator.ts'

/** Where the page is kept; `node scripts/indicator-reference.ts` writes it. */
export const referencePath = new URL('../docs/indicators.md', import.meta.url)

const symbols: Record<Unit, string> = {
  price: 'price',
  priceDistance: 'price difference',
  percent: '%',
  percentPerSecond: '% per second',
  ratio: 'ratio',
  score: 'score 0…100',
  balance: 'balance −100…100',
  quantity: 'base units',
  quantityPerSecond: 'base units per second',
  notional: 'quote units',
  notionalPerSecond: 'quote units per second',
  count: 'count',
  perMinute: 'per minute',
  seconds: 'seconds',
}

/** The whole page, as committed. */
export function referencePage(): string {
  const rows = catalog.map(
    ({ id, title, unit, inputs }) => `| [${id}](#${anchor(id)}) | ${title} | ${symbols[unit]} | ${inputs.join(', ')} |`,
  )
  return [
    '# Indicators',
    '',
    'Made from the catalog by `node scripts/indicator-reference.ts`; a test fails when this page is stale.',
    '',
    'A window `(fromMs, toMs)` reaches from `fromMs` to `toMs` milliseconds back from now. Prices, quotes and books hold',
    'until the next one, and the one before a window is carried into it. A reading is pending, never 0, while less than',
    '80 % of its window is known or while it is undefined; a condition on a pending reading triggers nothing. Indicators',
    'on bars read closed bars only.',
    '',
    '| id | name | output | needs |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    ...catalog.flatMap(section),
  ].join('\n')
}

function section(definition: IndicatorDefinition): readonly string[] {
  const { id, title, description, formula, source, inputs, parameters, unit, range } = definition
  const defaults = Object.fromEntries(parameters.map((spec) => [spec.name, spec.default]))
  const lookback = definition.lookbackMs(defaults)
  return [
    `## ${id}`,
    '',
    `**${title}.** ${description}`,
    '',
    `- Formula: ${formula}`,
    `- Output: ${symbols[unit]}, ${bound(range[0])} … ${bound(range[1])}`,
    `- Needs: ${inputs.join(', ')}`,
    `- Looks back: ${lookback > 0 ? `${duration(lookback)} with the defaults` : 'at the newest only'}`,
    `- Roles: ${rolesOf(unit).join(', ')}`,
    `- Source: ${source}`,
    '',
    ...parameterTable(parameters),
  ]
}

function parameterTable(parameters: readonly ParameterSpec[]): readonly string[] {
  if (parameters.length === 0) return ['No parameters.', '']
  return [
    '| parameter | meaning | unit | default | allowed |',
    '| --- | --- | --- | --- | --- |',
    ...parameters.map(
      (spec) => `| ${spec.name} | ${spec.description} | ${spec.unit} | ${spec.default} | ${allowed(spec)} |`,
    ),
    '',
  ]
}

const allowed = ({ type, choices, min, max }: ParameterSpec): string =>
  type === 'choice' ? (choices ?? []).join(', ') : `${bound(min ?? -Infinity)} … ${bound(max ?? Infinity)}`

const bound = (value: number): string => (Number.isFinite(value) ? String(value) : value > 0 ? '∞' : '−∞')

const anchor = (id: string): string => id.toLowerCase()

function duration(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const
  const [name, length] = units.find(([, length]) => ms % length === 0) ?? ['ms', 1]
  return `${ms / length} ${name}`
}

if (import.meta.main) writeFileSync(referencePath, referencePage())
