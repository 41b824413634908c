import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BookUpdate } from '#model/market.ts'
import { exampleId } from './example.ts'
import { OrderBook } from './order-book.ts'

type Levels = BookUpdate['bids']
const update = (snapshot: boolean, bids: Levels, asks: Levels): BookUpdate => ({
  type: 'bookUpdate',
  instrumentId: exampleId,
  time: 1,
  snapshot,
  bids,
  asks,
})
const ranks = (side: OrderBook['bids']): readonly (readonly number[])[] =>
  Array.from({ length: side.length }, (_, rank) => [side.price(rank), side.size(rank)])
const empty = { bidSize: 0, askSize: 0, bidValue: 0, askValue: 0 }

const level = (low: number, high: number) =>
  fc.tuple(
    fc.integer({ min: low, max: high }).map((tick) => tick / 10),
    fc.integer({ min: 0, max: 5 }),
  )
const levels = (low: number, high: number) => fc.array(level(low, high), { maxLength: 12 })

test('a book holds the levels a map would, best first, through changes, snapshots and a restore', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ snapshot: fc.boolean(), bids: levels(900, 999), asks: levels(1_001, 1_100) }), {
        maxLength: 30,
      }),
      (updates) => {
        let book = new OrderBook()
        const bids = new Map<number, number>()
        const asks = new Map<number, number>()
        updates.forEach((change, index) => {
          book.apply(update(change.snapshot, change.bids, change.asks))
          for (const [side, changes] of [
            [bids, change.bids],
            [asks, change.asks],
          ] as const) {
            if (change.snapshot) side.clear()
            for (const [price, size] of changes) {
              if (size > 0) side.set(price, size)
              else side.delete(price)
            }
          }
          if (index % 5 === 4) {
            const restored = new OrderBook()
            restored.restore(structuredClone(book.snapshot()))
            book = restored
          }
          expect(ranks(book.bids)).toEqual([...bids].sort(([a], [b]) => b - a))
          expect(ranks(book.asks)).toEqual([...asks].sort(([a], [b]) => a - b))
        })
        expect(book.valid).toBe(updates.some(({ snapshot }) => snapshot))
      },
    ),
    { numRuns: 60 },
  )
})

test('a thousand levels are kept in order', () => {
  const book = new OrderBook()
  book.apply(
    update(
      true,
      Array.from({ length: 1_000 }, (_, index) => [((index * 7) % 1_000) + 1, 1] as const),
      [[2_000, 1]],
    ),
  )
  expect(ranks(book.bids).map(([price]) => price)).toEqual(Array.from({ length: 1_000 }, (_, rank) => 1_000 - rank))
})

test('depth is the best levels, or all within a distance of the mid', () => {
  const book = new OrderBook()
  book.apply(update(true, [[99, 1], [98, 2], [97, 4]], [[101, 3], [102, 5], [110, 7]])) // prettier-ignore
  const measured = { ...empty }
  book.measure({ levels: 2 }, measured)
  expect(measured).toEqual({ bidSize: 3, bidValue: 99 + 196, askSize: 8, askValue: 303 + 510 })
  book.measure({ withinPercent: 2 }, measured)
  expect(measured).toEqual({ bidSize: 3, bidValue: 99 + 196, askSize: 8, askValue: 303 + 510 })
  book.measure({ withinPercent: 3 }, measured)
  expect(measured.bidSize).toBe(7)
  expect(measured.askSize).toBe(8)
})

test.each([
  ['before the first snapshot', [update(false, [[99, 1]], [[101, 1]])]],
  ['with an empty side', [update(true, [[99, 1]], [])]],
  ['while crossed', [update(true, [[101, 1]], [[101, 1]])]],
])('depth is not known %s', (_, updates) => {
  const book = new OrderBook()
  for (const change of updates) book.apply(change)
  const measured = { ...empty }
  book.measure({ levels: 5 }, measured)
  expect(Object.values(measured)).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN])
})

test('a book that was invalidated needs a snapshot', () => {
  const book = new OrderBook()
  book.apply(update(true, [[99, 1]], [[101, 1]]))
  expect(book.sound).toBe(true)
  book.invalidate()
  book.apply(update(false, [[99, 1]], [[101, 1]]))
  expect(book.sound).toBe(false)
  book.apply(update(true, [[99, 1]], [[101, 1]]))
  expect(book.sound).toBe(true)
})
