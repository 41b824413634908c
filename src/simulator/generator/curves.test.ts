import { expect, test } from 'vitest'
import { curveOf, directionAt, sumOf, valueAt } from './curves.ts'

const hill = curveOf([
  [0, 0],
  [10, 4],
  [20, 4],
  [40, 1],
])

test('a curve is linear between its knots and level beyond them', () => {
  expect([-5, 0, 5, 10, 15, 30, 40, 99].map((at) => valueAt(hill, at))).toEqual([0, 0, 2, 4, 4, 2.5, 1, 1])
})

test('its direction is that of the stretch that begins', () => {
  expect([-1, 0, 9, 10, 20, 39, 40].map((at) => directionAt(hill, at))).toEqual([0, 1, 1, 0, -1, -1, 0])
})

test('a sum has the knots of both', () => {
  const sum = sumOf(
    hill,
    curveOf([
      [5, 1],
      [15, 3],
    ]),
  )
  expect(sum).toEqual({ at: [0, 5, 10, 15, 20, 40], value: [1, 3, 6, 7, 7, 4] })
})
