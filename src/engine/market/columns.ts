import type { Column, RowColumn, Timeline } from '#model/indicator.ts'
import { minCoverage } from '#model/indicator.ts'
import type { TradeTapeBuffer } from './trade-tape.ts'

/** What columns share: the current stretch, counted so that each computes once per stretch. */
export interface Stretch {
  readonly timeline: Timeline
  number: number
}

/** Computes at most once per stretch; index 0 is filled too, from the rows still kept. */
abstract class LazyColumn {
  protected readonly stretch: Stretch
  #computed = -1

  constructor(stretch: Stretch) {
    this.stretch = stretch
  }

  ensure(): void {
    if (this.#computed === this.stretch.number) return
    this.#computed = this.stretch.number
    this.compute()
  }

  protected abstract compute(): void
}

interface TimedRows {
  readonly offset: number
  readonly start: number
  readonly time: Float64Array
}

/** First row later than `instant − offsetMs`, as an absolute row number. */
export class EdgeColumn extends LazyColumn implements RowColumn {
  readonly values: Int32Array
  readonly #tape: TimedRows
  readonly #offsetMs: number
  readonly #floor: () => number
  #cursor = 0

  constructor(stretch: Stretch, tape: TimedRows, offsetMs: number, floor: () => number) {
    super(stretch)
    this.values = new Int32Array(stretch.timeline.time.length)
    this.#tape = tape
    this.#offsetMs = offsetMs
    this.#floor = floor
  }

  protected compute(): void {
    const { timeline } = this.stretch
    const tape = this.#tape
    const { time: rowTime, offset } = tape
    const instants = timeline.time
    const { values } = this
    const offsetMs = this.#offsetMs
    // rows not seen yet, and the sentinels behind them, are later than any edge; comparisons instead of branches, because they cannot be predicted
    let row = Math.min(Math.max(this.#cursor, this.#floor(), tape.start), this.seenEnd(timeline)) - offset
    for (let at = 0; at < timeline.length; at++) {
      const edge = instants[at] - offsetMs
      const steps = Number(rowTime[row] <= edge) + Number(rowTime[row + 1] <= edge) + Number(rowTime[row + 2] <= edge)
      row += steps
      if (steps === 3) while (rowTime[row] <= edge) row++
      values[at] = row + offset
    }
    this.#cursor = row + offset
  }

  protected seenEnd(timeline: Timeline): number {
    return timeline.trades[timeline.length - 1]
  }
}

export class QuoteEdgeColumn extends EdgeColumn {
  protected override seenEnd(timeline: Timeline): number {
    return timeline.quotes[timeline.length - 1]
  }
}

export class BookEdgeColumn extends EdgeColumn {
  protected override seenEnd(timeline: Timeline): number {
    return timeline.books[timeline.length - 1]
  }
}

/** The timeline's own row counts as a column. */
export class SeenColumn implements RowColumn {
  readonly values: Int32Array

  constructor(values: Int32Array) {
    this.values = values
  }

  ensure(): void {}
}

/** ∫ (price − origin) dt up to `instant − offsetMs`; NaN before the first covered trade. */
export class IntegralColumn extends LazyColumn implements Column {
  readonly values: Float64Array
  readonly #tape: TradeTapeBuffer
  readonly #edge: RowColumn
  readonly #offsetMs: number

  constructor(stretch: Stretch, tape: TradeTapeBuffer, edge: RowColumn, offsetMs: number) {
    super(stretch)
    this.values = new Float64Array(stretch.timeline.time.length).fill(Number.NaN)
    this.#tape = tape
    this.#edge = edge
    this.#offsetMs = offsetMs
  }

  protected compute(): void {
    this.#edge.ensure()
    const { time, price, integral, offset, origin, coveredRow } = this.#tape
    const { timeline } = this.stretch
    const rows = this.#edge.values
    const instants = timeline.time
    const { values } = this
    const first = coveredRow - offset
    for (let at = 0; at < timeline.length; at++) {
      const row = rows[at] - 1 - offset
      values[at] =
        row < first ? Number.NaN : integral[row] + (price[row] - origin) * (instants[at] - this.#offsetMs - time[row])
    }
  }
}

/** Time-weighted price over `(fromMs, toMs)` back; NaN while covered by less than `minCoverage`. */
export class TwpaColumn extends LazyColumn implements Column {
  readonly values: Float64Array
  readonly #tape: TradeTapeBuffer
  readonly #near: Column
  readonly #far: Column
  readonly #fromMs: number
  readonly #toMs: number

  constructor(stretch: Stretch, tape: TradeTapeBuffer, near: Column, far: Column, fromMs: number, toMs: number) {
    super(stretch)
    this.values = new Float64Array(stretch.timeline.time.length).fill(Number.NaN)
    this.#tape = tape
    this.#near = near
    this.#far = far
    this.#fromMs = fromMs
    this.#toMs = toMs
  }

  protected compute(): void {
    this.#near.ensure()
    this.#far.ensure()
    const { origin, coveredRow, offset, integral, time } = this.#tape
    const near = this.#near.values
    const far = this.#far.values
    const instants = this.stretch.timeline.time
    const { values } = this
    const length = this.#fromMs - this.#toMs
    const first = coveredRow - offset
    const covered = first >= 0 ? time[first] : Number.NaN
    for (let at = 0; at < this.stretch.timeline.length; at++) {
      const from = far[at]
      if (from === from) {
        values[at] = origin + (near[at] - from) / length
        continue
      }
      const known = instants[at] - this.#toMs - covered
      values[at] =
        known >= length * minCoverage && known > 0 ? origin + (near[at] - integral[first]) / known : Number.NaN
    }
  }
}
