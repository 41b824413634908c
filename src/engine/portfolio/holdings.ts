import type { InstanceId, InstrumentId } from '#model/ids.ts'
import type { Held } from './held.ts'

/** The open positions, found by instance and by instrument; in each list oldest first. */
export interface Holdings {
  readonly of: (instanceId: InstanceId) => Held | undefined
  readonly on: (instrumentId: InstrumentId) => readonly Held[]
  readonly all: () => readonly Held[]
  readonly add: (held: Held) => void
  readonly remove: (held: Held) => void
  /** Σ unrealised profit at the last prices, quote units. */
  readonly unrealized: () => number
  /** Σ cost ÷ leverage, quote units. */
  readonly margin: () => number
  readonly restore: (positions: readonly Held[]) => void
}

const none: readonly Held[] = []

/** Bounded by the number of strategy instances: each holds at most one position. */
export function createHoldings(): Holdings {
  const byInstance = new Map<InstanceId, Held>()
  const byInstrument = new Map<InstrumentId, readonly Held[]>()
  let open: readonly Held[] = none

  function add(held: Held): void {
    byInstance.set(held.instanceId, held)
    byInstrument.set(held.instrumentId, [...on(held.instrumentId), held])
    open = [...open, held]
  }

  function remove(held: Held): void {
    byInstance.delete(held.instanceId)
    const others = on(held.instrumentId).filter((other) => other !== held)
    if (others.length === 0) byInstrument.delete(held.instrumentId)
    else byInstrument.set(held.instrumentId, others)
    open = open.filter((other) => other !== held)
  }

  function on(instrumentId: InstrumentId): readonly Held[] {
    return open.length === 0 ? none : (byInstrument.get(instrumentId) ?? none)
  }

  return {
    of: (instanceId) => byInstance.get(instanceId),
    on,
    all: () => open,
    add,
    remove,
    unrealized: () => {
      let sum = 0
      for (let index = 0; index < open.length; index++) sum += open[index].unrealized
      return sum
    },
    margin: () => open.reduce((sum, held) => sum + Math.abs(held.costNumber) / held.leverage, 0),
    restore: (positions) => {
      byInstance.clear()
      byInstrument.clear()
      open = none
      for (const held of positions) add(held)
    },
  }
}
