import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { MarketBlock } from '#model/market.ts'
import { BlockBuilder } from './block-builder.ts'
import { FieldReader } from './fields.ts'
import type { ColumnFormat, ColumnRole } from './format.ts'
import type { Lines } from './lines.ts'
import { compactTime, toUnixMs } from './times.ts'
import { fileProblem } from '../problems.ts'

/** Takes whole lines and gives blocks; `take` empties what is ready. */
export interface Decoder {
  readonly stats: DecoderStats
  feed(lines: Lines): void
  /** After the last lines. */
  finish(): void
  take(): readonly MarketBlock[]
}

export interface DecoderStats {
  rows: number
  repeatedRows: number
  /** Digits behind the point that prices and quantities need. */
  priceDecimals: number
  quantityDecimals: number
  /** Some row told the taker's side. */
  sided: boolean
  /** Breaks in the update ids of depth. */
  bookGaps: number
}

export interface ColumnDecoderOptions {
  readonly path: string
  readonly format: ColumnFormat
  readonly instrumentId: InstrumentId
  /** As the file spells it, where it has a symbol column. */
  readonly symbol: string | undefined
  /** 0 for anything but bars. */
  readonly intervalMs: number
}

const opCodes = {
  skip: 0,
  time: 1,
  compactTime: 2,
  side: 3,
  buyerMaker: 4,
  symbol: 5,
  positive: 6,
  quantity: 7,
  amount: 8,
} as const
const opOf: Readonly<Record<ColumnRole, number>> = {
  skip: opCodes.skip,
  symbol: opCodes.symbol,
  time: opCodes.time,
  compactTime: opCodes.compactTime,
  side: opCodes.side,
  buyerMaker: opCodes.buyerMaker,
  price: opCodes.positive,
  quantity: opCodes.quantity,
  amount: opCodes.amount,
  open: opCodes.positive,
  high: opCodes.positive,
  low: opCodes.positive,
  close: opCodes.positive,
  volume: opCodes.quantity,
  bid: opCodes.positive,
  ask: opCodes.positive,
  bidSize: opCodes.quantity,
  askSize: opCodes.quantity,
}

/** Where a role's value goes in the row: the order of the columns of its shape, time first. */
const slotOf: Partial<Readonly<Record<ColumnRole, number>>> = {
  price: 1,
  quantity: 2,
  open: 1,
  high: 2,
  low: 3,
  close: 4,
  volume: 5,
  bid: 1,
  ask: 2,
  bidSize: 3,
  askSize: 4,
}

/** Parses delimited rows into columns and refuses the first one that cannot be right. */
export class ColumnDecoder implements Decoder {
  readonly stats: DecoderStats = {
    rows: 0,
    repeatedRows: 0,
    priceDecimals: 0,
    quantityDecimals: 0,
    sided: false,
    bookGaps: 0,
  }
  readonly #options: ColumnDecoderOptions
  readonly #reader: FieldReader
  readonly #ops: Uint8Array
  readonly #slots: Uint8Array
  readonly #row = new Float64Array(6)
  readonly #builder: BlockBuilder
  readonly #symbol: Buffer
  readonly #isBars: boolean
  #line = 0
  #lastTime: UnixMs = -Infinity
  /** The row before, as text, where it lies in an earlier buffer. */
  #previous: Uint8Array = new Uint8Array(0)
  #headerSeen: boolean

  constructor(options: ColumnDecoderOptions) {
    const { format } = options
    this.#options = options
    this.#reader = new FieldReader(format.delimiter.charCodeAt(0))
    this.#ops = Uint8Array.from(format.columns, (role) => opOf[role])
    this.#slots = Uint8Array.from(format.columns, (role) => slotOf[role] ?? 0)
    this.#builder = new BlockBuilder(options.instrumentId, format.shape, options.intervalMs)
    this.#symbol = Buffer.from(options.symbol ?? '')
    this.#isBars = format.shape === 'bars'
    this.#headerSeen = !format.header
  }

  feed({ bytes, unterminated }: Lines): void {
    const reader = this.#reader
    reader.bytes = bytes
    reader.at = 0
    if (!this.#headerSeen) {
      reader.at = bytes.indexOf(10) + 1
      this.#headerSeen = true
      this.#line = 1
    }
    const drop = this.#options.format.dropRepeats
    const gap = this.#isBars ? this.#options.intervalMs : 0
    const row = this.#row
    const { length } = bytes
    let before = -1
    while (reader.at < length) {
      this.#line++
      const start = reader.at
      if (reader.endLine()) continue
      const side = this.#parse(start, unterminated)
      if (drop) {
        if (row[0] === this.#lastTime && this.#repeats(before, start, reader.at)) {
          this.stats.repeatedRows++
          continue
        }
        before = start
      }
      if (row[0] < this.#lastTime + gap) this.#backwards()
      if (this.#isBars) this.#checkBar()
      this.#lastTime = row[0]
      this.#builder.add(row, side)
    }
    this.stats.rows = this.#builder.rows
    // a copy: the buffer is not kept alive for one row
    if (before >= 0) this.#previous = Uint8Array.from(bytes.subarray(before, bytes.indexOf(10, before) + 1))
  }

  /** Whether the row at `start` reads like the one before it, which starts at `before`, or lies in an earlier buffer. */
  #repeats(before: number, start: number, end: number): boolean {
    const { bytes } = this.#reader
    const length = end - start
    if (before < 0) return Buffer.compare(bytes.subarray(start, end), this.#previous) === 0
    // the row before may end where this one starts, or dropped rows equal to it lie in between
    for (let index = 0; index < length; index++) if (bytes[before + index] !== bytes[start + index]) return false
    return true
  }

  finish(): void {
    this.#builder.finish()
  }

  take(): readonly MarketBlock[] {
    return this.#builder.take()
  }

  /** Reads one row into `#row`; returns the side code. */
  #parse(start: number, unterminated: boolean): number {
    const reader = this.#reader
    const ops = this.#ops
    const slots = this.#slots
    const row = this.#row
    const stats = this.stats
    const count = ops.length
    let side = 0
    let amount = NaN
    for (let column = 0; column < count; column++) {
      const at = reader.at
      switch (ops[column]) {
        case 6: {
          const value = reader.number()
          if (!(value > 0) || value === Infinity) this.#refuse(column, at, start, unterminated)
          if (reader.decimals > stats.priceDecimals) stats.priceDecimals = reader.decimals
          row[slots[column]] = value
          break
        }
        case 7: {
          const value = reader.number()
          if (!(value >= 0) || value === Infinity) this.#refuse(column, at, start, unterminated)
          if (reader.decimals > stats.quantityDecimals) stats.quantityDecimals = reader.decimals
          row[slots[column]] = value
          break
        }
        case 1: {
          const value = toUnixMs(reader.number())
          row[0] = value === value ? value : this.#textTime(column, at, start, unterminated)
          break
        }
        case 2:
          reader.skip()
          row[0] = compactTime(reader.bytes, at, reader.at)
          if (!(row[0] > 0)) this.#refuse(column, at, start, unterminated)
          break
        case 3:
          reader.skip()
          side = this.#side(column, at, start, unterminated)
          break
        case 4: {
          reader.skip()
          // t or T: the buyer was the maker, so the taker sold
          const letter = reader.bytes[at] | 32
          if (letter !== 116 && letter !== 102) this.#refuse(column, at, start, unterminated)
          side = letter === 116 ? -1 : 1
          break
        }
        case 5:
          reader.skip()
          if (reader.at - at !== this.#symbol.length || !this.#isSymbol(at))
            this.#refuse(column, at, start, unterminated)
          break
        case 8:
          // only a last row without its line end may be cut short
          if (unterminated) amount = reader.number()
          else reader.skip()
          break
        default:
          reader.skip()
      }
      if (column + 1 < count && !reader.next()) this.#wrongColumns(start, unterminated)
    }
    if (!reader.endLine()) this.#wrongColumns(start, unterminated)
    if (side !== 0) stats.sided = true
    if (this.#isBars) row[0] += this.#options.intervalMs
    if (unterminated && amount === amount && Math.abs(amount - row[1] * row[2]) > 1e-6 * amount + 1e-8)
      this.#wrongColumns(start, true)
    return side
  }

  #side(column: number, at: number, start: number, unterminated: boolean): number {
    const length = this.#reader.at - at
    const letter = this.#reader.bytes[at] | 32
    if (length === 0) return 0
    if (letter === 98 && (length === 3 || length === 1)) return 1
    if (letter === 115 && (length === 4 || length === 1)) return -1
    return this.#refuse(column, at, start, unterminated)
  }

  #isSymbol(at: number): boolean {
    const bytes = this.#reader.bytes
    for (let index = 0; index < this.#symbol.length; index++)
      if (bytes[at + index] !== this.#symbol[index]) return false
    return true
  }

  #textTime(column: number, at: number, start: number, unterminated: boolean): UnixMs {
    const text = this.#reader.text(at, this.#reader.at)
    const time = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}/.test(text)
      ? Date.parse(/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text.replace(' ', 'T')}Z`)
      : NaN
    return Number.isNaN(time) ? this.#refuse(column, at, start, unterminated) : time
  }

  #checkBar(): void {
    const [, open, high, low, close] = this.#row
    if (high >= open && high >= close && low <= open && low <= close) return
    this.#fail(
      'badBar',
      `open ${open}, high ${high}, low ${low}, close ${close} contradict each other`,
      'mend or drop the row',
    )
  }

  #backwards(): never {
    const [before, now] = [this.#lastTime, this.#row[0]].map((time) => new Date(time).toISOString())
    const time = this.#isBars
      ? `the bar closing at ${now} overlaps the one before, which closed at ${before}`
      : `time goes backwards from ${before} to ${now}`
    this.#fail('timeBackwards', time, 'sort the file by time, and check that it holds one instrument and one interval')
  }

  #wrongColumns(start: number, unterminated: boolean): never {
    if (unterminated) this.#cut(start)
    const end = this.#reader.bytes.indexOf(10, start)
    const text = this.#reader.text(start, end).replace(/\r$/, '')
    const { delimiter, columns } = this.#options.format
    const found = text.split(delimiter).length
    this.#fail(
      'wrongColumns',
      `${found} columns instead of ${columns.length}: ${shorten(text)}`,
      `every row needs: ${this.#options.format.names.join(delimiter)}`,
    )
  }

  #refuse(column: number, at: number, start: number, unterminated: boolean): never {
    const reader = this.#reader
    const text = reader.text(at, reader.at)
    if (unterminated) {
      const commas = reader.text(start, reader.bytes.length).split(this.#options.format.delimiter).length
      if (commas < this.#ops.length) this.#cut(start)
    }
    const role = this.#options.format.columns[column]
    const name = this.#options.format.names[column] ?? role
    const [code, says, remedy] = reasons[role] ?? ['badNumber', 'is not a number', 'mend or drop the row']
    this.#fail(code, `${name} is ${text === '' ? 'empty' : `"${shorten(text)}"`}; it ${says}`, remedy)
  }

  #cut(start: number): never {
    const text = this.#reader.text(start, this.#reader.bytes.length).trimEnd()
    this.#fail(
      'truncatedRow',
      `the file ends in the middle of a row: ${shorten(text)}`,
      'copy or download the file again, or delete its last line',
    )
  }

  #fail(code: string, message: string, remedy: string): never {
    throw fileProblem(code, { path: this.#options.path, line: this.#line }, message, remedy)
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
