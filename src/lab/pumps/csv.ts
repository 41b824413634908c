import { UserError } from '#model/failure.ts'
import type { UnixMs } from '#model/ids.ts'

/** A table as people keep it: a header, then rows; columns nobody asks for do not matter. */
export interface CsvTable {
  readonly path: string
  readonly columns: readonly string[]
  readonly rows: readonly CsvRow[]
}

/** One row; an empty field, and one in a column that is not there, is null. */
export interface CsvRow {
  /** From 1, the header included. */
  readonly line: number
  text(column: string): string | null
  /** UTC unless the text says otherwise. */
  time(column: string): UnixMs | null
  /** Above zero. */
  price(column: string): number | null
}

/** Reads RFC 4180 text whose header has at least the `required` columns. Throws `UserError` naming line, column, value, remedy. */
export function parseCsv(text: string, path: string, required: readonly string[]): CsvTable {
  const [header, ...records] = recordsOf(text.replace(/^\uFEFF/, ''))
  const columns = (header?.fields ?? []).map((name) => name.trim())
  const missing = required.filter((name) => !columns.includes(name))
  if (missing.length > 0) {
    throw new UserError({
      code: 'missingColumn',
      message: `there is no column ${missing.join(', ')}; the header has ${columns.join(', ') || 'nothing'}`,
      where: `${path}:1`,
      remedy: `add it; needed are ${required.join(', ')}, further columns do not matter`,
    })
  }
  return { path, columns, rows: records.map(({ line, fields }) => rowOf(path, columns, line, fields)) }
}

/** A value in a row that cannot be right. */
export function badValue(path: string, line: number, column: string, value: string | null, remedy: string): UserError {
  return new UserError({
    code: 'badLabel',
    message: `${column} is ${value === null ? 'empty' : `"${value}"`}`,
    where: `${path}:${line}`,
    remedy,
  })
}

const isoTime = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/

function rowOf(path: string, columns: readonly string[], line: number, fields: readonly string[]): CsvRow {
  if (fields.length !== columns.length) {
    throw new UserError({
      code: 'badLabel',
      message: `the row has ${fields.length} fields, the header ${columns.length}`,
      where: `${path}:${line}`,
      remedy: 'put a field that holds a comma into "double quotes", and leave none out',
    })
  }
  const text = (column: string): string | null => fields[columns.indexOf(column)]?.trim() || null
  return {
    line,
    text,
    time: (column) => {
      const value = text(column)
      if (value === null) return null
      const time = isoTime.test(value) ? utcOf(value) : Number.NaN
      if (Number.isNaN(time)) throw badValue(path, line, column, value, 'write UTC, e.g. 2021-02-24T17:00:01.987Z')
      return time
    },
    price: (column) => {
      const value = text(column)
      if (value === null) return null
      const price = Number(value)
      if (!(price > 0 && price < Infinity))
        throw badValue(path, line, column, value, 'write a price above zero, or leave the field empty to measure it')
      return price
    },
  }
}

/** NaN where there is no such day: `Date.parse` alone takes February 31 for March 3. */
function utcOf(value: string): number {
  const day = value.slice(0, 10)
  const clock = value.slice(11)
  if (Number.isNaN(Date.parse(day)) || new Date(`${day}T00:00Z`).getUTCDate() !== Number(day.slice(8)))
    return Number.NaN
  if (clock === '') return Date.parse(day)
  return Date.parse(`${day}T${clock}${/(Z|[+-]\d{2}:?\d{2})$/.test(clock) ? '' : 'Z'}`)
}

/** Records with the line they begin at; empty lines are none. */
function recordsOf(text: string): { line: number; fields: string[] }[] {
  const records: { line: number; fields: string[] }[] = []
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\r|$)/y
  let line = 1
  let begun = 1
  let fields: string[] = []
  while (field.lastIndex < text.length || fields.length > 0) {
    const at = field.lastIndex
    const match = field.exec(text)
    if (!match) {
      field.lastIndex = text.length
      fields.push(text.slice(at))
      records.push({ line: begun, fields })
      break
    }
    const [whole, quoted, plain = '', end] = match
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    line += whole.match(/\r?\n|\r/g)?.length ?? 0
    if (end === ',') continue
    if (fields.length > 1 || fields[0] !== '') records.push({ line: begun, fields })
    fields = []
    begun = line
    if (end === '') break
  }
  return records
}
