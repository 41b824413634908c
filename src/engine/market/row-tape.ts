import { extend, sentinels } from './trade-tape.ts'

/** Timed rows of plain numbers: quotes, depth measures, bars. Rows are absolute, physical index = row − offset. */
export class RowTape<Name extends string> {
  offset = 0
  start = 0
  end = 0
  seen = 0
  time = new Float64Array(256 + sentinels).fill(Infinity)
  #capacity = 256
  readonly columns: Record<Name, Float64Array>
  readonly names: readonly Name[]

  constructor(names: readonly Name[]) {
    this.names = names
    this.columns = Object.fromEntries(names.map((name) => [name, new Float64Array(256)])) as Record<Name, Float64Array>
  }

  /** Adds a row and returns its physical index; the caller fills the columns there. */
  append(time: number): number {
    if (this.end - this.offset === this.#capacity) this.#grow(1)
    const at = this.end++ - this.offset
    this.time[at] = time
    this.time.fill(Infinity, at + 1, at + 1 + sentinels)
    return at
  }

  appendColumns(time: Float64Array, columns: Record<Name, Float64Array>): void {
    if (this.end - this.offset + time.length > this.#capacity) this.#grow(time.length)
    const at = this.end - this.offset
    this.time.set(time, at)
    for (const name of this.names) this.columns[name].set(columns[name], at)
    this.end += time.length
    this.time.fill(Infinity, at + time.length, at + time.length + sentinels)
  }

  nextTime(): number {
    return this.seen < this.end ? this.time[this.seen - this.offset] : Infinity
  }

  drop(now: number, keepMs: number): void {
    const from = now - keepMs
    let row = this.start
    while (row + 1 < this.seen && this.time[row + 1 - this.offset] <= from) row++
    this.start = row
  }

  /** Keeps the newest `rows` seen rows. */
  dropTo(rows: number): void {
    this.start = Math.max(this.start, this.seen - rows)
  }

  snapshot(): unknown {
    const from = this.start - this.offset
    const to = this.seen - this.offset
    return {
      start: this.start,
      seen: this.seen,
      time: this.time.slice(from, to),
      columns: Object.fromEntries(this.names.map((name) => [name, this.columns[name].slice(from, to)])),
    }
  }

  restore(state: unknown): void {
    const saved = state as { start: number; seen: number; time: Float64Array; columns: Record<Name, Float64Array> }
    this.offset = this.start = this.seen = this.end = saved.start
    this.appendColumns(saved.time, saved.columns)
    this.seen = saved.seen
  }

  #grow(rows: number): void {
    const kept = this.end - this.start
    const shift = this.start - this.offset
    if (shift < kept || kept + rows > this.#capacity) {
      this.#capacity = Math.max(this.#capacity * 2, (kept + rows) * 2)
      this.time = extend(this.time, this.#capacity + sentinels)
      for (const name of this.names) this.columns[name] = extend(this.columns[name], this.#capacity)
    }
    this.time.copyWithin(0, shift, shift + kept + sentinels)
    for (const name of this.names) this.columns[name].copyWithin(0, shift, shift + kept)
    this.offset = this.start
  }
}

/** Rows as kernels see them: the newest arrays, wherever growing has moved them. */
export type TapeView<Name extends string> = Readonly<Pick<RowTape<Name>, 'offset' | 'start' | 'end' | 'time'>> &
  Readonly<Record<Name, Float64Array>>

export function viewOf<Name extends string>(rows: RowTape<Name>): TapeView<Name> {
  const view = {}
  for (const key of ['offset', 'start', 'end', 'time'] as const)
    Object.defineProperty(view, key, { get: () => rows[key] })
  for (const name of rows.names) Object.defineProperty(view, name, { get: () => rows.columns[name] })
  return view as TapeView<Name>
}
