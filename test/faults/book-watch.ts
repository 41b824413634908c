import type { Levels } from '#test/contracts/book-view.ts'
import { coinId } from '#test/contracts/bench.ts'
import { bookOf } from '#test/contracts/book-view.ts'
import type { Exchange } from '../../src/simulator/server/exchange.ts'

/** Venues tell changes of up to so long together. */
const batchMs = 1_500

/** Remembers every state the exchange's book was in, from one changed level to the next. */
export interface BookWatch {
  was(levels: Levels): boolean
  /** It is so, or was so recently enough not to be told otherwise yet. */
  isNow(levels: Levels): boolean
}

export function watchBook(exchange: Exchange): BookWatch {
  const opening = bookOf(exchange)
  const sides = { bid: new Map(opening.bids), ask: new Map(opening.asks) }
  /** Until when it was so. */
  const states = new Map<string, number>()
  let current = textOf(sides)
  states.set(current, Infinity)
  exchange.subscribe((event) => {
    if (event.type !== 'book' || event.instrumentId !== coinId) return
    for (const { side, price, size } of event.changes) {
      states.set(current, exchange.now())
      if (size === 0) sides[side].delete(price)
      else sides[side].set(price, size)
      current = textOf(sides)
      states.set(current, Infinity)
    }
  })
  const text = ({ bids, asks }: Levels): string => textOf({ bid: new Map(bids), ask: new Map(asks) })
  return {
    was: (levels) => states.has(text(levels)),
    isNow: (levels) => (states.get(text(levels)) ?? 0) >= exchange.now() - batchMs,
  }
}

function textOf({ bid, ask }: Readonly<Record<'bid' | 'ask', ReadonlyMap<number, number>>>): string {
  const side = (levels: ReadonlyMap<number, number>): string =>
    [...levels]
      .sort(([a], [b]) => a - b)
      .map(([price, size]) => `${price}x${size}`)
      .join(' ')
  return `${side(bid)}|${side(ask)}`
}
