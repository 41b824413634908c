import type { UnixMs } from '#model/ids.ts'
import { fileProblem } from '../problems.ts'
import type { FieldReader } from './fields.ts'
import type { ColumnFormat, ColumnRole } from './format.ts'

/** A row as the decoder stands on it. `unterminated`: it is the last one and its line end is missing. */
export interface RowPlace {
  readonly line: number
  /** Where it starts in the reader's bytes. */
  readonly start: number
  readonly unterminated: boolean
}

/** Refuses rows in words: what is wrong, where, and how to mend it. */
export class RowRefusals {
  readonly #path: string
  readonly #format: ColumnFormat
  readonly #reader: FieldReader

  constructor(path: string, format: ColumnFormat, reader: FieldReader) {
    this.#path = path
    this.#format = format
    this.#reader = reader
  }

  /** The field of `column` from `at` to the reader's position cannot be right. */
  field(place: RowPlace, column: number, at: number): never {
    const reader = this.#reader
    const { columns, names, delimiter } = this.#format
    const text = reader.text(at, reader.at)
    if (place.unterminated && reader.text(place.start, reader.bytes.length).split(delimiter).length < columns.length)
      this.cut(place)
    const role = columns[column]
    const [code, says, remedy] = reasons[role] ?? ['badNumber', 'is not a number', 'mend or drop the row']
    return this.#fail(
      place.line,
      code,
      `${names[column] ?? role} is ${text === '' ? 'empty' : `"${shorten(text)}"`}; it ${says}`,
      remedy,
    )
  }

  columns(place: RowPlace): never {
    if (place.unterminated) this.cut(place)
    const { delimiter, columns, names } = this.#format
    const text = this.#reader.text(place.start, this.#reader.bytes.indexOf(10, place.start)).replace(/\r$/, '')
    const says = `${text.split(delimiter).length} columns instead of ${columns.length}: ${shorten(text)}`
    return this.#fail(place.line, 'wrongColumns', says, `every row needs: ${names.join(delimiter)}`)
  }

  /** The file ends within the row. */
  cut({ line, start }: RowPlace): never {
    const text = this.#reader.text(start, this.#reader.bytes.length).trimEnd()
    const says = `the file ends in the middle of a row: ${shorten(text)}`
    return this.#fail(line, 'truncatedRow', says, 'copy or download the file again, or delete its last line')
  }

  bar({ line }: RowPlace, [, open, high, low, close]: ArrayLike<number> & Iterable<number>): never {
    const says = `open ${open}, high ${high}, low ${low}, close ${close} contradict each other`
    return this.#fail(line, 'badBar', says, 'mend or drop the row')
  }

  backwards({ line }: RowPlace, before: UnixMs, now: UnixMs): never {
    const [from, to] = [before, now].map((time) => new Date(time).toISOString())
    const says =
      this.#format.shape === 'bars'
        ? `the bar closing at ${to} overlaps the one before, which closed at ${from}`
        : `time goes backwards from ${from} to ${to}`
    return this.#fail(
      line,
      'timeBackwards',
      says,
      'sort the file by time, and check that it holds one instrument and one interval',
    )
  }

  #fail(line: number, code: string, message: string, remedy: string): never {
    throw fileProblem(code, { path: this.#path, line }, message, remedy)
  }
}

const priceReason = ['badPrice', 'must be a number above 0', 'mend or drop the row; a price is never assumed'] as const
const quantityReason = [
  'badQuantity',
  'must be a number, 0 or more',
  'mend or drop the row; a quantity is never assumed',
] as const
const timeReason = [
  'badTime',
  'must be a time: Unix seconds, ms, µs or ns, or ISO 8601 in UTC',
  'mend or drop the row',
] as const
const sideReason = [
  'badSide',
  'must be buy or sell (true or false for is_buyer_maker)',
  'mend it, or leave the field empty where the side is unknown',
] as const
const reasons: Partial<Readonly<Record<ColumnRole, readonly [code: string, says: string, remedy: string]>>> = {
  symbol: ['mixedSymbols', 'differs from the rows before', 'split the file: one instrument per file'],
  time: timeReason,
  compactTime: timeReason,
  side: sideReason,
  buyerMaker: sideReason,
  price: priceReason,
  open: priceReason,
  high: priceReason,
  low: priceReason,
  close: priceReason,
  bid: priceReason,
  ask: priceReason,
  quantity: quantityReason,
  volume: quantityReason,
  bidSize: quantityReason,
  askSize: quantityReason,
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}…` : text
}
