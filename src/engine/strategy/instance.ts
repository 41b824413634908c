import type { GroupName, NearMiss, Phase, VerdictRecord } from '#model/events.ts'
import type { InstanceId, InstrumentId, SignalId, UnixMs } from '#model/ids.ts'
import type { StrategyView, Timeline } from '#model/indicator.ts'
import { ConditionGroup, type ReadingLookup } from './group.ts'
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
  /** Switched off by command: no new signals; what is open is still looked after. */
  stopped = false
  readonly #timeline: Timeline

  constructor(
    id: InstanceId,
    instrumentId: InstrumentId,
    strategy: ResolvedStrategy,
    timeline: Timeline,
    lookup: ReadingLookup,
  ) {
    const { document } = strategy
    this.id = id
    this.instrumentId = instrumentId
    this.strategy = strategy
    this.#timeline = timeline
    this.groups = {}
    for (const name of groupNames) {
      const group = document[name].when
      if (group) this.groups[name] = new ConditionGroup(name, group, lookup)
    }
  }

  /**
   * First instant in `[from, length)` of the stretch at which this instance may do anything; `length` when none.
   * Instants passed over are booked into the near-miss accounts here.
   */
  scan(stretch: number, from: number): number {
    const { length, time } = this.#timeline
    if (this.phase === 'cooling') {
      let at = from
      while (at < length && time[at] < this.until) at++
      return at
    }
    if (this.phase !== 'watching') return from
    const { signal } = this.groups
    if (!signal || from >= length) return length
    signal.evaluate(stretch, from, length, this.view)
    const at = signal.firstMet(from, length)
    signal.account(from, Math.min(at + 1, length))
    return at
  }

  /** Judges a group at one instant; `false` when it is absent. */
  asks(name: GroupName, stretch: number, at: number): boolean {
    const group = this.groups[name]
    if (!group) return false
    return group.ask(stretch, at, this.#timeline.length, this.view)
  }

  /** Books what was asked in this stretch; called before the next one is built. */
  settle(): void {
    for (const name of groupNames) this.groups[name]?.settle()
  }

  /** Moves to another phase; its groups begin to be asked anew. Throws on a move that is not in the table. */
  move(to: Phase, time: UnixMs): void {
    if (!phaseMoves[this.phase].includes(to)) throw new Error(`phase ${this.phase} → ${to} of ${this.id}`)
    const asked = groupsByPhase[this.phase]
    this.phase = to
    this.since = time
    for (const name of groupsByPhase[to]) if (!asked.includes(name)) this.groups[name]?.reset()
    if (to === 'watching') {
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

  snapshot(): unknown {
    this.settle()
    return {
      phase: this.phase,
      since: this.since,
      until: this.until,
      signalId: this.signalId,
      stopped: this.stopped,
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
      view: InstanceView
      groups: Record<string, unknown>
    }
    this.phase = saved.phase
    this.since = saved.since
    this.until = saved.until
    this.signalId = saved.signalId
    this.stopped = saved.stopped
    Object.assign(this.view, saved.view)
    for (const name of groupNames) this.groups[name]?.restore(saved.groups[name])
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
