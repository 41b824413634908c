import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ioProblem, withPath } from '../problems.ts'
import { arraysOf, type Columns, intervalOf, type SeriesKind } from './kinds.ts'

/** Unix seconds with a fraction, as in the seeds' files, or milliseconds. */
export type TimeUnit = 'seconds' | 'ms'

const headers = {
  trade: 'price,quantity,side',
  quote: 'bid,ask,bid_size,ask_size',
  bar: 'open,high,low,close,volume',
} as const

/** A CSV file that appears under its name when it is finished, and not before. */
export class CsvFile {
  readonly path: string
  readonly #kind: SeriesKind
  readonly #unit: TimeUnit
  readonly #temporary: string
  readonly #file: FileHandle
  #done = false

  private constructor(path: string, kind: SeriesKind, unit: TimeUnit, temporary: string, file: FileHandle) {
    this.path = path
    this.#kind = kind
    this.#unit = unit
    this.#temporary = temporary
    this.#file = file
  }

  static async create(path: string, kind: SeriesKind, unit: TimeUnit): Promise<CsvFile> {
    return withPath(path, 'write', async () => {
      await mkdir(dirname(path), { recursive: true })
      const temporary = `${path}.tmp-${process.pid}`
      const handle = await open(temporary, 'w')
      const header = kind === 'trade' || kind === 'quote' ? headers[kind] : headers.bar
      await handle.writeFile(`${unit === 'seconds' ? 'timestamp' : 'ts_ms'},${header}\n`)
      return new CsvFile(path, kind, unit, temporary, handle)
    })
  }

  /** Returns the number of rows written. */
  async add(columns: Columns): Promise<number> {
    const [time, ...values] = arraysOf(this.#kind, columns)
    // a bar's time is its close; tables name its opening
    const shift = intervalOf(this.#kind) ?? 0
    let text = ''
    for (let row = 0; row < columns.time.length; row++) {
      text += timeText(time[row] - shift, this.#unit)
      for (const array of values)
        text += array instanceof Int8Array ? `,${sideText(array[row])}` : `,${decimalText(array[row])}`
      text += '\n'
    }
    try {
      await this.#file.writeFile(text)
    } catch (error) {
      throw ioProblem(error, this.path, 'write')
    }
    return columns.time.length
  }

  /** Returns the path. */
  async finish(): Promise<string> {
    return withPath(this.path, 'write', async () => {
      await this.#file.sync()
      await this.#file.close()
      this.#done = true
      await rename(this.#temporary, this.path)
      return this.path
    })
  }

  async discard(): Promise<void> {
    if (this.#done) return
    await this.#file.close().catch(() => undefined)
    await rm(this.#temporary, { force: true })
  }
}

/** A number as a plain decimal that reads back the same: `0.00000047`, never `4.7e-7`. */
export function decimalText(value: number): string {
  const text = String(value)
  const [mantissa = '', exponent] = text.split('e')
  if (exponent === undefined) return text
  const sign = mantissa.startsWith('-') ? '-' : ''
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const shift = Number(exponent)
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - whole.length)}${whole}${fraction}`
  return `${sign}${whole}${fraction.padEnd(shift, '0')}`
}

function timeText(time: number, unit: TimeUnit): string {
  if (unit === 'ms') return String(time)
  const seconds = Math.floor(time / 1000)
  return `${seconds}.${String(time - seconds * 1000).padStart(3, '0')}`
}

function sideText(side: number): string {
  if (side === 0) return ''
  return side > 0 ? 'buy' : 'sell'
}
