import type { UnixMs } from '#model/ids.ts'
import type { BookUpdate, Side } from '#model/market.ts'
import { knownForMs } from './settings.ts'

/** One price of the recorded book, with what our orders have taken from it since it appeared. */
export interface Level {
  readonly price: number
  size: number
  taken: number
}

/**
 * Recorded depth, best level first on each side. What we took from a level stays taken while the level exists, so
 * liquidity comes back only as the recording shows it growing, or when the level is gone and appears anew.
 */
export class RecordedBook {
  bids: Level[] = []
  asks: Level[] = []
  updatedAt: UnixMs = -Infinity
  /** A snapshot has been seen since the last gap. */
  complete = false

  apply(update: BookUpdate): void {
    if (update.snapshot) this.complete = true
    if (!this.complete) return
    this.updatedAt = update.time
    this.bids = applyLevels(this.bids, update.bids, -1, update.snapshot)
    this.asks = applyLevels(this.asks, update.asks, 1, update.snapshot)
  }

  /** After a gap nothing is known until the next snapshot. */
  clear(): void {
    this.bids = []
    this.asks = []
    this.complete = false
  }

  /** Whether orders at `time` trade against this book rather than against prints. */
  usable(time: UnixMs): boolean {
    return this.complete && time - this.updatedAt <= knownForMs && this.bids.length > 0 && this.asks.length > 0
  }

  /** Levels an order of that side takes from. */
  opposite(side: Side): Level[] {
    return side === 'buy' ? this.asks : this.bids
  }

  /** Best bid and ask in the middle; only on a usable book. */
  get mid(): number {
    return (this.bids[0].price + this.asks[0].price) / 2
  }

  /** Size resting at a price on our own side; 0 when there is none. */
  sizeAt(side: Side, price: number): number {
    return (side === 'buy' ? this.bids : this.asks).find((level) => level.price === price)?.size ?? 0
  }
}

/** `direction` +1 = ascending prices (asks). A snapshot drops the levels it does not mention. */
function applyLevels(levels: Level[], changes: BookUpdate['bids'], direction: 1 | -1, snapshot: boolean): Level[] {
  const before = snapshot ? levels : undefined
  const after = snapshot ? [] : levels
  for (const [price, size] of changes) {
    const at = placeOf(after, price, direction)
    const exists = after[at]?.price === price
    if (size <= 0) {
      if (exists) after.splice(at, 1)
    } else if (exists) {
      after[at].size = size
    } else {
      const kept = before?.[placeOf(before, price, direction)]
      after.splice(at, 0, { price, size, taken: kept?.price === price ? kept.taken : 0 })
    }
  }
  return after
}

/** Index of the level at `price`, or where it belongs. */
function placeOf(levels: readonly Level[], price: number, direction: 1 | -1): number {
  let low = 0
  let high = levels.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (direction * (levels[middle].price - price) < 0) low = middle + 1
    else high = middle
  }
  return low
}
