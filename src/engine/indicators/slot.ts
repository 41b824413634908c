import {
  type ColumnKernel,
  type IndicatorDefinition,
  type IndicatorKernel,
  type MarketView,
  type Parameters,
  pending,
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

/**
 * One parameterized indicator on one instrument: the column its readings stand in, resolved once, read by index.
 * Kernels without memory are computed only in stretches in which somebody asks.
 */
export class ReadingSlot {
  readonly definition: IndicatorDefinition
  readonly parameters: Parameters
  readonly values: Float64Array
  readonly reasons: Uint8Array
  readonly kind: IndicatorKernel['kind']
  /** Has memory of its own, so every stretch must be filled in order. */
  readonly stateful: boolean
  readonly #market: MarketView
  #kernel: IndicatorKernel
  #filled = -1
  #lastLength = 1
  #failures = 0
  #offUntil = -Infinity
  /** Of this stretch, with the instant, not yet taken. */
  #failed: { readonly at: number; readonly failure: SlotFailure }[] = []

  constructor(definition: IndicatorDefinition, parameters: Parameters, market: MarketView) {
    this.definition = definition
    this.parameters = parameters
    this.#market = market
    this.#kernel = definition.create(market, parameters)
    this.kind = this.#kernel.kind
    this.stateful = this.#kernel.kind === 'column' && this.#kernel.snapshot !== undefined
    const capacity = market.timeline.time.length
    this.values = new Float64Array(capacity).fill(Number.NaN)
    this.reasons = new Uint8Array(capacity).fill(pending.warmingUp)
  }

  /** Fills the column for the stretch with this number; cheap when it already is. */
  ensure(stretch: number): void {
    if (this.#filled === stretch || this.#kernel.kind === 'state') return
    this.#filled = stretch
    this.#failed = []
    const { length } = this.#market.timeline
    if (this.stateful) {
      this.values[0] = this.values[this.#lastLength - 1]
      this.reasons[0] = this.reasons[this.#lastLength - 1]
      this.#lastLength = length
      this.#fill(this.#kernel, 1, length)
    } else {
      this.#fill(this.#kernel, 0, length)
    }
  }

  /** First instant from this one on at which it failed, as far as it was asked; Infinity when none. */
  failedFrom(at: number): number {
    if (this.#failed.length === 0) return Infinity
    return this.#failed.find((failed) => failed.at >= at)?.at ?? Infinity
  }

  /** Reads a state kernel at one instant into the column. */
  read(at: number, view: StrategyView): void {
    if (this.#kernel.kind !== 'state' || this.#skipOff(at, at + 1) > at) return
    try {
      this.values[at] = this.#kernel.read(at, view, this.reasons)
      this.#failures = 0
    } catch (error) {
      this.#fail(error, at, at + 1)
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

  #fill(kernel: ColumnKernel, from: number, to: number): void {
    const at = this.#skipOff(from, to)
    if (at === to) return
    try {
      kernel.fill(at, to, this.values, this.reasons)
      this.#failures = 0
    } catch (error) {
      // without memory each instant stands for itself, so that a failure costs no more than it would live
      if (this.stateful || to - at === 1) this.#fail(error, at, to)
      else for (let single = at; single < to; single++) this.#fill(kernel, single, single + 1)
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

  #fail(error: unknown, from: number, to: number): void {
    this.values.fill(Number.NaN, from, to)
    this.reasons.fill(pending.failed, from, to)
    this.#kernel = this.definition.create(this.#market, this.parameters)
    // instant 0 repeats one that has been counted
    if (from === 0) return
    const now = this.#market.timeline.time[to - 1]
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
    this.#failed.push({ at: from, failure })
  }
}
