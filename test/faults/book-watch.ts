import { bookOf, type Levels } from '#test/contracts/book-view.ts'
import type { Exchange } from '../../src/simulator/server/exchange.ts'

/** Remembers every state the exchange's book was in. */
export function watchBook(exchange: Exchange): { was(levels: Levels): boolean } {
  const states = new Set<string>()
  const note = (): void => void states.add(JSON.stringify(bookOf(exchange)))
  note()
  exchange.subscribe((event) => {
    if (event.type === 'book') note()
  })
  return { was: (levels) => states.has(JSON.stringify(levels)) }
}
