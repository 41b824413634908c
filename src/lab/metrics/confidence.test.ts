import { expect, test } from 'vitest'
import { confidenceOf, meanInterval, studentT95, wilsonInterval } from './confidence.ts'

test('the interval of the mean uses Student’s t', () => {
  // 1 2 3 4 5: mean 3, s = √2.5 = 1.581139, s/√5 = 0.707107, t(4) = 2.776 → ± 1.9629284.
  const interval = meanInterval([5, 1, 4, 2, 3])
  expect(interval?.low).toBeCloseTo(1.0370716, 6)
  expect(interval?.high).toBeCloseTo(4.9629284, 6)
  expect(meanInterval([1])).toBeNull()
})

test('t falls with the sample size toward 1.96', () => {
  // Published: t(40) 2.021, t(60) 2.000, t(120) 1.980.
  expect(studentT95(30)).toBe(2.042)
  expect(studentT95(40)).toBeCloseTo(2.021, 3)
  expect(studentT95(60)).toBeCloseTo(2.0, 3)
  expect(studentT95(120)).toBeCloseTo(1.98, 3)
})

test('the win rate has a Wilson interval that stays inside 0 and 1', () => {
  // 8 of 10, z = 1.959964: center (0.8 + 0.192073)/1.384146 = 0.716740, half 0.226588 → 0.490162 … 0.943318.
  const interval = wilsonInterval(8, 10)
  expect(interval?.low).toBeCloseTo(0.49016, 4)
  expect(interval?.high).toBeCloseTo(0.94332, 4)
  expect(wilsonInterval(0, 3)?.low).toBe(0)
  expect(wilsonInterval(0, 0)).toBeNull()
})

test('fewer than 30 trades are never significant', () => {
  expect(
    confidenceOf(
      Array.from({ length: 29 }, (_, index) => 10 + (index % 2)),
      29,
    ).verdict,
  ).toBe('tooFewTrades')
})

test('thirty trades are significant only when 0 is outside the interval of the mean', () => {
  expect(
    confidenceOf(
      Array.from({ length: 30 }, (_, index) => 10 + (index % 2)),
      30,
    ).verdict,
  ).toBe('significant')
  expect(
    confidenceOf(
      Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? 10 : -10)),
      15,
    ).verdict,
  ).toBe('notSignificant')
})
