import type { ConfluentSignal } from '#model/events.ts'
import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { Strategy } from '#model/strategy.ts'

interface Member extends ConfluentSignal {
  /** When its S1 was last met. */
  readonly metAt: UnixMs
}

/** Signals of different strategies in one direction on one instrument that come within a window of event time. */
export class Confluence {
  readonly #windowMs: number
  /** By instrument and direction, then by strategy; no more than there are strategies. */
  readonly #sets = new Map<string, Map<string, Member>>()

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  /** All signals of the set, by time, when this one makes it larger and they are two or more; undefined otherwise. */
  join(
    instrumentId: InstrumentId,
    direction: Strategy['direction'],
    signal: ConfluentSignal,
  ): readonly ConfluentSignal[] | undefined {
    const key = `${instrumentId} ${direction}`
    const set = this.#sets.get(key) ?? new Map<string, Member>()
    this.#sets.set(key, set)
    for (const [strategy, { metAt }] of set) if (signal.time - metAt > this.#windowMs) set.delete(strategy)
    const known = set.get(signal.strategy)
    // one that was not taken is met at instant after instant: it came when it was first met
    const member = known && signal.signalId === null ? known : signal
    set.set(signal.strategy, { ...member, metAt: signal.time })
    if (known || set.size < 2) return undefined
    return [...set.values()].map(told).toSorted((a, b) => a.time - b.time)
  }

  snapshot(): unknown {
    return [...this.#sets].map(([key, set]) => [key, [...set.values()]])
  }

  restore(state: unknown): void {
    this.#sets.clear()
    for (const [key, members] of state as [string, Member[]][])
      this.#sets.set(key, new Map(members.map((member) => [member.strategy, member])))
  }
}

const told = ({ signalId, strategy, time, price }: Member): ConfluentSignal => ({ signalId, strategy, time, price })
