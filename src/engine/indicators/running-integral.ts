import { minCoverage } from '#model/indicator.ts'

/** Value of the row at a physical index of the tape; NaN = undefined while the row holds. */
export type Measure<Tape> = (tape: Tape, at: number) => number

type Column = Float64Array<ArrayBuffer>
type Columns = [Column, Column, Column, Column, Column]

interface TimedRows {
  readonly offset: number
  readonly start: number
  readonly time: Float64Array
}

/**
 * ∫ value dt over a tape's rows, each holding until the next, together with the time during which it was defined. Sums
 * carry their rounding error along, so that window differences do not depend on where the sum began or how long it grew.
 */
export class RunningIntegral<Tape extends TimedRows> {
  readonly #tape: Tape
  readonly #measure: Measure<Tape>
  /** Row the integral starts from, and its time (NaN before it was seen). */
  firstRow: number
  firstTime = Number.NaN
  #oldest: number
  #next: number
  #mask = 255
  #time = new Float64Array(256)
  #value = new Float64Array(256)
  #area = new Float64Array(256)
  #error = new Float64Array(256)
  #known = new Float64Array(256)

  constructor(tape: Tape, measure: Measure<Tape>) {
    this.#tape = tape
    this.#measure = measure
    this.firstRow = this.#oldest = this.#next = tape.start
  }

  /** Takes the rows up to `end`, exclusive; rows before `oldest` may be forgotten. */
  extend(oldest: number, end: number): void {
    this.#oldest = Math.max(this.#oldest, Math.min(oldest, this.#next))
    if (end - this.#oldest > this.#mask) this.#grow(end - this.#oldest + 1)
    const { offset, time: times } = this.#tape
    const mask = this.#mask
    for (let row = this.#next; row < end; row++) {
      const slot = row & mask
      const time = times[row - offset]
      if (row === this.firstRow) {
        this.firstTime = time
        this.#area[slot] = this.#error[slot] = this.#known[slot] = 0
      } else this.#step((row - 1) & mask, slot, time)
      this.#time[slot] = time
      this.#value[slot] = this.#measure(this.#tape, row - offset)
    }
    if (end > this.#next) this.#next = end
  }

  /** Means over `(fromMs, toMs)` back from each instant; NaN where less than `minCoverage` of the window is known. */
  means(
    from: number,
    to: number,
    instants: Float64Array,
    farEnds: Int32Array,
    fromMs: number,
    nearEnds: Int32Array,
    toMs: number,
    into: Float64Array,
  ): void {
    const mask = this.#mask
    const times = this.#time
    const values = this.#value
    const areas = this.#area
    const errors = this.#error
    const knowns = this.#known
    const needed = (fromMs - toMs) * minCoverage
    for (let at = from; at < to; at++) {
      const near = nearEnds[at] - 1
      if (near < this.firstRow) {
        into[at] = Number.NaN
        continue
      }
      const end = near & mask
      const value = values[end]
      const held = value === value ? instants[at] - toMs - times[end] : 0
      let known = knowns[end] + held
      let area = areas[end]
      let rest = errors[end] + (held > 0 ? value * held : 0)
      const far = farEnds[at] - 1
      if (far >= this.firstRow) {
        const begin = far & mask
        const before = values[begin]
        const skipped = before === before ? instants[at] - fromMs - times[begin] : 0
        known -= knowns[begin] + skipped
        area -= areas[begin]
        rest -= errors[begin] + (skipped > 0 ? before * skipped : 0)
      }
      into[at] = known >= needed && known > 0 ? (area + rest) / known : Number.NaN
    }
  }

  snapshot(): unknown {
    const columns = this.#columns().map((column) => {
      const rows = new Float64Array(this.#next - this.#oldest)
      for (let row = this.#oldest; row < this.#next; row++) rows[row - this.#oldest] = column[row & this.#mask]
      return rows
    })
    return { firstRow: this.firstRow, firstTime: this.firstTime, oldest: this.#oldest, next: this.#next, columns }
  }

  restore(state: unknown): void {
    const saved = state as {
      firstRow: number
      firstTime: number
      oldest: number
      next: number
      columns: Float64Array[]
    }
    this.firstRow = saved.firstRow
    this.firstTime = saved.firstTime
    this.#oldest = this.#next = saved.oldest
    this.#grow(saved.next - saved.oldest + 1)
    this.#next = saved.next
    this.#columns().forEach((column, index) => {
      for (let row = saved.oldest; row < saved.next; row++)
        column[row & this.#mask] = saved.columns[index][row - saved.oldest]!
    })
  }

  #columns(): Columns {
    return [this.#time, this.#value, this.#area, this.#error, this.#known]
  }

  /** Adds what the row in slot `before` held until `time`, keeping what the sum rounds away. */
  #step(before: number, slot: number, time: number): void {
    const value = this.#value[before]
    const held = value === value ? time - this.#time[before] : 0
    const added = held > 0 ? value * held : 0
    const sum = this.#area[before] + added
    const part = sum - this.#area[before]
    this.#error[slot] = this.#error[before] + (this.#area[before] - (sum - part)) + (added - part)
    this.#area[slot] = sum
    this.#known[slot] = this.#known[before] + held
  }

  #grow(rows: number): void {
    let capacity = this.#mask + 1
    while (capacity < rows) capacity *= 2
    if (capacity === this.#mask + 1) return
    const mask = capacity - 1
    const moved = this.#columns().map((column) => {
      const longer = new Float64Array(capacity)
      for (let row = this.#oldest; row < this.#next; row++) longer[row & mask] = column[row & this.#mask]
      return longer
    }) as Columns
    ;[this.#time, this.#value, this.#area, this.#error, this.#known] = moved
    this.#mask = mask
  }
}
