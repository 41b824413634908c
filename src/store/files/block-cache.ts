import type { MarketBlock } from '#model/market.ts'
import { rowsIn } from '#model/block.ts'

/** Decoded blocks of whole files within a budget of bytes; what does not fit is parsed again when asked for. */
export class BlockCache {
  readonly #blocks = new Map<string, readonly MarketBlock[]>()
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  /** Collects a block of the file being read while there is room. */
  offer(kept: MarketBlock[], block: MarketBlock): void {
    const bytes = bytesIn(block)
    this.#left -= bytes
    if (this.#left >= 0) kept.push(block)
  }

  /** Keeps the file's blocks if all of its rows were collected, else gives their room back. */
  keep(path: string, kept: readonly MarketBlock[], rows: number): void {
    const complete = kept.reduce((sum, block) => sum + rowsIn(block), 0) === rows
    if (complete) this.#blocks.set(path, kept)
    else this.#left = 0
  }

  get(path: string): readonly MarketBlock[] | undefined {
    return this.#blocks.get(path)
  }
}

/** Roughly; a depth message weighs like its levels. */
function bytesIn({ trades, quotes, bars, events }: MarketBlock): number {
  const levels = (events ?? []).reduce(
    (sum, event) => sum + 8 + (event.type === 'bookUpdate' ? event.bids.length + event.asks.length : 0),
    0,
  )
  return (trades?.time.length ?? 0) * 25 + (quotes?.time.length ?? 0) * 40 + (bars?.time.length ?? 0) * 48 + levels * 48
}
