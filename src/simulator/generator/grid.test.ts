import { snapPrice } from '#model/instrument.ts'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { gridOf, stepsOf, valueOf } from './grid.ts'
import { listingAt } from './instruments.ts'

test('a value of a whole number of steps is the one snapPrice gives, and counts back to it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 2 ** 31 }), (index, steps) => {
      const { instrument } = listingAt(index)
      const grid = gridOf(instrument.tickSize)
      const price = valueOf(grid, steps)
      expect(price).toBe(snapPrice(instrument, price))
      expect(stepsOf(grid, price)).toBe(steps)
    }),
  )
})

test('maintenance margin is continuous where tiers meet', () => {
  const tiers = listingAt(1).instrument.marginTiers
  for (let next = 1; next < tiers.length; next++) {
    const { notionalCap, maintenanceRate, deduction } = tiers[next - 1]
    const above = notionalCap * tiers[next].maintenanceRate - tiers[next].deduction
    expect(above).toBeCloseTo(notionalCap * maintenanceRate - deduction, 6)
  }
})
