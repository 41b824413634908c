/** `[price, size]`; size 0 = gone. */
export type Level = readonly [price: number, size: number]

/** Both sides of one book; of each side at least the best `maxLevels` are kept, at most twice as many. */
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
  /** Best first, at most `count`. */
  bids(count?: number): readonly Level[]
  asks(count?: number): readonly Level[]
}

/** Sorted arrays with the best level last, where nearly all changes are. */
export function createLocalBook(maxLevels = 1_000): LocalBook {
  const bidSide = new BookSide(1, maxLevels)
  const askSide = new BookSide(-1, maxLevels)
  const apply = (bids: readonly Level[], asks: readonly Level[]): void => {
    for (const [price, size] of bids) bidSide.set(price, size)
    for (const [price, size] of asks) askSide.set(price, size)
  }
  const clear = (): void => {
    bidSide.clear()
    askSide.clear()
  }
  return {
    reset(bids, asks) {
      clear()
      apply(bids, asks)
    },
    apply,
    clear,
    bestBid: () => bidSide.best(),
    bestAsk: () => askSide.best(),
    crossed() {
      const bid = bidSide.best()
      const ask = askSide.best()
      return bid !== null && ask !== null && bid[0] >= ask[0]
    },
    bids: (count) => bidSide.levels(count),
    asks: (count) => askSide.levels(count),
  }
}

class BookSide {
  /** 1 = higher is better, −1 = lower is better. */
  readonly #sign: 1 | -1
  readonly #maxLevels: number
  /** Ascending by goodness. */
  #prices: number[] = []
  #sizes: number[] = []

  constructor(sign: 1 | -1, maxLevels: number) {
    this.#sign = sign
    this.#maxLevels = maxLevels
  }

  set(price: number, size: number): void {
    const prices = this.#prices
    let low = 0
    let high = prices.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((prices[middle] - price) * this.#sign < 0) low = middle + 1
      else high = middle
    }
    const there = prices[low] === price
    if (size === 0) {
      if (!there) return
      prices.splice(low, 1)
      this.#sizes.splice(low, 1)
    } else if (there) {
      this.#sizes[low] = size
    } else {
      prices.splice(low, 0, price)
      this.#sizes.splice(low, 0, size)
      if (prices.length > 2 * this.#maxLevels) {
        prices.splice(0, prices.length - this.#maxLevels)
        this.#sizes.splice(0, this.#sizes.length - this.#maxLevels)
      }
    }
  }

  clear(): void {
    this.#prices = []
    this.#sizes = []
  }

  best(): Level | null {
    const last = this.#prices.length - 1
    return last < 0 ? null : [this.#prices[last], this.#sizes[last]]
  }

  levels(count = this.#prices.length): readonly Level[] {
    const levels: Level[] = []
    for (let index = this.#prices.length - 1; index >= 0 && levels.length < count; index--) {
      levels.push([this.#prices[index], this.#sizes[index]])
    }
    return levels
  }
}
