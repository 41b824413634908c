import type { Level } from '../link/local-book.ts'

export interface Sides {
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
}

/**
 * Completes a book that began as the venue's top of a few levels: a top comes by the stream within a third of a second, a deep snapshot only by
 * REST, of which the venue answers few at a time. Levels beyond the top are unknown until then, not empty.
 */
export interface Deepening {
  /** The top that the book began with. */
  readonly begin: (version: number, top: Sides) => void
  /** Changes as they come, also those that are not applied yet. */
  readonly touch: (version: number, changes: Sides) => void
  /** Forgets everything: the book is made anew. */
  readonly reset: () => void
  /**
   * Levels that a deep snapshot adds to the book: those beyond the top that no later change has told of. `older` = the snapshot is from before
   * the top; `newer` = the changes up to it are still to come; `disagrees` = inside the top it says something else about what nobody changed, so one of the two is wrong.
   */
  readonly complete: (version: number, deep: Sides) => Sides | 'older' | 'newer' | 'disagrees'
}

/** Of one side a top shows the best so many; fewer are all there are. */
export const topLevels = 20

export function createDeepening(): Deepening {
  let latest = 0
  const touched = { bids: new Map<number, number>(), asks: new Map<number, number>() }
  let began = { version: 0, bids: new Map<number, number>(), asks: new Map<number, number>() }

  const sideOf = (side: 'bids' | 'asks', deep: readonly Level[]): readonly Level[] | 'disagrees' => {
    const top = began[side]
    const isChanged = (price: number): boolean => (touched[side].get(price) ?? 0) > began.version
    if (deep.some(([price, size]) => top.has(price) && top.get(price) !== size && !isChanged(price))) return 'disagrees'
    if (top.size < topLevels) return []
    const edge = side === 'bids' ? Math.min(...top.keys()) : Math.max(...top.keys())
    return deep.filter(([price]) => (side === 'bids' ? price < edge : price > edge) && !isChanged(price))
  }

  return {
    begin(version, { bids, asks }) {
      latest = Math.max(latest, version)
      began = { version, bids: new Map(bids), asks: new Map(asks) }
    },
    touch(version, { bids, asks }) {
      latest = Math.max(latest, version)
      for (const [price] of bids) touched.bids.set(price, version)
      for (const [price] of asks) touched.asks.set(price, version)
    },
    reset() {
      latest = 0
      touched.bids.clear()
      touched.asks.clear()
    },
    complete(version, deep) {
      if (version < began.version) return 'older'
      if (version > latest) return 'newer'
      const bids = sideOf('bids', deep.bids)
      const asks = sideOf('asks', deep.asks)
      return bids === 'disagrees' || asks === 'disagrees' ? 'disagrees' : { bids, asks }
    },
  }
}
