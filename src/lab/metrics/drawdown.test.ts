import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawdownOf } from './drawdown.ts'

const series = (...equity: number[]) => ({ time: equity.map((_, index) => index * 1000), equity })

test('the deepest fall is measured from the running peak, with its start, end and recovery', () => {
  // Peak 120 at 1 s, trough 90 at 3 s: 30 of 120 = 25 %; 120 again at 5 s.
  expect(drawdownOf(series(100, 120, 100, 90, 110, 120, 118))?.deepest).toEqual({
    amount: 30,
    fraction: 0.25,
    peakAt: 1000,
    troughAt: 3000,
    recoveredAt: 5000,
    durationMs: 2000,
  })
})

test('the deepest in percent and the largest in money may be different falls', () => {
  // 100 → 80 is 20 of 100 = 20 %; 400 → 330 is 70 of 400 = 17.5 %.
  const drawdown = drawdownOf(series(100, 80, 400, 330))
  expect(drawdown?.deepest).toMatchObject({ amount: 20, fraction: 0.2, recoveredAt: 2000 })
  expect(drawdown?.largest).toMatchObject({ amount: 70, fraction: 0.175, recoveredAt: null })
})

test('current drawdown is measured from the running peak, not from the start', () => {
  // Peak 200, now 150: 50 of 200, although the start was 100.
  expect(drawdownOf(series(100, 200, 150))).toMatchObject({
    current: 50,
    currentFraction: 0.25,
    peak: 200,
    lowest: 100,
  })
})

test('the longest time under water counts until the peak is reached again', () => {
  expect(drawdownOf(series(100, 99, 99, 99, 101, 100))?.longestUnderwaterMs).toBe(3000)
})

test('equity that never falls has no drawdown, and an empty series none at all', () => {
  expect(drawdownOf(series(1, 2, 3))).toMatchObject({ deepest: null, largest: null, currentFraction: 0 })
  expect(drawdownOf(series())).toBeNull()
})

test('the fraction is that of the naive search over all pairs, at any scale', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 60 }), (equity) => {
      let naive = 0
      for (let i = 0; i < equity.length; i++) {
        for (let j = i; j < equity.length; j++) naive = Math.max(naive, (equity[i] - equity[j]) / equity[i])
      }
      expect(drawdownOf(series(...equity))?.deepest?.fraction ?? 0).toBeCloseTo(naive, 12)
      expect(drawdownOf(series(...equity.map((value) => value * 8)))?.deepest?.fraction ?? 0).toBeCloseTo(naive, 12)
    }),
  )
})
