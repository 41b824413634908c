import type { GroupName, NearMiss, Phase, VerdictRecord } from '#model/events.ts'
import type { InstanceId, InstrumentId, SignalId, UnixMs } from '#model/ids.ts'
import type { MarketView, StrategyView } from '#model/indicator.ts'
import type { ReadingColumn } from './condition.ts'
import { ConditionGroup } from './group.ts'
import { groupsByPhase, phaseMoves } from './phases.ts'
import type { ResolvedStrategy } from './resolved.ts'

/** The strategy's own knowledge of its setup and position, as state readings and rules see it. */
export interface InstanceView extends StrategyView {
  signalTime: number
  signalPrice: number
  baselinePrice: number
  peakPrice: number
  troughPrice: number
  quantity: number
  entryPrice: number
  leverage: number
  openedAt: number
  feeFraction: number
}

/** Less than this is the arithmetic's, not the market's. */
const roundingPct = 1e-9

const groupNames = ['signal', 'cancel', 'entry', 'exit', 'emergency'] as const

/** One strategy version on one instrument: its phase, and its five groups. */
export class StrategyInstance {
  readonly id: InstanceId
  readonly instrumentId: InstrumentId
  readonly strategy: ResolvedStrategy
  readonly groups: Partial<Record<GroupName, ConditionGroup>>
  readonly view: InstanceView = emptyView()
  phase: Phase = 'watching'
  /** When the phase began. */
  since: UnixMs = -Infinity
  /** End of the cooling phase. */
  until: UnixMs = Infinity
  signalId: SignalId | null = null
  /** Instant of the stretch at which it wants to be evaluated; −1 = must be looked for. */
  hit = -1
  /** S1 is met there, as far as it is scanned for. */
  found = false
  /** It wants to be evaluated at the first instant from this time on, whatever its phase. */
  wakeAt: UnixMs = Infinity
  /** Switched off by command: no new signals; what is open is still looked after. */
  stopped = false
  /** S1 is asked where the price stands far enough beyond the last signal's, though the phase is not `watching`. */
  renewable = false
  readonly #market: MarketView

  constructor(
    id: InstanceId,
    instrumentId: InstrumentId,
    strategy: ResolvedStrategy,
    market: MarketView,
    readings: ReadonlyMap<string, ReadingColumn>,
  ) {
    const { document } = strategy
    this.id = id
    this.instrumentId = instrumentId
    this.strategy = strategy
    this.#market = market
    this.groups = {}
    const reading = (name: string): ReadingColumn => {
      const column = readings.get(name)
      if (!column) throw new Error(`unknown reading ${name}`)
      return column
    }
    const lookup = { time: market.timeline.time, reading }
    for (const name of groupNames) {
      const group = document[name].when
      if (group) this.groups[name] = new ConditionGroup(name, group, lookup)
    }
  }

  /** Holds the instrument's lock: from the signal until flat. */
  get busy(): boolean {
    return this.phase !== 'watching' && this.phase !== 'cooling'
  }

  /**
   * First instant in `[from, length)` of the stretch at which this instance may do anything; `length` when none.
   * Instants passed over are booked into the near-miss accounts here.
   */
  scan(stretch: number, from: number): number {
    const { length } = this.#market.timeline
    const { signal } = this.groups
    this.found = false
    if (!signal || from >= length) return length
    if (this.phase === 'cooling') return this.#scanCooling(signal, stretch, from)
    if (this.phase !== 'watching') return from
    const wake = this.#firstAt(this.wakeAt, from)
    const to = Math.min(wake + 1, length)
    const at = signal.firstMet(stretch, from, to, this.view)
    this.found = at < to
    signal.account(from, this.found ? at + 1 : to)
    return this.found ? at : wake
  }

  /** Judges a group at one instant; `false` when it is absent. */
  asks(name: GroupName, stretch: number, at: number): boolean {
    const group = this.groups[name]
    if (!group) return false
    return group.ask(stretch, at, this.#market.timeline.length, this.view)
  }

  /** Whether S1 is met once more, the price far enough beyond that of the signal there is. */
  asksAgain(stretch: number, at: number): boolean {
    if (!this.renewable) return false
    if (this.#isBeyond(at)) return this.asks('signal', stretch, at)
    this.groups.signal?.pass(stretch, at, this.#market.timeline.length, this.view)
    return false
  }

  /** Books what was asked in this stretch; called before the next one is built. */
  settle(): void {
    for (const name of groupNames) this.groups[name]?.settle()
  }

  /**
   * Moves to another phase; its groups begin to be asked anew. Throws on a move that is not in the table.
   * `renewable`: what ended was a signal without an entry, so that S1 may find another while cooling.
   */
  move(to: Phase, time: UnixMs, renewable = false): void {
    if (!phaseMoves[this.phase].includes(to)) throw new Error(`phase ${this.phase} → ${to} of ${this.id}`)
    const asked = this.#asked()
    this.phase = to
    this.since = time
    this.hit = -1
    this.renewable =
      this.strategy.document.signal.renewAbovePct !== undefined &&
      (to === 'signaled' || (to === 'cooling' && renewable))
    for (const name of this.#asked()) if (!asked.includes(name)) this.groups[name]?.reset()
    if (to === 'watching') {
      this.groups.signal?.interrupt()
      this.signalId = null
      Object.assign(this.view, emptyView())
    }
  }

  /** Continuous data starts anew: no condition remembers what was before. */
  restart(): void {
    for (const name of groupNames) this.groups[name]?.restart()
  }

  /** Follows the highest and lowest price since the signal. */
  follow(price: number): void {
    const { view } = this
    if (!(price <= view.peakPrice)) view.peakPrice = price
    if (!(price >= view.troughPrice)) view.troughPrice = price
  }

  verdicts(at: number, ...names: readonly GroupName[]): VerdictRecord[] {
    return names.flatMap((name) => this.groups[name]?.verdictRecords(at) ?? [])
  }

  nearMisses(): NearMiss[] {
    this.settle()
    return groupNames.flatMap((group) =>
      (this.groups[group]?.conditions ?? []).map((condition) => ({
        instanceId: this.id,
        instrumentId: this.instrumentId,
        strategy: this.strategy.document.name,
        group,
        ...condition.nearMiss(),
      })),
    )
  }

  forgetNearMisses(): void {
    this.settle()
    for (const name of groupNames)
      for (const condition of this.groups[name]?.conditions ?? []) condition.forgetNearMiss()
  }

  snapshot(): unknown {
    this.settle()
    return {
      phase: this.phase,
      since: this.since,
      until: this.until,
      signalId: this.signalId,
      stopped: this.stopped,
      renewable: this.renewable,
      view: { ...this.view },
      groups: Object.fromEntries(groupNames.map((name) => [name, this.groups[name]?.snapshot()])),
    }
  }

  restore(state: unknown): void {
    const saved = state as {
      phase: Phase
      since: number
      until: number
      signalId: SignalId | null
      stopped: boolean
      renewable: boolean
      view: InstanceView
      groups: Record<string, unknown>
    }
    this.phase = saved.phase
    this.since = saved.since
    this.until = saved.until
    this.signalId = saved.signalId
    this.stopped = saved.stopped
    this.renewable = saved.renewable
    Object.assign(this.view, saved.view)
    for (const name of groupNames) this.groups[name]?.restore(saved.groups[name])
  }

  #asked(): readonly GroupName[] {
    const groups = groupsByPhase[this.phase]
    return this.renewable ? [...groups, 'signal'] : groups
  }

  /** The end of the phase, or before it S1 met beyond the last signal's price. */
  #scanCooling(signal: ConditionGroup, stretch: number, from: number): number {
    const over = this.#firstAt(this.until, from)
    const wake = this.#firstAt(this.wakeAt, from)
    const to = Math.min(over, wake + 1)
    if (!this.renewable) return Math.min(over, wake)
    const at = this.#scanBeyond(signal, stretch, from, to)
    this.found = at < to
    if (this.found) return at
    // judged, so that what holds for a while does so through the end of the phase
    if (to === over && over < this.#market.timeline.length) signal.evaluate(stretch, over, over + 1, this.view)
    return Math.min(over, wake)
  }

  /** First instant in `[from, to)` at which S1 is met beyond the last signal's price, `to` when none; it counts as asked only there. */
  #scanBeyond(signal: ConditionGroup, stretch: number, from: number, to: number): number {
    signal.settle()
    for (let at = from; at < to;) {
      const isBeyond = this.#isBeyond(at)
      const start = at
      while (at < to && this.#isBeyond(at) === isBeyond) at++
      if (isBeyond) {
        const found = signal.firstMet(stretch, start, at, this.view)
        signal.account(start, Math.min(found + 1, at))
        if (found < at) return found
      } else {
        signal.evaluate(stretch, start, at, this.view)
        signal.interrupt()
      }
    }
    return to
  }

  /** First instant from this one on that is not before `time`; the stretch's length when none. */
  #firstAt(time: UnixMs, from: number): number {
    const { timeline } = this.#market
    const { length } = timeline
    if (timeline.time[length - 1] < time) return length
    let at = from
    while (timeline.time[at] < time) at++
    return at
  }

  /** The last price is `renewAbovePct` further in the strategy's direction than that of the signal. */
  #isBeyond(at: number): boolean {
    const { timeline, trades } = this.#market
    const { direction, signal } = this.strategy.document
    const row = timeline.trades[at] - 1
    if (row < trades.start || signal.renewAbovePct === undefined) return false
    const { signalPrice } = this.view
    const run = (trades.price[row - trades.offset] - signalPrice) / signalPrice
    return run * (direction === 'long' ? 100 : -100) >= signal.renewAbovePct - roundingPct
  }
}

function emptyView(): InstanceView {
  return {
    signalTime: Number.NaN,
    signalPrice: Number.NaN,
    baselinePrice: Number.NaN,
    peakPrice: Number.NaN,
    troughPrice: Number.NaN,
    quantity: 0,
    entryPrice: Number.NaN,
    leverage: Number.NaN,
    openedAt: Number.NaN,
    feeFraction: Number.NaN,
  }
}
