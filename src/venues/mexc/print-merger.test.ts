import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPrintMerger } from './print-merger.ts'
import type { Deal } from './wire/market.ts'

const deal = (t: number, p: number, v = 1): Deal => ({ t, p, v, T: 1 }) as Deal

test('what lies between two connections comes from the history, once', () => {
  const merger = createPrintMerger()
  for (const print of [deal(1, 10), deal(2, 10)]) merger.delivered(print)
  const history = { prints: [deal(4, 12), deal(3, 11), deal(2, 10)], complete: false }
  expect(merger.merge(history, [[deal(4, 12), deal(5, 13)]])).toEqual({
    prints: [deal(3, 11), deal(4, 12), deal(5, 13)],
    gapFrom: null,
  })
})

test('equal prints of one millisecond are as many as the source that saw most of them', () => {
  const merger = createPrintMerger()
  merger.delivered(deal(1, 10))
  const twice = [deal(2, 10), deal(2, 10)]
  expect(merger.merge({ prints: [deal(1, 10), ...twice], complete: true }, [[deal(2, 10)]]).prints).toEqual(twice)
})

test('a history that does not reach back leaves a hole, and says from when', () => {
  const merger = createPrintMerger()
  merger.delivered(deal(100, 10))
  expect(merger.merge({ prints: [deal(150, 11)], complete: false }, []).gapFrom).toBe(100)
  expect(merger.merge({ prints: [deal(150, 11)], complete: true }, []).gapFrom).toBeNull()
  expect(merger.merge(null, []).gapFrom).toBe(100)
})

test('wherever the tape is cut and however the pieces overlap, nothing is lost or doubled, if the history begins with a whole millisecond', () => {
  const tapes = fc
    .array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 2 })), { minLength: 1, maxLength: 60 })
    .map((steps) => {
      let t = 1
      return steps.map(([step, p]) => deal((t += step), p))
    })
  fc.assert(
    fc.property(tapes, fc.nat(60), fc.nat(60), fc.nat(60), (tape, cut, from, overlap) => {
      const merger = createPrintMerger()
      const told = tape.slice(0, Math.max(1, cut))
      for (const print of told) merger.delivered(print)
      const oldest = tape[Math.min(from, Math.max(0, told.length - 1))].t
      const reach = tape.findIndex(({ t }) => t === oldest)
      const live = tape.slice(Math.max(0, tape.length - overlap))
      const merged = merger.merge({ prints: tape.slice(reach).toReversed(), complete: true }, [live])
      const sorted = (prints: readonly Deal[]): string[] => prints.map(({ t, p }) => `${t}/${p}`).toSorted()
      expect(sorted([...told, ...merged.prints])).toEqual(sorted(tape))
      expect(merged.prints.every(({ t }, index) => index === 0 || t >= merged.prints[index - 1].t)).toBe(true)
    }),
  )
})
