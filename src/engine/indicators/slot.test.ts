import { expect, test } from 'vitest'
import { type IndicatorDefinition, type MarketView, pendingReasons, type StrategyView } from '#model/indicator.ts'
import { ReadingSlot } from './slot.ts'

const nobody = {} as StrategyView

/** Ten instants a second apart, at indices 1 to 10. */
const market = {
  timeline: { length: 11, time: Float64Array.from({ length: 11 }, (_, index) => 1_000 * index) },
} as unknown as MarketView

/** The time of the instant, or with a memory how many instants there were; throws at these indices. */
function slotOf(kind: 'memory' | 'none', throwsAt: readonly number[]): ReadingSlot {
  const definition = {
    id: kind,
    create: () => {
      let count = 0
      return {
        kind: 'column',
        fill(from: number, to: number, values: Float64Array) {
          for (let at = from; at < to; at++) {
            if (throwsAt.includes(at)) throw new Error(`at ${at}`)
            values[at] = kind === 'memory' ? ++count : at
          }
        },
        ...(kind === 'memory' ? { snapshot: () => count, restore: (saved: unknown) => (count = saved as number) } : {}),
      }
    },
  } as unknown as IndicatorDefinition
  return new ReadingSlot(definition, {}, market)
}
const shown = ({ values, reasons }: ReadingSlot): readonly unknown[] =>
  Array.from(values.subarray(1), (value, index) => (Number.isNaN(value) ? pendingReasons[reasons[index + 1]] : value))

test('a kernel with a memory that fails costs the instant it fails at, and begins anew after it', () => {
  const slot = slotOf('memory', [4, 6])
  slot.ensure(1)
  expect(shown(slot)).toEqual([1, 2, 3, 'failed', 1, 'failed', 1, 2, 3, 4])
  expect(slot.failedFrom(1)).toBe(4)
  expect(slot.takeFailure(4)).toEqual({ indicator: 'memory', message: 'at 4', switchedOffUntil: null })
  expect(slot.failedFrom(1)).toBe(6)
})

test('it is switched off after three instants in a row', () => {
  const slot = slotOf('memory', [3, 4, 5])
  slot.ensure(1)
  expect(shown(slot)).toEqual([1, 2, 'failed', 'failed', 'failed', ...Array.from({ length: 5 }, () => 'switchedOff')])
  expect(slot.takeFailure(5)?.switchedOffUntil).toBe(65_000)
})

test('a kernel without a memory that fails somewhere is read where it is asked for, and fails only there', () => {
  const slot = slotOf('none', [3, 5, 6, 7, 9])
  slot.ensure(1)
  expect(slot.single).toBe(true)
  for (const at of [2, 3, 8, 10]) slot.read(at, nobody)
  expect([2, 8, 10].map((at) => slot.values[at])).toEqual([2, 8, 10])
  expect(slot.values[3]).toBeNaN()
  expect(slot.failedFrom(1)).toBe(3)
  slot.takeFailure(3)
  expect(slot.failedFrom(1)).toBe(Infinity)
})

test('one that does not fail is filled at once', () => {
  const slot = slotOf('none', [])
  slot.ensure(1)
  expect(slot.single).toBe(false)
  expect(shown(slot)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})
