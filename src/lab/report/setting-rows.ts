import { isDeepStrictEqual } from 'node:util'
import type { RunSpec } from '#model/run.ts'
import type { Group, Strategy } from '#model/strategy.ts'
import { amountsIn, countOf, durationText, timeText } from './format.ts'
import { conditionsIn } from './other-reading.ts'
import { thresholdText } from './words.ts'

/** One setting in which two runs differ, in short; `–` = absent there. */
export interface SettingRow {
  readonly path: string
  readonly a: string
  readonly b: string
}

/** A part that differs in at most this many places is shown place by place. */
const fewPlaces = 3

/** What differs between two specifications, the strategies first: whole parts in a few words rather than every leaf. */
export function settingRows(a: RunSpec, b: RunSpec): readonly SettingRow[] {
  const rows: SettingRow[] = []
  const row = (path: string, left: string, right: string): void => {
    if (left !== right) rows.push({ path, a: left, b: right })
  }
  const names = (spec: RunSpec): string =>
    spec.strategies.map(({ name, hash }) => `${name}@${hash.slice(0, 8)}`).join(', ')
  row('strategies', names(a), names(b))
  row('capital', capitalText(a), capitalText(b))
  row('from', timeText(a.from), timeText(b.from))
  row('to', timeText(a.to), timeText(b.to))
  row('instruments', listText(a.instruments.map(({ id }) => id)), listText(b.instruments.map(({ id }) => id)))
  row('data', listText(a.data.map(({ label }) => label)), listText(b.data.map(({ label }) => label)))
  row('seed', String(a.seed), String(b.seed))
  rows.push(...changedData(a, b))
  for (const [left, right] of strategyPairs(a, b)) rows.push(...documentRows(left, right, a.strategies.length > 1))
  rows.push(...partRows('limits', a.limits, b.limits))
  rows.push(...partRows('simulator', a.simulator, b.simulator))
  rows.push(...partRows('settings', a.settings, b.settings))
  for (const instrument of a.instruments) {
    const other = b.instruments.find(({ id }) => id === instrument.id)
    if (other !== undefined) rows.push(...partRows(instrument.id, instrument, other))
  }
  return rows
}

/** Recordings of one name with other contents. */
function changedData(a: RunSpec, b: RunSpec): readonly SettingRow[] {
  const both = a.data.flatMap(({ label, checksum }) => {
    const other = b.data.find((one) => one.label === label)
    return other === undefined
      ? []
      : [{ path: `data.${label}`, a: checksum.slice(0, 12), b: other.checksum.slice(0, 12) }]
  })
  const changed = both.filter((entry) => entry.a !== entry.b)
  if (changed.length <= fewPlaces) return changed
  return [{ path: 'data', a: countOf(both.length, 'recording'), b: `${changed.length} of them with other contents` }]
}

/** Documents to hold against each other: those of one name, or the only one of each run. */
function strategyPairs(a: RunSpec, b: RunSpec): readonly (readonly [Strategy, Strategy])[] {
  if (a.strategies.length === 1 && b.strategies.length === 1)
    return [[a.strategies[0].document, b.strategies[0].document]]
  return a.strategies.flatMap(({ name, document }) => {
    const other = b.strategies.find((one) => one.name === name)
    return other === undefined ? [] : [[document, other.document] as const]
  })
}

function documentRows(a: Strategy, b: Strategy, several: boolean): readonly SettingRow[] {
  const { name: nameA, description: _a, ...left } = a
  const { name: _name, description: _b, ...right } = b
  return partRows(several ? nameA : '', left, right)
}

/** Top-level parts that differ; one that differs in a few places only is opened. */
function partRows(prefix: string, a: object, b: object): readonly SettingRow[] {
  const left = a as Readonly<Record<string, unknown>>
  const right = b as Readonly<Record<string, unknown>>
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((key) => !isDeepStrictEqual(left[key], right[key]))
    .flatMap((key) => {
      const path = prefix === '' ? key : `${prefix}.${key}`
      const places = placesOf(left[key], right[key], path)
      return places.length <= fewPlaces ? places : [{ path, a: shortText(left[key]), b: shortText(right[key]) }]
    })
}

/** Where two values differ, down to what is not an object on both sides. */
function placesOf(a: unknown, b: unknown, path: string): readonly SettingRow[] {
  if (isDeepStrictEqual(a, b)) return []
  if (!isObject(a) || !isObject(b) || isGroup(a) || isGroup(b))
    return [{ path, a: namedText(path, a), b: namedText(path, b) }]
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
    placesOf(a[key], b[key], `${path}.${key}`),
  )
}

/** A duration is known by its name. */
const namedText = (name: string, value: unknown): string =>
  typeof value === 'number' && name.endsWith('Ms') ? durationText(value) : shortText(value)

/** Any setting in a few words. */
function shortText(value: unknown): string {
  if (value === undefined || value === null) return '–'
  if (typeof value === 'string') return value
  if (Array.isArray(value))
    return value.every((item) => typeof item !== 'object') ? listText(value) : `${value.length} items`
  if (!isObject(value)) return typeof value === 'bigint' ? value.toString() : JSON.stringify(value)
  if (isGroup(value)) return groupText(value)
  const parts = Object.entries(value).map(([key, part]) =>
    key === 'when' ? shortText(part) : `${key} ${isObject(part) ? innerText(part) : namedText(key, part)}`,
  )
  return parts.length === 0 ? 'none' : parts.join(', ')
}

/** Inside another value: an indicator by its id, an object by what it holds. */
function innerText(value: Readonly<Record<string, unknown>>): string {
  if (isGroup(value)) return shortText(value)
  if (typeof value['indicator'] === 'string') return value['indicator']
  if (typeof value['variant'] === 'string') return value['variant']
  return `(${shortText(value)})`
}

/** `magnitude ≥ 3, surge ≥ 10`: the conditions, without how they are joined unless some are not all needed. */
function groupText(group: Group): string {
  const conditions = conditionsIn(group).map(({ reading, is, value }) => {
    const goal =
      typeof value === 'object' && 'reading' in value
        ? { threshold: null, against: value.reading }
        : { threshold: value }
    return `${reading} ${thresholdText({ operator: is, ...goal }, undefined)}`
  })
  const joint = 'any' in group ? ' or ' : ', '
  const word = 'not' in group ? 'not ' : 'atLeast' in group ? `${group.atLeast} of ` : ''
  return word + conditions.join(joint)
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isGroup = (value: object): value is Group =>
  'all' in value || 'any' in value || 'not' in value || 'of' in value || ('is' in value && 'reading' in value)

const capitalText = ({ capital, currency }: RunSpec): string => `${amountsIn(currency).short(capital)} ${currency}`

/** The first few of a list, and how many there are. */
function listText(items: readonly unknown[]): string {
  if (items.length <= 2) return items.length === 0 ? 'none' : items.join(', ')
  return `${countOf(items.length, 'item')}: ${items.slice(0, 2).join(', ')}, …`
}
