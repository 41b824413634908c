import type { InstrumentId } from '#model/ids.ts'

/** Plain data: the remembered keys of each instrument, oldest first. */
export type SeenSnapshot = readonly (readonly [InstrumentId, readonly string[]])[]

/** Remembers what the venue has settled, so that a repeated report is booked once. */
export interface Seen {
  /** false when the key was added before. */
  readonly add: (instrumentId: InstrumentId, key: string) => boolean
  readonly snapshot: () => SeenSnapshot
  readonly restore: (snapshot: SeenSnapshot) => void
}

/** Keeps the last `bound` keys of each instrument. */
export function createSeen(bound = 256): Seen {
  const keys = new Map<InstrumentId, Set<string>>()
  return {
    add: (instrumentId, key) => {
      const known = keys.get(instrumentId) ?? new Set<string>()
      if (known.has(key)) return false
      keys.set(instrumentId, known.add(key))
      if (known.size > bound) for (const oldest of known.values()) return known.delete(oldest)
      return true
    },
    snapshot: () => Array.from(keys, ([instrumentId, known]) => [instrumentId, [...known]] as const),
    restore: (snapshot) => {
      keys.clear()
      for (const [instrumentId, known] of snapshot) keys.set(instrumentId, new Set(known))
    },
  }
}
