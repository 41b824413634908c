import { expect, test } from 'vitest'
import { interpolate } from './interpolate.ts'

/** Risk 20 → 1.2, risk 70 → 0.55 (domain.md §2.3). */
const points: [number, number][] = [
  [20, 1.2],
  [70, 0.55],
]

test('between two points the scale is a straight line', () => {
  expect(interpolate(points, 45)).toEqual({ value: 0.875, assumed: false })
})

test('outside the points it is flat, and on them it is theirs', () => {
  expect(interpolate(points, 0).value).toBe(1.2)
  expect(interpolate(points, 20).value).toBe(1.2)
  expect(interpolate(points, 70).value).toBe(0.55)
  expect(interpolate(points, 100).value).toBe(0.55)
})

test('a pending reading takes the smallest scale, and says that it was assumed', () => {
  expect(interpolate(points, Number.NaN)).toEqual({ value: 0.55, assumed: true })
})

test('points in any order give the same line', () => {
  expect(interpolate(points.toReversed(), 45)).toEqual({ value: 0.875, assumed: false })
})

test('two points at one reading are a step, the later one from there on', () => {
  const step: [number, number][] = [
    [0, 1],
    [50, 1],
    [50, 0.5],
    [100, 0.5],
  ]
  expect(interpolate(step, 49.9).value).toBe(1)
  expect(interpolate(step, 50).value).toBe(0.5)
})
