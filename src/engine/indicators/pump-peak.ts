import type { MarketView, Parameters, ParameterSpec } from '#model/indicator.ts'
import { lookBackMs } from './against-extreme.ts'
import { baselineFromMs, baselineOf, baselineToMs, numberOf } from './parameter-specs.ts'

/** Where the peak is looked for, and the window before it whose average price is the baseline. */
export const pumpParameters: readonly ParameterSpec[] = [
  lookBackMs(600_000),
  baselineFromMs(3_600_000),
  baselineToMs(600_000),
]

export const pumpTerms =
  'H = highest price in force during lookBackMs (the newest of equals), B = time-weighted price over (baselineFromMs, baselineToMs) back from the trade that made H'

/** A rise up to here, as a fraction of the baseline, is a price at rest: averages leave such traces. */
const restingRise = 1e-9

export const pumpLookback = (parameters: Parameters): number =>
  numberOf(parameters, 'baselineFromMs') + numberOf(parameters, 'lookBackMs')

export function refusePump(parameters: Parameters): string | undefined {
  return numberOf(parameters, 'baselineFromMs') > numberOf(parameters, 'baselineToMs')
    ? undefined
    : 'baselineFromMs must be greater than baselineToMs'
}

/**
 * The highest price in force during the look-back, when it was traded, and the average price before that moment: the baseline is
 * fixed with the trade, so it does not slide into the pump while the price falls back. Holds the rows of the look-back at most.
 */
export class PumpPeak {
  readonly #market: MarketView
  readonly #windowMs: number
  readonly #far: ReturnType<MarketView['tradeEdge']>
  readonly #before: ReturnType<MarketView['twpa']>
  /** Rows in order whose prices fall: the highest is the oldest. */
  #row = new Float64Array(256)
  #price = new Float64Array(256)
  #time = new Float64Array(256)
  #baseline = new Float64Array(256)
  #mask = 255
  #head = 0
  #size = 0
  /** First row not yet taken; −1 before the first instant. */
  #next = -1
  /** The peak and when it was traded; NaN when nothing was. */
  price = Number.NaN
  time = Number.NaN
  /** NaN while the window before the peak is covered too little. */
  baseline = Number.NaN

  constructor(market: MarketView, parameters: Parameters) {
    const { fromMs, toMs } = baselineOf(parameters)
    this.#market = market
    this.#windowMs = numberOf(parameters, 'lookBackMs')
    this.#far = market.tradeEdge(this.#windowMs)
    this.#before = market.twpa(fromMs, toMs)
  }

  /** Before the first `moveTo` of a stretch. */
  ensure(): void {
    this.#far.ensure()
    this.#before.ensure()
  }

  /** Goes on to the instant, every one in order; `since` is the start of continuous data. */
  moveTo(at: number, since: number): void {
    const { timeline } = this.#market
    const end = timeline.trades[at]
    // the price in force when the window began is that of the row before it
    const first = this.#far.values[at] - (timeline.time[at] - this.#windowMs >= since ? 1 : 0)
    if (end === this.#next && this.#size > 0 && this.#row[this.#head] >= first) return
    if (this.#next < 0) this.#next = timeline.trades[at - 1]
    this.#take(end, this.#before.values[at])
    this.#evict(first)
    this.#show()
  }

  /** From the baseline to the peak; NaN while nothing rose. */
  get rise(): number {
    const rise = this.price - this.baseline
    return rise > restingRise * this.baseline ? rise : Number.NaN
  }

  snapshot(): unknown {
    const columns = this.#columns().map((column) =>
      Float64Array.from({ length: this.#size }, (_, at) => column[(this.#head + at) & this.#mask]),
    )
    return { next: this.#next, columns }
  }

  restore(state: unknown): void {
    const { next, columns } = state as { next: number; columns: Float64Array[] }
    this.#head = this.#size = 0
    for (let at = 0; at < columns[0].length; at++)
      this.#push(columns[0][at], columns[1][at], columns[2][at], columns[3][at])
    this.#next = next
    this.#show()
  }

  #take(end: number, baseline: number): void {
    const { price, time, offset } = this.#market.trades
    for (; this.#next < end; this.#next++)
      this.#push(this.#next, price[this.#next - offset], time[this.#next - offset], baseline)
  }

  #evict(first: number): void {
    while (this.#size > 0 && this.#row[this.#head] < first) {
      this.#head = (this.#head + 1) & this.#mask
      this.#size--
    }
  }

  #show(): void {
    const isEmpty = this.#size === 0
    this.price = isEmpty ? Number.NaN : this.#price[this.#head]
    this.time = isEmpty ? Number.NaN : this.#time[this.#head]
    this.baseline = isEmpty ? Number.NaN : this.#baseline[this.#head]
  }

  #push(row: number, price: number, time: number, baseline: number): void {
    while (this.#size > 0 && this.#price[(this.#head + this.#size - 1) & this.#mask] <= price) this.#size--
    if (this.#size > this.#mask) this.#grow()
    const slot = (this.#head + this.#size++) & this.#mask
    this.#row[slot] = row
    this.#price[slot] = price
    this.#time[slot] = time
    this.#baseline[slot] = baseline
  }

  #columns(): readonly Float64Array[] {
    return [this.#row, this.#price, this.#time, this.#baseline]
  }

  #grow(): void {
    const [row, price, time, baseline] = this.#columns().map((column) => {
      const longer = new Float64Array(column.length * 2)
      for (let at = 0; at < this.#size; at++) longer[at] = column[(this.#head + at) & this.#mask]
      return longer
    }) as [Float64Array<ArrayBuffer>, Float64Array<ArrayBuffer>, Float64Array<ArrayBuffer>, Float64Array<ArrayBuffer>]
    this.#row = row
    this.#price = price
    this.#time = time
    this.#baseline = baseline
    this.#mask = row.length - 1
    this.#head = 0
  }
}
