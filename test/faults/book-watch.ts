import { bookOf, type Levels } from '#test/contracts/book-view.ts'
import type { Exchange } from '../../src/simulator/server/exchange.ts'

/** Venues tell changes of up to so long together. */
const batchMs = 1_500

/** Remembers every state the exchange's book was in. */
export interface BookWatch {
  was(levels: Levels): boolean
  /** It is so, or was so recently enough not to be told otherwise yet. */
  isNow(levels: Levels): boolean
}

export function watchBook(exchange: Exchange): BookWatch {
  /** Until when it was so. */
  const states = new Map<string, number>()
  let current = ''
  const note = (): void => {
    states.set(current, exchange.now())
    current = JSON.stringify(bookOf(exchange))
    states.set(current, Infinity)
  }
  note()
  exchange.subscribe((event) => {
    if (event.type === 'book') note()
  })
  return {
    was: (levels) => states.has(JSON.stringify(levels)),
    isNow: (levels) => (states.get(JSON.stringify(levels)) ?? 0) >= exchange.now() - batchMs,
  }
}
