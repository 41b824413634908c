import {
  type ColumnKernel,
  type IndicatorDefinition,
  type IndicatorKernel,
  type MarketView,
  type Parameters,
  pending,
  type StateKernel,
  type StrategyView,
} from '#model/indicator.ts'

/** A kernel that failed at `failuresBeforeOff` instants in a row is left alone for this much event time. */
const switchedOffMs = 60_000
const failuresBeforeOff = 3

export interface SlotFailure {
  readonly indicator: string
  readonly message: string
  readonly switchedOffUntil: number | null
}

/** Stands where a kernel with memory has not written yet; no measure comes to it. */
const unwritten = -1.234567890123e-300

/**
 * One parameterized indicator on one instrument: the column its readings stand in, resolved once, read by index.
 * Kernels without memory are computed only in stretches in which somebody asks. A kernel that fails costs the instants at which
 * it was asked and failed, in a stretch of two thousand as in one of one.
 */
export class ReadingSlot {
  readonly definition: IndicatorDefinition
  readonly parameters: Parameters
  readonly values: Float64Array
  readonly reasons: Uint8Array
  readonly kind: IndicatorKernel['kind']
  /** Has memory of its own, so every stretch must be filled in order. */
  readonly stateful: boolean
  /** Must be read one instant at a time: it depends on the strategy's state, or its kernel failed in this stretch. */
  single: boolean
  readonly #market: MarketView
  #kernel: IndicatorKernel
  #filled = -1
  #lastLength = 1
  #failures = 0
  #offUntil = -Infinity
  /** Instants of this stretch read one at a time: 1 for the sake of the next, 2 because somebody asked. */
  readonly #read: Uint8Array
  /** Of this stretch, with the instant, not yet taken. */
  #failed: { readonly at: number; readonly failure: SlotFailure }[] = []

  constructor(definition: IndicatorDefinition, parameters: Parameters, market: MarketView) {
    this.definition = definition
    this.parameters = parameters
    this.#market = market
    this.#kernel = definition.create(market, parameters)
    this.kind = this.#kernel.kind
    this.stateful = this.#kernel.kind === 'column' && this.#kernel.snapshot !== undefined
    this.single = this.kind === 'state'
    const capacity = market.timeline.time.length
    this.values = new Float64Array(capacity).fill(Number.NaN)
    this.reasons = new Uint8Array(capacity).fill(pending.warmingUp)
    this.#read = new Uint8Array(capacity)
  }

  /** Fills the column for the stretch with this number, as far as it is not `single`; cheap when it already is. */
  ensure(stretch: number): void {
    const kernel = this.#kernel
    if (this.#filled === stretch || kernel.kind === 'state') return
    this.#filled = stretch
    this.#failed = []
    const { length } = this.#market.timeline
    if (this.stateful) {
      this.values[0] = this.values[this.#lastLength - 1]
      this.reasons[0] = this.reasons[this.#lastLength - 1]
      this.#lastLength = length
      this.#fillOn(1, length)
    } else {
      this.single = !this.#fillAll(kernel, length)
      if (this.single) this.#read.fill(0)
    }
  }

  /** First instant from this one on at which it failed, as far as it was asked; Infinity when none. */
  failedFrom(at: number): number {
    if (this.#failed.length === 0) return Infinity
    return this.#failed.find((failed) => failed.at >= at)?.at ?? Infinity
  }

  /** Reads one instant into the column, where it is `single`. */
  read(at: number, view: StrategyView): void {
    if (this.#kernel.kind === 'state') this.#readState(this.#kernel, at, view)
    else if (this.single) {
      // the one before is what crossings compare with, asked for or not
      if (this.#read[at - 1] === 0) this.#readColumn(this.#kernel, at - 1, false)
      if (this.#read[at] < 2) this.#readColumn(this.#kernel, at, true)
    }
  }

  /** Starts over: continuous data begins anew. */
  restart(): void {
    const last = this.#lastLength - 1
    this.#kernel = this.definition.create(this.#market, this.parameters)
    this.values[last] = Number.NaN
    this.reasons[last] = pending.warmingUp
  }

  /** The failure at this instant, once. */
  takeFailure(at: number): SlotFailure | undefined {
    if (this.#failed.length === 0) return undefined
    const index = this.#failed.findIndex((failed) => failed.at === at)
    return index < 0 ? undefined : this.#failed.splice(index, 1)[0].failure
  }

  snapshot(): unknown {
    const last = this.#lastLength - 1
    return {
      value: this.values[last],
      reason: this.reasons[last],
      kernel: this.#kernel.kind === 'column' ? this.#kernel.snapshot?.() : undefined,
      failures: this.#failures,
      offUntil: this.#offUntil,
    }
  }

  restore(state: unknown): void {
    const saved = state as { value: number; reason: number; kernel: unknown; failures: number; offUntil: number }
    this.values[0] = saved.value
    this.reasons[0] = saved.reason
    this.#lastLength = 1
    this.#failures = saved.failures
    this.#offUntil = saved.offUntil
    if (this.#kernel.kind === 'column') this.#kernel.restore?.(saved.kernel)
  }

  /** Without memory: the whole stretch at once; `false` when that fails somewhere. */
  #fillAll(kernel: ColumnKernel, to: number): boolean {
    const at = this.#skipOff(0, to)
    if (at === to) return true
    try {
      kernel.fill(at, to, this.values, this.reasons)
      this.#failures = 0
      return true
    } catch {
      return false
    }
  }

  /** With memory: in order; where it fails it begins anew at the instant after. */
  #fillOn(from: number, to: number): void {
    const { values, reasons } = this
    for (let at = this.#skipOff(from, to); at < to; at = this.#skipOff(at, to)) {
      values.fill(unwritten, at, to)
      try {
        ;(this.#kernel as ColumnKernel).fill(at, to, values, reasons)
        this.#failures = 0
        return
      } catch (error) {
        const reached = values.indexOf(unwritten, at)
        const failedAt = reached < 0 || reached >= to ? to - 1 : reached
        if (failedAt > at) this.#failures = 0
        this.#fail(error, failedAt)
        at = failedAt + 1
      }
    }
  }

  #readState(kernel: StateKernel, at: number, view: StrategyView): void {
    if (this.#skipOff(at, at + 1) > at) return
    try {
      this.values[at] = kernel.read(at, view, this.reasons)
      this.#failures = 0
    } catch (error) {
      this.#fail(error, at)
    }
  }

  #readColumn(kernel: ColumnKernel, at: number, isAsked: boolean): void {
    this.#read[at] = isAsked ? 2 : 1
    if (this.#skipOff(at, at + 1) > at) return
    try {
      kernel.fill(at, at + 1, this.values, this.reasons)
      this.#failures = 0
    } catch (error) {
      if (isAsked) this.#fail(error, at)
      else this.#blank(at)
    }
  }

  /** First instant in `[from, to)` at which it is not switched off. */
  #skipOff(from: number, to: number): number {
    const { time } = this.#market.timeline
    let at = from
    for (; at < to && time[at] < this.#offUntil; at++) {
      this.values[at] = Number.NaN
      this.reasons[at] = pending.switchedOff
    }
    return at
  }

  #blank(at: number): void {
    this.values[at] = Number.NaN
    this.reasons[at] = pending.failed
  }

  #fail(error: unknown, at: number): void {
    this.#blank(at)
    this.#kernel = this.definition.create(this.#market, this.parameters)
    const now = this.#market.timeline.time[at]
    this.#failures++
    if (this.#failures >= failuresBeforeOff) {
      this.#offUntil = now + switchedOffMs
      this.#failures = 0
    }
    const failure = {
      indicator: this.definition.id,
      message: error instanceof Error ? error.message : String(error),
      switchedOffUntil: this.#offUntil > now ? this.#offUntil : null,
    }
    this.#failed.push({ at, failure })
  }
}
