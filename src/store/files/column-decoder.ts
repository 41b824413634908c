import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { MarketBlock } from '#model/market.ts'
import { BlockBuilder } from './block-builder.ts'
import { FieldReader } from './fields.ts'
import type { ColumnFormat } from './format.ts'
import type { Lines } from './lines.ts'
import { compactTime, toUnixMs } from './times.ts'
import { opOf, slotOf } from './column-codes.ts'
import type { Decoder, DecoderStats } from './decoder.ts'
import { type RowPlace, RowRefusals } from './row-refusals.ts'

export interface ColumnDecoderOptions {
  readonly path: string
  readonly format: ColumnFormat
  readonly instrumentId: InstrumentId
  /** As the file spells it, where it has a symbol column. */
  readonly symbol: string | undefined
  /** 0 for anything but bars. */
  readonly intervalMs: number
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
  readonly #refusals: RowRefusals
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
    this.#refusals = new RowRefusals(options.path, format, this.#reader)
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
      if (row[0] < this.#lastTime + gap) this.#refusals.backwards(this.#place(start), this.#lastTime, row[0])
      if (this.#isBars && !isBar(row)) this.#refusals.bar(this.#place(start), row)
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
          if (!(value > 0) || value === Infinity) this.#refusals.field(this.#place(start, unterminated), column, at)
          if (reader.decimals > stats.priceDecimals) stats.priceDecimals = reader.decimals
          row[slots[column]] = value
          break
        }
        case 7: {
          const value = reader.number()
          if (!(value >= 0) || value === Infinity) this.#refusals.field(this.#place(start, unterminated), column, at)
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
          if (!(row[0] > 0)) this.#refusals.field(this.#place(start, unterminated), column, at)
          break
        case 3:
          reader.skip()
          side = this.#side(column, at, start, unterminated)
          break
        case 4: {
          reader.skip()
          // t or T: the buyer was the maker, so the taker sold
          const letter = reader.bytes[at] | 32
          if (letter !== 116 && letter !== 102) this.#refusals.field(this.#place(start, unterminated), column, at)
          side = letter === 116 ? -1 : 1
          break
        }
        case 5:
          reader.skip()
          if (reader.at - at !== this.#symbol.length || !this.#isSymbol(at))
            this.#refusals.field(this.#place(start, unterminated), column, at)
          break
        case 8:
          // only a last row without its line end may be cut short
          if (unterminated) amount = reader.number()
          else reader.skip()
          break
        default:
          reader.skip()
      }
      if (column + 1 < count && !reader.next()) this.#refusals.columns(this.#place(start, unterminated))
    }
    if (!reader.endLine()) this.#refusals.columns(this.#place(start, unterminated))
    if (side !== 0) stats.sided = true
    if (this.#isBars) row[0] += this.#options.intervalMs
    if (unterminated && amount === amount && Math.abs(amount - row[1] * row[2]) > 1e-6 * amount + 1e-8)
      this.#refusals.cut(this.#place(start, true))
    return side
  }

  #side(column: number, at: number, start: number, unterminated: boolean): number {
    const length = this.#reader.at - at
    const letter = this.#reader.bytes[at] | 32
    if (length === 0) return 0
    if (letter === 98 && (length === 3 || length === 1)) return 1
    if (letter === 115 && (length === 4 || length === 1)) return -1
    return this.#refusals.field(this.#place(start, unterminated), column, at)
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
    return Number.isNaN(time) ? this.#refusals.field(this.#place(start, unterminated), column, at) : time
  }

  #place(start: number, unterminated = false): RowPlace {
    return { line: this.#line, start, unterminated }
  }
}

function isBar(row: Float64Array): boolean {
  const high = row[2]
  const low = row[3]
  return high >= row[1] && high >= row[4] && low <= row[1] && low <= row[4]
}
