import type { UnixMs } from '#model/ids.ts'
import type { BarColumns, TradeColumns } from '#model/market.ts'
import { lowerBound } from '#model/block.ts'
import { arraysOf, type Columns, concatColumns, intervalOf, type SeriesKind, sliceColumns } from './kinds.ts'

export interface Oddity {
  readonly type: 'order' | 'gap' | 'missingBars' | 'repeatedRows' | 'spike'
  readonly at: UnixMs
  readonly durationMs?: number
  readonly count?: number
  readonly message: string
}

/** Silence is judged by how much is told in this time on both sides of it. */
const neighborhoodMs = 600_000
/**
 * A silence in which this many rows were to be expected is a hole in the data. Trading comes in clumps: the real tapes of 2018–2022
 * are silent for 60 expected rows daily, their known download holes and exchange stops for 480 and more.
 */
const expectedRows = 200
const shortestGapMs = 60_000
/** A print this far from its neighbors, which agree with each other, is a spike. */
const spikeRatio = 1.3
const agreement = 1.05
/** More of one type than this in a row of blocks are only counted. */
const maxListed = 50

/** Looks at rows of one kind as they pass and notes what is odd. */
export class Inspector {
  readonly #kind: SeriesKind
  #found: Oddity[] = []
  #before: Columns | undefined

  constructor(kind: SeriesKind) {
    this.#kind = kind
  }

  /** A new recording begins: what lies between it and the one before is no gap. */
  restart(): void {
    this.#before = undefined
  }

  add(columns: Columns): void {
    // the last rows of the block before stay in sight: gaps and spikes may lie on the edge
    const kept = this.#before ? tail(this.#kind, this.#before) : undefined
    const seen = kept?.time.length ?? 0
    const rows = kept ? concatColumns(this.#kind, [kept, columns]) : columns
    this.#order(rows, Math.max(1, seen))
    const intervalMs = intervalOf(this.#kind)
    if (intervalMs === undefined) this.#gaps(rows, Math.max(1, seen))
    else this.#missingBars(rows.time, intervalMs, Math.max(1, seen))
    if (this.#kind === 'trade') this.#spikes((rows as TradeColumns).price, rows.time, Math.max(1, seen - 1))
    if (intervalMs !== undefined) this.#spikes((rows as BarColumns).close, rows.time, Math.max(1, seen - 1))
    if (this.#kind === 'trade' || this.#kind === 'quote') this.#repeats(rows, Math.max(1, seen))
    this.#before = columns
  }

  take(): readonly Oddity[] {
    const found = this.#found
    this.#found = []
    return found
  }

  #order({ time }: Columns, from: number): void {
    const step = intervalOf(this.#kind) ?? 0
    for (let row = from; row < time.length; row++) {
      if (time[row] >= time[row - 1] + step) continue
      this.#note({ type: 'order', at: time[row], message: `${iso(time[row])} comes after ${iso(time[row - 1])}` })
    }
  }

  #gaps({ time }: Columns, from: number): void {
    for (let row = from; row < time.length; row++) {
      const silence = time[row] - time[row - 1]
      if (silence < shortestGapMs) continue
      const before = row - lowerBound(time, time[row - 1] - neighborhoodMs)
      const after = lowerBound(time, time[row] + neighborhoodMs) - row
      const expected = (Math.min(before, after) / neighborhoodMs) * silence
      if (expected < expectedRows) continue
      const says = `nothing for ${Math.round(silence / 1000)} s after ${iso(time[row - 1])}, where about ${Math.round(expected)} rows were to be expected`
      this.#note({ type: 'gap', at: time[row - 1], durationMs: silence, count: Math.round(expected), message: says })
    }
  }

  #missingBars(time: Float64Array, intervalMs: number, from: number): void {
    for (let row = from; row < time.length; row++) {
      const missing = Math.round((time[row] - time[row - 1]) / intervalMs) - 1
      if (missing <= 0) continue
      this.#note({
        type: 'missingBars',
        at: time[row - 1],
        durationMs: missing * intervalMs,
        count: missing,
        message: `${missing} bars missing after ${iso(time[row - 1])}`,
      })
    }
  }

  #spikes(price: Float64Array, time: Float64Array, from: number): void {
    for (let row = from; row < price.length - 1; row++) {
      const before = price[row - 1]
      const after = price[row + 1]
      if (
        ratio(price[row], before) < spikeRatio ||
        ratio(price[row], after) < spikeRatio ||
        ratio(before, after) > agreement
      )
        continue
      this.#note({
        type: 'spike',
        at: time[row],
        message: `${price[row]} at ${iso(time[row])} stands between ${before} and ${after}`,
      })
    }
  }

  #repeats(rows: Columns, from: number): void {
    const arrays = arraysOf(this.#kind, rows)
    let count = 0
    for (let row = from; row < rows.time.length; row++)
      if (arrays.every((array) => array[row] === array[row - 1])) count++
    if (count > 0)
      this.#note({
        type: 'repeatedRows',
        at: rows.time[from],
        count,
        message: `${count} rows equal to the row before them; they may be genuine`,
      })
  }

  #note(oddity: Oddity): void {
    if (this.#found.filter(({ type }) => type === oddity.type).length < maxListed) this.#found.push(oddity)
  }
}

function tail(kind: SeriesKind, columns: Columns): Columns {
  const { time } = columns
  const length = time.length
  return sliceColumns(
    kind,
    columns,
    Math.max(0, Math.min(length - 2, lowerBound(time, time[length - 1] - neighborhoodMs))),
    length,
  )
}

function ratio(a: number, b: number): number {
  return a > b ? a / b : b / a
}

function iso(time: UnixMs): string {
  return new Date(time).toISOString()
}
