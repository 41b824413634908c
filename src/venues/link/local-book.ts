/** `[price, size]`; size 0 = gone. */
export type Level = readonly [price: number, size: number]

/** Both sides of one book, best first on request; levels beyond `maxLevels` a side are forgotten. */
export interface LocalBook {
  /** Replaces everything. */
  reset(bids: readonly Level[], asks: readonly Level[]): void
  /** Sizes are absolute; a level that is not there may be deleted. */
  apply(bids: readonly Level[], asks: readonly Level[]): void
  clear(): void
  bestBid(): Level | null
  bestAsk(): Level | null
  /** Bid at or above ask. */
  crossed(): boolean
  /** Best first. */
  bids(count?: number): readonly Level[]
  asks(count?: number): readonly Level[]
}

export function createLocalBook(_maxLevels?: number): LocalBook {
  throw new Error('not built yet')
}
