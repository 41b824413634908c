import { DOUBLE, DuckDBDataChunk, DuckDBInstance, TINYINT, VARCHAR, type DuckDBConnection } from '@duckdb/node-api'
import { ioProblem } from '../problems.ts'
import { parseJson, toJson } from '../ledger/json.ts'
import type { MarketEvent } from '#model/market.ts'
import { arraysOf, columnNames, type Columns, columnsFrom, type EventColumns, type SeriesKind } from './kinds.ts'
import { groupStart, maxBlockRows } from '../files/block-builder.ts'

/** Rows in one of DuckDB's vectors. */
const vectorRows = 2048

let instance: Promise<DuckDBInstance> | undefined

/** Runs `work` on a connection of its own: results of one connection must not overlap. */
export async function withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  instance ??= DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GB' })
  const connection = await (await instance).connect()
  try {
    return await work(connection)
  } finally {
    connection.closeSync()
  }
}

/** Writes columns as one Parquet file (zstd), `time` as a UTC timestamp in ms. */
export async function writeParquet(path: string, kind: SeriesKind, columns: Columns): Promise<void> {
  await withConnection(async (connection) => {
    const names = columnNames(kind)
    const types = kind === 'event' ? [DOUBLE, VARCHAR] : names.map((name) => (name === 'side' ? TINYINT : DOUBLE))
    // temporary tables belong to one connection, so parallel writers do not meet
    await connection.run(
      `CREATE TEMP TABLE rows (${names.map((name, index) => `"${name}" ${types[index]?.toString() ?? ''}`).join(', ')})`,
    )
    try {
      const appender = await connection.createAppender('rows')
      for (let at = 0; at < columns.time.length; at += vectorRows) {
        const count = Math.min(vectorRows, columns.time.length - at)
        const chunk = DuckDBDataChunk.create(types, count)
        if (kind === 'event') fillEvents(chunk, columns as EventColumns, at, count)
        else arraysOf(kind, columns).forEach((array, index) => fill(chunk, index, array.subarray(at, at + count)))
        appender.appendDataChunk(chunk)
      }
      appender.closeSync()
      const [, ...values] = names
      const list = ['make_timestamp_ms("time"::BIGINT) AS "time"', ...values.map((name) => `"${name}"`)].join(', ')
      await connection.run(`COPY (SELECT ${list} FROM rows) TO ${quoted(path)} (FORMAT parquet, COMPRESSION zstd)`)
    } catch (error) {
      throw ioProblem(error, path, 'write')
    }
  })
}

/** Rows of a Parquet file with `from ≤ time < to`, in blocks, in the order of the file. */
export async function* readParquet(
  path: string,
  kind: SeriesKind,
  from = -Infinity,
  to = Infinity,
): AsyncGenerator<Columns, void, undefined> {
  instance ??= DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GB' })
  const connection = await (await instance).connect()
  try {
    const names = columnNames(kind)
    const [, ...values] = names
    const list = ['epoch_ms("time")::DOUBLE', ...values.map((name) => `"${name}"`)].join(', ')
    const result = await connection.stream(
      `SELECT ${list} FROM read_parquet(${quoted(globEscaped(path))})${rangeClause(from, to)}`,
    )
    const gather = kind === 'event' ? new EventGatherer() : new Gatherer(kind)
    for (;;) {
      const chunk = await result.fetchChunk()
      if (!chunk || chunk.rowCount === 0) break
      const full = gather.add(chunk)
      if (full) yield full
    }
    const rest = gather.finish()
    if (rest) yield rest
  } catch (error) {
    throw ioProblem(error, path, 'read')
  } finally {
    connection.closeSync()
  }
}

/** Number of rows and their first and last time within a range. */
export async function rangeOf(
  path: string,
  from: number,
  to: number,
): Promise<{ rows: number; from: number; to: number }> {
  return withConnection(async (connection) => {
    const list = 'count(*)::DOUBLE, epoch_ms(min("time"))::DOUBLE, epoch_ms(max("time"))::DOUBLE'
    const reader = await connection.runAndReadAll(
      `SELECT ${list} FROM read_parquet(${quoted(globEscaped(path))})${rangeClause(from, to)}`,
    )
    const [rows, first, last] = (reader.getRows()[0] ?? []) as (number | null)[]
    return { rows: rows ?? 0, from: first ?? Infinity, to: last ?? -Infinity }
  })
}

function rangeClause(from: number, to: number): string {
  const parts = [
    ...(Number.isFinite(from) ? [`"time" >= make_timestamp_ms(${Math.ceil(from)})`] : []),
    ...(Number.isFinite(to) ? [`"time" < make_timestamp_ms(${Math.ceil(to)})`] : []),
  ]
  return parts.length === 0 ? '' : ` WHERE ${parts.join(' AND ')}`
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", "''")}'`
}

function globEscaped(path: string): string {
  return path.replaceAll(/[*?[]/g, (sign) => `[${sign}]`)
}

/** DuckDB's numeric vectors hold their values as a typed array, which the types keep to themselves. */
interface NumericVector {
  readonly items: Float64Array | Int8Array
  flush(): void
}

function fill(chunk: DuckDBDataChunk, column: number, values: Float64Array | Int8Array): void {
  const vector = chunk.getColumnVector(column) as unknown as NumericVector
  vector.items.set(values)
  vector.flush()
}

function fillEvents(chunk: DuckDBDataChunk, { time, events }: EventColumns, at: number, count: number): void {
  fill(chunk, 0, time.subarray(at, at + count))
  chunk.setColumnValues(1, events.slice(at, at + count).map(toJson))
}

/** Copies vectors into columns of at most `maxBlockRows`. */
class Gatherer {
  readonly #kind: SeriesKind
  #arrays: (Float64Array | Int8Array)[] = []
  #length = 0

  constructor(kind: SeriesKind) {
    this.#kind = kind
  }

  add(chunk: DuckDBDataChunk): Columns | undefined {
    const { rowCount } = chunk
    const vectors = columnNames(this.#kind).map((_, index) => chunk.getColumnVector(index) as unknown as NumericVector)
    const full = this.#length + rowCount > maxBlockRows ? this.#cut(vectors[0].items[0]) : undefined
    if (this.#arrays.length === 0) this.#arrays = this.#make()
    for (let column = 0; column < vectors.length; column++)
      this.#arrays[column].set(vectors[column].items, this.#length)
    this.#length += rowCount
    return full
  }

  finish(): Columns | undefined {
    if (this.#length === 0) return undefined
    const few = this.#length < maxBlockRows / 2
    const arrays = this.#arrays.map((array) => (few ? array.slice(0, this.#length) : array.subarray(0, this.#length)))
    this.#length = 0
    this.#arrays = []
    return columnsFrom(this.#kind, arrays)
  }

  /** What is full, without the last rows of `time` where more of them follow: they open the next block. */
  #cut(time: number): Columns | undefined {
    const start = groupStart(this.#arrays[0] as Float64Array, this.#length, time)
    // tens of thousands of rows of one time have to be parted after all
    const from = this.#length - start > maxBlockRows / 2 ? this.#length : start
    const kept = this.#arrays.map((array) => array.slice(from, this.#length))
    this.#length = from
    const full = this.finish()
    this.#arrays = this.#make()
    kept.forEach((array, column) => this.#arrays[column].set(array))
    this.#length = kept[0].length
    return full
  }

  #make(): (Float64Array | Int8Array)[] {
    const rows = maxBlockRows
    return columnNames(this.#kind).map((name) => (name === 'side' ? new Int8Array(rows) : new Float64Array(rows)))
  }
}

const maxEventRows = 4_096

class EventGatherer {
  #events: MarketEvent[] = []

  add(chunk: DuckDBDataChunk): Columns | undefined {
    const full = this.#events.length + chunk.rowCount > maxEventRows ? this.finish() : undefined
    for (const text of chunk.getColumnValues(1)) this.#events.push(parseJson(text as string) as MarketEvent)
    return full
  }

  finish(): Columns | undefined {
    const events = this.#events
    this.#events = []
    return events.length === 0 ? undefined : { time: Float64Array.from(events, ({ time }) => time), events }
  }
}
