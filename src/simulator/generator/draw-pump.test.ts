import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawPump } from './draw-pump.ts'
import { Random } from './random.ts'
import { buyersAt, ordersAt, pathAt, pumpProfiles, spanOf } from './shapes.ts'

const minute = 60_000
const onset = 1_000_000_000
const anyPump = fc
  .record({
    seed: fc.integer(),
    profile: fc.constantFrom(...pumpProfiles),
    rise: fc.double({ min: 0.02, max: 1.5, noNaN: true }),
    giveBack: fc.option(fc.double({ min: 0.05, max: 1, noNaN: true }), { nil: undefined }),
  })
  .map(({ seed, giveBack, ...wishes }) =>
    drawPump(onset, new Random(seed, 0), { ...wishes, orders: 10, ...(giveBack === undefined ? {} : { giveBack }) }),
  )

test('a pump begins and ends where the price is, and is nowhere above its peak', () => {
  fc.assert(
    fc.property(anyPump, (pump) => {
      const { path, peakMs, rise } = pump
      expect([path.value[0], path.value.at(-1)]).toEqual([0, 0])
      expect(path.at.every((at, index) => index === 0 || at > path.at[index - 1])).toBe(true)
      expect(pathAt(pump, onset + peakMs)).toBeCloseTo(rise, 12)
      expect(Math.max(...path.value.filter((_, index) => path.at[index] <= peakMs))).toBeCloseTo(rise, 12)
      expect(Math.max(...path.value)).toBeLessThan(rise * 1.0001)
      expect(spanOf(pump).from).toBeGreaterThan(onset - 26 * minute)
      expect(spanOf(pump).to).toBe(onset + peakMs + 120 * minute)
    }),
  )
})

test('orders come from its span only, most of them while it rises, mostly buys then and mostly sells after', () => {
  fc.assert(
    fc.property(anyPump, (pump) => {
      const { peakMs, lengthMs, orders } = pump
      expect(ordersAt(pump, spanOf(pump).from - 1)).toBe(0)
      expect(ordersAt(pump, onset + lengthMs)).toBe(0)
      expect(ordersAt(pump, onset)).toBeCloseTo(orders, 9)
      expect(ordersAt(pump, onset + peakMs + 10 * minute)).toBeLessThan(0.1 * orders)
      expect(buyersAt(pump, onset)).toBeGreaterThan(0.6)
      expect(buyersAt(pump, onset + peakMs + 500)).toBeLessThan(0.5)
    }),
  )
})
