import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Delta } from '../link/book-sync.ts'
import { createDeepening, type Sides } from './deepening.ts'

const change = (first: number, last: number, sides: Partial<Sides> = {}): Delta => ({
  first,
  last,
  time: 0,
  bids: [],
  asks: [],
  ...sides,
})
const deep = (version: number, sides: Partial<Sides> = {}) => ({ version, bids: [], asks: [], ...sides })

test('the whole book is the deep snapshot and every change since', () => {
  const deepening = createDeepening()
  deepening.add(change(9, 10, { bids: [[99, 7]] }))
  deepening.add(change(11, 12, { bids: [[98, 0]], asks: [[101, 3]] }))
  const snapshot = deep(10, {
    bids: [
      [99, 1],
      [98, 2],
    ],
    asks: [[102, 4]],
  })
  expect(deepening.complete(12, snapshot)).toEqual({
    bids: [[99, 1]],
    asks: [
      [102, 4],
      [101, 3],
    ],
  })
})

test('a snapshot is of no use where changes after it are missing, and waits where they are still to come', () => {
  const deepening = createDeepening()
  deepening.add(change(11, 12))
  expect(deepening.complete(12, deep(9))).toBe('older')
  expect(deepening.complete(12, deep(13))).toBe('newer')
  expect(deepening.complete(12, deep(12))).toEqual({ bids: [], asks: [] })
})

test('changes with versions from nowhere change nothing', () => {
  const deepening = createDeepening()
  deepening.add(change(1_011, 1_012, { bids: [[99, 0]] }))
  deepening.add(change(11, 12, { bids: [[97, 1]] }))
  expect(deepening.complete(12, deep(10, { bids: [[99, 1]] }))).toEqual({
    bids: [
      [99, 1],
      [97, 1],
    ],
    asks: [],
  })
})

test('whenever the deep snapshot is taken and in whatever order changes come, the completed book is the true one', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 60, max: 100 }), fc.nat(3)), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(
      steps.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all.keys()], { minLength: all.length }))),
      fc.nat(40),
      fc.nat(40),
      ([all, order], a, b) => {
        const [taken, now] = [a, b].map((at) => Math.min(at, all.length)).toSorted((x, y) => x - y)
        const at = (count: number): Map<number, number> => {
          const book = new Map([[100, 1]])
          for (const [price, size] of all.slice(0, count))
            if (size === 0) book.delete(price)
            else book.set(price, size)
          return book
        }
        const deepening = createDeepening()
        for (const index of order) deepening.add(change(index + 1, index + 1, { bids: [all[index]] }))
        const whole = deepening.complete(now, deep(taken, { bids: [...at(taken)] })) as Sides
        expect(new Map(whole.bids)).toEqual(at(now))
      },
    ),
  )
})
