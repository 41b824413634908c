import { expect, test } from 'vitest'
import { BookChain, type Depth } from './book-chain.ts'

const depth = (size: number): Depth => ({ snapshot: false, bids: [[1, size]], asks: [] })
const sizes = (updates: readonly Depth[] | 'broken'): readonly (number | undefined)[] | 'broken' =>
  updates === 'broken' ? updates : updates.map(({ bids }) => bids[0]?.[1])

test('updates before the snapshot wait for it, and those it contains are dropped', () => {
  const chain = new BookChain()
  expect(chain.update({ first: 1, last: 5, previous: undefined }, depth(1))).toEqual([])
  expect(chain.update({ first: 6, last: 9, previous: undefined }, depth(2))).toEqual([])
  expect(sizes(chain.snapshot(7, depth(10)))).toEqual([10, 2])
  expect(sizes(chain.update({ first: 10, last: 12, previous: undefined }, depth(3)))).toEqual([3])
})

test('a missing update breaks the book until the next snapshot', () => {
  const chain = new BookChain()
  chain.snapshot(7, depth(10))
  expect(sizes(chain.update({ first: 8, last: 9, previous: undefined }, depth(1)))).toEqual([1])
  expect(chain.update({ first: 11, last: 12, previous: undefined }, depth(2))).toBe('broken')
  expect(chain.update({ first: 13, last: 14, previous: undefined }, depth(3))).toEqual([])
  expect(sizes(chain.snapshot(12, depth(20)))).toEqual([20, 3])
})

test('contracts are chained by the last id of the message before', () => {
  const chain = new BookChain()
  chain.snapshot(100, depth(10))
  expect(sizes(chain.update({ first: 90, last: 120, previous: 89 }, depth(1)))).toEqual([1])
  expect(sizes(chain.update({ first: 150, last: 160, previous: 120 }, depth(2)))).toEqual([2])
  expect(chain.update({ first: 170, last: 180, previous: 165 }, depth(3))).toBe('broken')
})

test('an update told twice is dropped', () => {
  const chain = new BookChain()
  chain.snapshot(7, depth(10))
  chain.update({ first: 8, last: 9, previous: undefined }, depth(1))
  expect(chain.update({ first: 8, last: 9, previous: undefined }, depth(1))).toEqual([])
})
