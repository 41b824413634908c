/** Changed or complete depth, as a book update carries it. */
export interface Depth {
  readonly snapshot: boolean
  readonly bids: readonly (readonly [price: number, size: number])[]
  readonly asks: readonly (readonly [price: number, size: number])[]
}

interface UpdateIds {
  readonly first: number
  readonly last: number
  /** Last id of the message before, where the venue tells it (futures). */
  readonly previous: number | undefined
}

/** Updates waiting for their snapshot; more than this means that none will come. */
const maxWaiting = 2_000

/**
 * Binance's rule for keeping a book: updates count from the snapshot on, those it already contains are dropped, and each must
 * follow the one before (`pu` on futures, `U = u + 1` on spot). After a break nothing counts until the next snapshot.
 */
export class BookChain {
  /** Id of the last update in the book; undefined while there is no book. */
  #last: number | undefined
  /** The book is just a snapshot: the next update may straddle it. */
  #fresh = false
  #waiting: { readonly ids: UpdateIds; readonly depth: Depth }[] = []

  /** Depth to pass on: the snapshot, then the waiting updates it does not contain; `broken` when these do not fit. */
  snapshot(lastUpdateId: number, depth: Depth): readonly Depth[] | 'broken' {
    const waiting = this.#waiting
    this.#waiting = []
    // an old snapshot cannot mend or improve a book that is ahead of it
    if (this.#last !== undefined && lastUpdateId < this.#last) return []
    this.#last = lastUpdateId
    this.#fresh = true
    const updates: Depth[] = [{ ...depth, snapshot: true }]
    for (const { ids, depth } of waiting) {
      const following = this.update(ids, depth)
      if (following === 'broken') return 'broken'
      updates.push(...following)
    }
    return updates
  }

  /** Depth to pass on, if any; `broken` when messages are missing before this one. */
  update(ids: UpdateIds, depth: Depth): readonly Depth[] | 'broken' {
    if (this.#last === undefined) {
      this.#waiting.push({ ids, depth })
      if (this.#waiting.length > maxWaiting) this.#waiting.shift()
      return []
    }
    if (ids.last <= this.#last) return []
    if (!this.#follows(ids, this.#last)) {
      this.#last = undefined
      this.#waiting = [{ ids, depth }]
      return 'broken'
    }
    this.#last = ids.last
    this.#fresh = false
    return [depth]
  }

  #follows({ first, previous }: UpdateIds, last: number): boolean {
    if (this.#fresh) return first <= last + 1
    return previous === undefined ? first === last + 1 : previous === last
  }
}
