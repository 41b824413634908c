import {
  type ColumnKernel,
  type IndicatorDefinition,
  type IndicatorKernel,
  type MarketView,
  type Parameters,
  pending,
  type StrategyView,
} from '#model/indicator.ts'

/** A kernel that failed `failuresBeforeOff` stretches in a row is left alone for this much event time. */
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
  #failed: SlotFailure | undefined

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

  /** Reads a state kernel at one instant into the column. */
  read(at: number, view: StrategyView): void {
    if (this.#kernel.kind !== 'state') return
    try {
      this.values[at] = this.#kernel.read(at, view, this.reasons)
    } catch (error) {
      this.#fail(error, at, at + 1)
    }
  }

  /** Starts over: continuous data begins anew. */
  restart(): void {
    this.#kernel = this.definition.create(this.#market, this.parameters)
  }

  /** The newest failure, once. */
  takeFailure(): SlotFailure | undefined {
    const failed = this.#failed
    this.#failed = undefined
    return failed
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
    const now = this.#market.timeline.time[to - 1]
    if (now < this.#offUntil) {
      this.values.fill(Number.NaN, from, to)
      this.reasons.fill(pending.switchedOff, from, to)
      return
    }
    try {
      kernel.fill(from, to, this.values, this.reasons)
      this.#failures = 0
    } catch (error) {
      this.#fail(error, from, to)
    }
  }

  #fail(error: unknown, from: number, to: number): void {
    this.values.fill(Number.NaN, from, to)
    this.reasons.fill(pending.failed, from, to)
    this.#failures++
    const now = this.#market.timeline.time[to - 1]
    if (this.#failures >= failuresBeforeOff) {
      this.#offUntil = now + switchedOffMs
      this.#failures = 0
    }
    this.#failed = {
      indicator: this.definition.id,
      message: error instanceof Error ? error.message : String(error),
      switchedOffUntil: this.#offUntil > now ? this.#offUntil : null,
    }
    this.restart()
  }
}
