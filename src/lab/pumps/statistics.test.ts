import { array, assert, double, property } from 'fast-check'
import { expect, test } from 'vitest'
import { bootstrapInterval, quantileOf, spreadOf } from './statistics.ts'

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

test('quantiles are interpolated between neighbors, whatever the order', () => {
  expect([0, 0.25, 0.5, 0.9, 1].map((share) => quantileOf([40, 10, 30, 20], share))).toEqual([10, 17.5, 25, 37, 40])
  expect(quantileOf([7], 0.9)).toBe(7)
  expect(quantileOf([], 0.5)).toBe(null)
})

test('a spread tells quartiles, 90th percentile and extremes', () => {
  expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ count: 5, min: 1, q1: 2, median: 3, q3: 4, p90: 4.6, max: 5 })
  expect(spreadOf([])).toBe(null)
})

test('equal seeds give equal intervals, others others', () => {
  const values = [1, 5, 2, 8, 3, 9, 4]
  const interval = bootstrapInterval(values, meanOf, { seed: 7 })
  expect(bootstrapInterval(values, meanOf, { seed: 7 })).toEqual(interval)
  expect(bootstrapInterval(values, meanOf, { seed: 8 })).not.toEqual(interval)
})

test('where all items are alike there is nothing to be unsure of', () => {
  expect(bootstrapInterval([1, 1, 1], meanOf)).toEqual({ low: 1, high: 1 })
})

test('a statistic without values has no interval', () => {
  expect(bootstrapInterval([], meanOf)).toBe(null)
  expect(bootstrapInterval([1, 2], () => null)).toBe(null)
})

test('the interval of a share has the width theory gives it', () => {
  // 36 of 40: standard error √(0.9 · 0.1 ÷ 40) = 0.047, so about ±0.09
  const hits = Array.from({ length: 40 }, (_, index) => (index < 36 ? 1 : 0))
  const interval = bootstrapInterval(hits, meanOf)
  expect(interval?.low).toBeCloseTo(0.8, 1)
  expect(interval?.high).toBeCloseTo(0.975, 1)
})

test('an interval of means lies within the values', () => {
  assert(
    property(array(double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 12 }), (values) => {
      const interval = bootstrapInterval(values, meanOf, { draws: 40 })
      expect(interval?.low).toBeGreaterThanOrEqual(Math.min(...values) - 1e-6)
      expect(interval?.high).toBeLessThanOrEqual(Math.max(...values) + 1e-6)
    }),
  )
})
