import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDeepening, type Sides, topLevels } from './deepening.ts'

const bidsFrom = (best: number, count: number): [number, number][] =>
  Array.from({ length: count }, (_, depth) => [best - depth, 1 + depth])
const asksFrom = (best: number, count: number): [number, number][] =>
  Array.from({ length: count }, (_, depth) => [best + depth, 1 + depth])

test('what lies beyond the top is added, unless a change after the top told of it', () => {
  const deepening = createDeepening()
  deepening.begin(10, { bids: bidsFrom(100, 20), asks: asksFrom(101, 20) })
  deepening.touch(9, { bids: [[79, 7]], asks: [] })
  deepening.touch(12, { bids: [[78, 7]], asks: [[121, 0]] })
  expect(deepening.complete(12, { bids: bidsFrom(100, 25), asks: asksFrom(101, 22) })).toEqual({
    bids: [
      [80, 21],
      [79, 22],
      [77, 24],
      [76, 25],
    ],
    asks: [[122, 22]],
  })
})

test('a top that shows less than it could shows everything', () => {
  const deepening = createDeepening()
  deepening.begin(10, { bids: bidsFrom(100, 3), asks: asksFrom(101, 20) })
  expect(deepening.complete(10, { bids: bidsFrom(100, 3), asks: asksFrom(101, 21) })).toEqual({
    bids: [],
    asks: [[121, 21]],
  })
})

test('a snapshot from before the top is of no use, one that contradicts it is an alarm', () => {
  const deepening = createDeepening()
  deepening.begin(10, { bids: bidsFrom(100, 20), asks: asksFrom(101, 20) })
  expect(deepening.complete(9, { bids: [], asks: [] })).toBe('older')
  expect(deepening.complete(12, { bids: [[100, 99]], asks: [] })).toBe('newer')
  expect(deepening.complete(10, { bids: [[100, 99]], asks: [] })).toBe('disagrees')
  deepening.touch(11, { bids: [[100, 99]], asks: [] })
  expect(deepening.complete(11, { bids: [[100, 99]], asks: [] })).toEqual({ bids: [], asks: [] })
})

test('whenever the deep snapshot is taken, the completed book is the true one', () => {
  const changes = fc.array(
    fc.tuple(fc.constantFrom('bids' as const, 'asks' as const), fc.integer({ min: 0, max: 59 }), fc.nat(3)),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(changes, fc.nat(60), fc.nat(60), fc.nat(60), (steps, a, b, c) => {
      const [topAt, deepAt, nowAt] = [a, b, c].toSorted((x, y) => x - y).map((at) => Math.min(at, steps.length))
      const at = (count: number): { bids: Map<number, number>; asks: Map<number, number> } => {
        const book = { bids: new Map(bidsFrom(100, 40)), asks: new Map(asksFrom(101, 40)) }
        for (const [side, depth, size] of steps.slice(0, count)) set(book[side], priceOf(side, depth), size)
        return book
      }
      const sides = (book: ReturnType<typeof at>, levels: number): Sides => ({
        bids: [...book.bids].sort((x, y) => y[0] - x[0]).slice(0, levels),
        asks: [...book.asks].sort((x, y) => x[0] - y[0]).slice(0, levels),
      })
      const deepening = createDeepening()
      const top = sides(at(topAt), topLevels)
      deepening.begin(topAt, top)
      const book = { bids: new Map(top.bids), asks: new Map(top.asks) }
      const apply = (from: number, to: number): void => {
        for (let version = from + 1; version <= to; version++) {
          const [side, depth, size] = steps[version - 1]
          deepening.touch(version, { bids: [], asks: [], [side]: [[priceOf(side, depth), size]] })
          set(book[side], priceOf(side, depth), size)
        }
      }
      apply(topAt, nowAt)
      const added = deepening.complete(deepAt, sides(at(deepAt), 1_000)) as Sides
      expect(added).toHaveProperty('bids')
      for (const side of ['bids', 'asks'] as const)
        for (const [price, size] of added[side]) set(book[side], price, size)
      expect(sides(book, 1_000)).toEqual(sides(at(nowAt), 1_000))
    }),
  )
})

const priceOf = (side: 'bids' | 'asks', depth: number): number => (side === 'bids' ? 100 - depth : 101 + depth)

function set(side: Map<number, number>, price: number, size: number): void {
  if (size === 0) side.delete(price)
  else side.set(price, size)
}
