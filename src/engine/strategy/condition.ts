import type { NearMiss, VerdictRecord } from '#model/events.ts'
import { pendingReasons, type StrategyView } from '#model/indicator.ts'
import type { Condition, Operator } from '#model/strategy.ts'

/** Kleene's three values, ordered so that all = min, any = max and not = 2 − x. */
export const unmet = 0
export const undecided = 1
export const met = 2
const verdictNames = ['unmet', 'pending', 'met'] as const

/** A reading's column as conditions need it; `engine/indicators` provides it. */
export interface ReadingColumn {
  readonly kind: 'column' | 'state'
  /** In this stretch it must be read one instant at a time. */
  readonly single: boolean
  readonly values: Float64Array
  readonly reasons: Uint8Array
  readonly definition: { readonly id: string; readonly range: readonly [number, number] }
  ensure(stretch: number): void
  read(at: number, view: StrategyView): void
}

/** Thresholds the "would have" ladder tries: 5 % of the threshold apart, ten steps down. */
const rungs = 10
const rungShare = 0.05

/** One condition over a stretch of instants: its verdict column, and how close it came. */
export class ConditionColumn {
  readonly condition: Condition
  readonly verdicts: Uint8Array
  readonly reading: ReadingColumn
  readonly other: ReadingColumn | undefined
  readonly #time: Float64Array
  readonly #low: number
  readonly #high: number
  readonly #list: readonly number[]
  readonly #forMs: number
  readonly #rungStep: number
  readonly #strict: boolean
  /** Since when it was true, per instant; only where it must hold. */
  readonly #heldSince: Float64Array
  /** Since when it is true; NaN while it is not. */
  #since = Number.NaN
  /** Continuous data starts anew: nothing is known of the instant before. */
  #severed = false
  /** Values at the instant before, for crossings of readings that are taken one instant at a time. */
  #previous = Number.NaN
  #previousOther = Number.NaN
  // how close it came
  #bestMargin = -Infinity
  #bestValue = Number.NaN
  #bestAt = Number.NaN
  #askedMs = 0
  #metMs = 0
  #pendingMs = 0
  #blockedMs = 0
  #blockedAt = Number.NaN
  #lastVerdict = undecided
  #rung = rungs + 1
  #rungInstant = -2
  readonly #wouldHave = new Float64Array(rungs + 1)

  constructor(condition: Condition, time: Float64Array, reading: ReadingColumn, other: ReadingColumn | undefined) {
    const { value } = condition
    this.condition = condition
    this.reading = reading
    this.other = other
    this.#time = time
    this.verdicts = new Uint8Array(time.length)
    this.#list = Array.isArray(value) ? value : []
    this.#low = typeof value === 'number' ? value : (this.#list[0] ?? Number.NaN)
    this.#high = this.#list[1] ?? this.#low
    this.#forMs = condition.forMs ?? 0
    this.#rungStep = rungStepOf(condition, reading.definition.range)
    this.#strict = condition.is === 'gt' || condition.is === 'lt'
    this.#heldSince = new Float64Array(this.#forMs > 0 ? time.length : 0)
  }

  ensure(stretch: number): void {
    this.reading.ensure(stretch)
    this.other?.ensure(stretch)
  }

  /** One of its readings must be read one instant at a time. */
  get single(): boolean {
    return this.reading.single || (this.other?.single ?? false)
  }

  /** Reads what is single at the instants `[from, to)`; columns are there already. */
  read(from: number, to: number, view: StrategyView): void {
    for (let at = from; at < to; at++) {
      if (this.reading.single) this.reading.read(at, view)
      if (this.other?.single === true) this.other.read(at, view)
    }
  }

  /** Forgets what it held and what it crossed: the group begins to be asked anew. */
  reset(): void {
    this.#since = Number.NaN
    this.#previous = Number.NaN
    this.#previousOther = Number.NaN
    this.interrupt()
  }

  /** The next instant booked does not follow on the last one; what it held and crossed stays known. */
  interrupt(): void {
    this.#lastVerdict = undecided
    this.#rungInstant = -2
  }

  /** Forgets everything about the instants before: there is a gap in the data. */
  restart(): void {
    this.reset()
    this.#severed = true
  }

  /** Fills `verdicts[from…to)`. */
  judge(from: number, to: number): void {
    const { values } = this.reading
    const { verdicts } = this
    const low = this.#low
    const operator = this.condition.is
    if (this.other) this.#judgeAgainst(this.other.values, from, to)
    else if (operator === 'gte') {
      for (let at = from; at < to; at++) {
        const value = values[at]
        verdicts[at] = Number(value >= low) * met + Number(value !== value)
      }
    } else if (operator === 'lte') {
      for (let at = from; at < to; at++) {
        const value = values[at]
        verdicts[at] = Number(value <= low) * met + Number(value !== value)
      }
    } else {
      for (let at = from; at < to; at++) {
        verdicts[at] = compare(operator, values[at], this.#before(values, at, from), low, low, this.#high, this.#list)
      }
      this.#previous = values[to - 1]
    }
    if (this.#forMs > 0) this.#hold(from, to)
    this.#severed = false
  }

  /**
   * Books the instants `[from, to)` into the near-miss account. Time counts for the verdict that held since the instant before;
   * `first` = the group was not asked at `from − 1`.
   */
  account(from: number, to: number, first: boolean): void {
    const { values } = this.reading
    const { verdicts } = this
    const time = this.#time
    const start = time[first ? from : from - 1]
    let last = this.#lastVerdict
    let since = start
    for (let at = from; at < to; at++) {
      if (verdicts[at] === last) continue
      this.#bookTime(last, time[at] - since)
      since = time[at]
      last = verdicts[at]
    }
    const end = time[to - 1]
    this.#bookTime(last, end - since)
    this.#lastVerdict = last
    this.#askedMs += end - start
    const operator = this.condition.is
    if ((operator === 'gte' || operator === 'gt') && !this.other) {
      let best = this.#bestMargin > -Infinity ? this.#bestValue : -Infinity
      let bestAt = -1
      for (let at = from; at < to; at++) {
        if (values[at] > best) {
          best = values[at]
          bestAt = at
        }
      }
      if (bestAt >= 0) this.#best(best - this.#low, bestAt)
    } else {
      for (let at = from; at < to; at++) {
        const margin = this.margin(at)
        if (margin > this.#bestMargin) this.#best(margin, at)
      }
    }
  }

  /** Books one instant at which this condition alone stood in the way, or at which all were met. */
  blockedAlone(at: number, heldMs: number, instant: number): void {
    if (this.verdicts[at] !== met) {
      this.#blockedMs += heldMs
      this.#blockedAt = this.#time[at]
    }
    if (this.#rungStep !== this.#rungStep) return
    const margin = this.margin(at)
    if (margin !== margin) return
    const short = -margin / this.#rungStep
    const rung = Math.max(0, this.#strict ? Math.floor(short) + 1 : Math.ceil(short))
    const before = this.#rungInstant === instant - 1 ? this.#rung : rungs + 1
    for (let step = rung; step < before && step <= rungs; step++) this.#wouldHave[step] = this.#wouldHave[step] + 1
    this.#rung = rung
    this.#rungInstant = instant
  }

  /** How far past the threshold at an instant: ≥ 0 met, NaN while pending or for conditions without a distance. */
  margin(at: number): number {
    const value = this.reading.values[at]
    const threshold = this.other ? this.other.values[at] : this.#low
    switch (this.condition.is) {
      case 'gte':
      case 'gt':
      case 'crossesAbove':
        return value - threshold
      case 'lte':
      case 'lt':
      case 'crossesBelow':
        return threshold - value
      case 'between':
        return Math.min(value - this.#low, this.#high - value)
      case 'eq':
        return -Math.abs(value - threshold)
      case 'in':
        return -this.#list.reduce((nearest, item) => Math.min(nearest, Math.abs(value - item)), Infinity)
    }
  }

  verdict(at: number, group: VerdictRecord['group']): VerdictRecord {
    const value = this.reading.values[at]
    const margin = this.margin(at)
    const ready = value === value
    const pendingAt = ready ? this.other : this.reading
    const isPending = !ready || (this.other !== undefined && Number.isNaN(this.other.values[at]))
    const since = this.#heldSince[at]
    return {
      group,
      reading: this.condition.reading,
      indicator: this.reading.definition.id,
      operator: this.condition.is,
      threshold: this.#threshold(at),
      value: ready ? value : null,
      verdict: verdictNames[this.verdicts[at] as 0 | 1 | 2],
      margin: Number.isFinite(margin) ? margin : null,
      ...(isPending ? { pendingReason: pendingReasons[pendingAt?.reasons[at] ?? 0] ?? 'undefined' } : {}),
      ...(this.#forMs > 0 ? { forMs: this.#forMs, heldMs: since === since ? this.#time[at] - since : 0 } : {}),
    }
  }

  nearMiss(): Omit<NearMiss, 'instanceId' | 'instrumentId' | 'strategy' | 'group'> {
    const seen = this.#bestMargin > -Infinity
    const share = (ms: number): number => (this.#askedMs > 0 ? ms / this.#askedMs : 0)
    const sign = this.condition.is === 'lte' || this.condition.is === 'lt' ? 1 : -1
    return {
      reading: this.condition.reading,
      indicator: this.reading.definition.id,
      operator: this.condition.is,
      ...this.#goal(),
      bestMargin: seen ? this.#bestMargin : null,
      bestValue: seen ? this.#bestValue : null,
      bestAt: seen ? this.#bestAt : null,
      askedMs: this.#askedMs,
      metShare: share(this.#metMs),
      pendingShare: share(this.#pendingMs),
      blockedAloneMs: this.#blockedMs,
      blockedAloneAt: this.#blockedAt === this.#blockedAt ? this.#blockedAt : null,
      wouldHave: Number.isNaN(this.#rungStep)
        ? []
        : Array.from(this.#wouldHave, (times, step) => ({
            threshold: round(this.#low + sign * step * this.#rungStep),
            times,
          })).filter(({ times }) => times > 0),
    }
  }

  /** How close it came is booked anew from here. */
  forgetNearMiss(): void {
    this.#bestMargin = -Infinity
    this.#bestValue = this.#bestAt = this.#blockedAt = Number.NaN
    this.#askedMs = this.#metMs = this.#pendingMs = this.#blockedMs = 0
    this.#wouldHave.fill(0)
  }

  snapshot(): unknown {
    return [
      this.#since,
      this.#previous,
      this.#previousOther,
      this.#bestMargin,
      this.#bestValue,
      this.#bestAt,
      this.#askedMs,
      this.#metMs,
      this.#pendingMs,
      this.#blockedMs,
      this.#blockedAt,
      this.#lastVerdict,
      this.#rung,
      this.#rungInstant,
      Number(this.#severed),
      ...this.#wouldHave,
    ]
  }

  restore(state: unknown): void {
    const saved = [...(state as number[])]
    const next = (): number => saved.shift() as number
    this.#since = next()
    this.#previous = next()
    this.#previousOther = next()
    this.#bestMargin = next()
    this.#bestValue = next()
    this.#bestAt = next()
    this.#askedMs = next()
    this.#metMs = next()
    this.#pendingMs = next()
    this.#blockedMs = next()
    this.#blockedAt = next()
    this.#lastVerdict = next()
    this.#rung = next()
    this.#rungInstant = next()
    this.#severed = next() === 1
    this.#wouldHave.set(saved)
  }

  #judgeAgainst(others: Float64Array, from: number, to: number): void {
    const { values } = this.reading
    for (let at = from; at < to; at++) {
      const before = this.#before(values, at, from)
      const fromColumn = at > from || this.other?.kind === 'column'
      const otherBefore = fromColumn ? others[at - 1] : this.#previousOther
      this.verdicts[at] = compare(
        this.condition.is,
        values[at],
        before,
        otherBefore,
        others[at],
        others[at],
        this.#list,
      )
    }
    this.#previous = values[to - 1]
    this.#previousOther = others[to - 1]
  }

  #before(values: Float64Array, at: number, from: number): number {
    if (at > from) return values[at - 1]
    if (this.#severed) return Number.NaN
    return this.reading.kind === 'column' ? values[at - 1] : this.#previous
  }

  #bookTime(verdict: number, ms: number): void {
    if (verdict === met) this.#metMs += ms
    else if (verdict === undecided) this.#pendingMs += ms
  }

  /** A met condition counts only once it has been so for `forMs`. */
  #hold(from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const now = this.#time[at]
      if (this.verdicts[at] !== met) this.#since = Number.NaN
      else if (this.#since !== this.#since) this.#since = now
      if (now - this.#since < this.#forMs) this.verdicts[at] = unmet
      this.#heldSince[at] = this.#since
    }
  }

  #best(margin: number, at: number): void {
    this.#bestMargin = margin
    this.#bestValue = this.reading.values[at]
    this.#bestAt = this.#time[at]
  }

  /** What it is compared with over the whole run. */
  #goal(): Pick<NearMiss, 'threshold' | 'against'> {
    const { value } = this.condition
    if (typeof value === 'object' && 'reading' in value) return { threshold: null, against: value.reading }
    return { threshold: this.#list.length > 0 ? this.#list : this.#low }
  }

  #threshold(at: number): number | readonly number[] {
    if (this.other) return this.other.values[at]
    return this.#list.length > 0 ? this.#list : this.#low
  }
}

/** `before` and `low` are the values one instant earlier, for crossings; NaN anywhere it matters = undecided. */
function compare(
  operator: Operator,
  value: number,
  before: number,
  lowBefore: number,
  low: number,
  high: number,
  list: readonly number[],
): number {
  if (value !== value || low !== low) return undecided
  switch (operator) {
    case 'gte':
      return value >= low ? met : unmet
    case 'lte':
      return value <= low ? met : unmet
    case 'gt':
      return value > low ? met : unmet
    case 'lt':
      return value < low ? met : unmet
    case 'eq':
      return value === low ? met : unmet
    case 'between':
      return value >= low && value <= high ? met : unmet
    case 'in':
      return list.includes(value) ? met : unmet
    case 'crossesAbove':
      return before !== before || lowBefore !== lowBefore ? undecided : before <= lowBefore && value > low ? met : unmet
    case 'crossesBelow':
      return before !== before || lowBefore !== lowBefore ? undecided : before >= lowBefore && value < low ? met : unmet
  }
}

function rungStepOf(condition: Condition, range: readonly [number, number]): number {
  if (typeof condition.value !== 'number' || !['gte', 'gt', 'lte', 'lt'].includes(condition.is)) return Number.NaN
  // how long a lower threshold would have held, nobody knows
  if ((condition.forMs ?? 0) > 0) return Number.NaN
  if (condition.value !== 0) return Math.abs(condition.value) * rungShare
  const width = range[1] - range[0]
  return Number.isFinite(width) ? width * 0.01 : Number.NaN
}

const round = (value: number): number => Number(value.toPrecision(12))
