import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { deviation, median, sum } from '#test/indicator-harness.ts'
import { addProduct, addTo, crossMoment, selfMoment, sumOf } from './compensated.ts'
import { medianOf } from './median.ts'
import { SlidingExtreme } from './sliding-extreme.ts'
import { SlidingMedian } from './sliding-median.ts'

/** Values, and how many of the oldest leave after each. */
const queue = fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: 0, max: 2 })), {
  maxLength: 400,
  size: 'max',
})

test('a sliding median is that of what is held, through growth, clearing and moving', () => {
  fc.assert(
    fc.property(queue, (steps) => {
      const sliding = new SlidingMedian()
      const held: number[] = []
      for (const [value, leaving] of steps) {
        sliding.push(value)
        held.push(value)
        for (let left = Math.min(leaving, held.length); left > 0; left--) {
          sliding.shift()
          held.shift()
        }
        expect(sliding.median()).toBe(held.length > 0 ? median(held) : Number.NaN)
      }
      expect([...sliding.toArray()]).toEqual(held)
    }),
    { numRuns: 60 },
  )
})

test('a sliding extreme is that of what is held, the newest of equals', () => {
  fc.assert(
    fc.property(queue, fc.constantFrom(1 as const, -1 as const), (steps, sign) => {
      let sliding = new SlidingExtreme(sign)
      let first = 0
      steps.forEach(([value, leaving], key) => {
        sliding.push(key, value)
        first = Math.min(key + 1, first + leaving)
        sliding.evict(first)
        const held = steps.slice(first, key + 1).map(([each]) => sign * each)
        const best = Math.max(...held)
        expect(sliding.value()).toBe(held.length > 0 ? sign * best : Number.NaN)
        expect(sliding.key()).toBe(held.length > 0 ? first + held.lastIndexOf(best) : Number.NaN)
        if (key % 100 !== 99) return
        const moved = new SlidingExtreme(sign)
        moved.restore(structuredClone(sliding.snapshot()))
        sliding = moved
      })
    }),
    { numRuns: 60 },
  )
})

test('what leaves a compensated sum leaves no trace, however large it was', () => {
  const memory = new Float64Array(2)
  addTo(memory, 0, 0.1)
  addTo(memory, 0, 1e17)
  addTo(memory, 0, 0.2)
  addTo(memory, 0, -1e17)
  expect(sumOf(memory, 0)).toBe(0.1 + 0.2)
})

test('moments of nearly equal numbers do not cancel', () => {
  const values = [1e8 + 0.25, 1e8 + 0.5, 1e8 + 0.25, 1e8 + 0.75]
  const memory = new Float64Array(6)
  for (const value of values) {
    addTo(memory, 0, value)
    addProduct(memory, 2, value, value, 1)
    addProduct(memory, 4, value, -value, 1)
  }
  expect(Math.sqrt(selfMoment(memory, 4, 0, 2)) / 4).toBeCloseTo(deviation(values), 14)
  expect(crossMoment(memory, 4, 0, 0, 2)).toBe(selfMoment(memory, 4, 0, 2))
  expect(sumOf(memory, 4)).toBeCloseTo(-sum(values.map((value) => value * value)), 0)
})

test('equal numbers have no spread at all', () => {
  const memory = new Float64Array(4)
  for (let count = 1; count <= 50; count++) {
    addTo(memory, 0, 0.1)
    addProduct(memory, 2, 0.1, 0.1, 1)
    expect(selfMoment(memory, count, 0, 2)).toBe(0)
  }
})

test('the median of a few numbers', () => {
  expect(medianOf(Float64Array.of(3, 1, 2, 9), 3)).toBe(2)
  expect(medianOf(Float64Array.of(3, 1, 2, 9), 4)).toBe(2.5)
  expect(medianOf(Float64Array.of(3), 0)).toBeNaN()
})
