import type { Delta } from '../link/book-sync.ts'
import { mergedVersions } from '../link/chain-rules.ts'
import type { Level } from '../link/local-book.ts'

export interface Sides {
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
}

/**
 * Completes a book that began as the venue's top of a few levels: a top comes by the stream within a third of a second, a deep snapshot only by
 * REST, of which the venue answers few at a time. What lies beyond the top is unknown until then, not empty.
 */
export interface Deepening {
  /** Changes as they come, also those that are not applied yet. */
  readonly add: (delta: Delta) => void
  /** The book is whole, or nothing of it is left. */
  readonly reset: () => void
  /**
   * The whole book at `version`: the deep snapshot and every change since. `older` = changes after the snapshot are missing, so it takes another
   * one; `newer` = the changes up to it are still to come.
   */
  readonly complete: (version: number, deep: Sides & { readonly version: number }) => Sides | 'older' | 'newer'
}

/** Of one side a top shows the best so many. */
export const topLevels = 20

const maxChanges = 20_000

export function createDeepening(): Deepening {
  let changes: Delta[] = []
  return {
    add(delta) {
      changes.push(delta)
      if (changes.length > maxChanges) changes = changes.slice(maxChanges / 2)
    },
    reset() {
      changes = []
    },
    complete(version, deep) {
      if (deep.version > version) return 'newer'
      const book = { bids: new Map(deep.bids), asks: new Map(deep.asks) }
      let reached = deep.version
      for (const delta of changes.toSorted((a, b) => a.last - b.last)) {
        if (delta.last <= reached || delta.last > version) continue
        if (!mergedVersions.continues(delta, reached)) return 'older'
        for (const [price, size] of delta.bids) set(book.bids, price, size)
        for (const [price, size] of delta.asks) set(book.asks, price, size)
        reached = delta.last
      }
      return reached === version ? { bids: [...book.bids], asks: [...book.asks] } : 'older'
    },
  }
}

function set(side: Map<number, number>, price: number, size: number): void {
  if (size === 0) side.delete(price)
  else side.set(price, size)
}
