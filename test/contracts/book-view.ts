import type { MarketEvent } from '#model/market.ts'
import type { FeedStatus } from '#model/venue.ts'
import type { Exchange } from '../../src/simulator/server/exchange.ts'
import { coinId } from './bench.ts'

type Rows = readonly (readonly [price: number, size: number])[]
export interface Levels {
  readonly bids: Rows
  readonly asks: Rows
}

/** The book somebody has who applies what a venue tells of the coin. */
export function createBookView() {
  const bids = new Map<number, number>()
  const asks = new Map<number, number>()
  let valid = false
  const put = (side: Map<number, number>, rows: Rows): void => {
    for (const [price, size] of rows) {
      if (size === 0) side.delete(price)
      else side.set(price, size)
    }
  }
  return {
    /** A snapshot came, and since then nobody said that it is not valid. */
    get valid() {
      return valid
    },
    /** True when the book changed. */
    apply(event: MarketEvent): boolean {
      if (event.type !== 'bookUpdate' || event.instrumentId !== coinId) return false
      if (event.snapshot) {
        bids.clear()
        asks.clear()
        valid = true
      }
      put(bids, event.bids)
      put(asks, event.asks)
      return true
    },
    status({ feed, state, instrumentId }: FeedStatus): void {
      if (feed === 'book' && instrumentId === coinId && state !== 'live') valid = false
      // a stale book that comes to life again without a snapshot was whole all along
      else if (feed === 'book' && instrumentId === coinId && bids.size > 0) valid = true
    },
    levels: (): Levels => ({ bids: sorted(bids, -1), asks: sorted(asks, 1) }),
    of: bookOf,
  }
}

/** The exchange's own. */
export function bookOf(exchange: Exchange): Levels {
  const snapshot = exchange.market(coinId)?.book()
  const rows = (side: readonly { readonly price: number; readonly size: number }[] = []): Rows =>
    side.map(({ price, size }) => [price, size])
  return { bids: rows(snapshot?.bids), asks: rows(snapshot?.asks) }
}

const sorted = (side: ReadonlyMap<number, number>, sign: 1 | -1): Rows => [...side].sort(([a], [b]) => sign * (a - b))
