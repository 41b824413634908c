/** Columns of equal length, ascending by `time`; every array in it is a column, everything else must stay the same. */
export interface Columns {
  readonly time: Float64Array
}

/** A run of rows of one tape. `length` may grow up to the columns' capacity when the tape owns them. */
export interface Chunk<C extends Columns> {
  /** Absolute number of its first row. */
  readonly first: number
  length: number
  readonly columns: C
  readonly owned: boolean
}

type Column = Float64Array | Int8Array | unknown[]

/** Blocks of fewer rows are copied together; larger ones are kept by reference. */
const smallRows = 64
const ownedRows = 1024

/** Recorded rows of one kind in chunks; a row keeps its absolute number when older chunks are dropped. */
export class Tape<C extends Columns> {
  chunks: Chunk<C>[] = []
  /** One past the last absolute row. */
  end = 0

  /** First absolute row still kept. */
  get start(): number {
    return this.chunks[0]?.first ?? this.end
  }

  /** Time of the last row loaded; −Infinity when empty. */
  get lastTime(): number {
    const chunk = this.chunks.at(-1)
    return chunk === undefined ? -Infinity : chunk.columns.time[chunk.length - 1]
  }

  append(columns: C): void {
    const rows = columns.time.length
    if (rows === 0) return
    if (rows >= smallRows) this.chunks.push({ first: this.end, length: rows, columns, owned: false })
    else copyRows(columns, this.#tail(columns, rows), rows)
    this.end += rows
  }

  /** Chunk holding `row`; the newest one when the row is not loaded yet, undefined when nothing is. */
  chunkOf(row: number): Chunk<C> | undefined {
    const { chunks } = this
    let low = 0
    let high = chunks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (chunks[middle].first <= row) low = middle
      else high = middle - 1
    }
    return chunks[low]
  }

  /** First kept row with `time ≥ time`; `end` when there is none. */
  lowerBound(time: number): number {
    const { chunks } = this
    let low = 0
    let high = chunks.length
    while (low < high) {
      const middle = (low + high) >> 1
      const chunk = chunks[middle]
      if (chunk.columns.time[chunk.length - 1] < time) low = middle + 1
      else high = middle
    }
    const chunk: Chunk<C> | undefined = chunks[low]
    return chunk === undefined ? this.end : chunk.first + firstAtOrAfter(chunk, time)
  }

  /** First row that `dropBefore(time)` keeps. */
  keptFrom(time: number): number {
    return this.chunks[this.#droppable(time)]?.first ?? this.end
  }

  /** Drops chunks while the next one still reaches back to `time`; the newest always stays. */
  dropBefore(time: number): void {
    const drop = this.#droppable(time)
    if (drop > 0) this.chunks.splice(0, drop)
  }

  #droppable(time: number): number {
    let drop = 0
    while (drop + 1 < this.chunks.length && this.chunks[drop + 1].columns.time[0] <= time) drop++
    return drop
  }

  /** Own chunk with room for `rows` more of the same shape. */
  #tail(like: C, rows: number): Chunk<C> {
    const last = this.chunks.at(-1)
    if (last?.owned && last.length + rows <= last.columns.time.length && sameShape(last.columns, like)) return last
    const chunk = { first: this.end, length: 0, columns: allocate(like), owned: true }
    this.chunks.push(chunk)
    return chunk
  }
}

/** A place in a tape that moves forward row by row; stays valid while chunks are added and dropped behind it. */
export class Cursor<C extends Columns> {
  readonly tape: Tape<C>
  row: number
  #chunk: Chunk<C> | undefined

  constructor(tape: Tape<C>, row = tape.start) {
    this.tape = tape
    this.row = row
  }

  /** Chunk of the next row, or undefined when none is loaded. */
  chunk(): Chunk<C> | undefined {
    const { row } = this
    const chunk = this.#chunk
    if (chunk !== undefined && row >= chunk.first && row < chunk.first + chunk.length) return chunk
    if (row >= this.tape.end) return undefined
    if (row < this.tape.start) this.row = this.tape.start
    this.#chunk = this.tape.chunkOf(this.row)
    return this.#chunk
  }

  /** Time of the next row; Infinity when none is loaded. */
  time(): number {
    const chunk = this.chunk()
    return chunk === undefined ? Infinity : chunk.columns.time[this.row - chunk.first]
  }
}

function firstAtOrAfter<C extends Columns>(chunk: Chunk<C>, time: number): number {
  const times = chunk.columns.time
  let low = 0
  let high = chunk.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle] < time) low = middle + 1
    else high = middle
  }
  return low
}

function isColumn(value: unknown): value is Column {
  return ArrayBuffer.isView(value) || Array.isArray(value)
}

function allocate<C extends Columns>(like: C): C {
  const empty = (value: unknown): unknown => {
    if (value instanceof Float64Array) return new Float64Array(ownedRows)
    if (value instanceof Int8Array) return new Int8Array(ownedRows)
    return Array.isArray(value) ? [] : value
  }
  return Object.fromEntries(Object.entries(like).map(([name, value]) => [name, empty(value)])) as unknown as C
}

function sameShape<C extends Columns>(a: C, b: C): boolean {
  const other = b as unknown as Record<string, unknown>
  return Object.entries(a).every(([name, value]) => isColumn(value) || value === other[name])
}

function copyRows<C extends Columns>(from: C, to: Chunk<C>, rows: number): void {
  const source = from as unknown as Record<string, Column>
  for (const [name, column] of Object.entries(to.columns) as [string, Column][]) {
    if (!isColumn(column)) continue
    const values = source[name]
    for (let index = 0; index < rows; index++) column[to.length + index] = values[index]
  }
  to.length += rows
}
