import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { endingOf, fateOf } from './errors.ts'

test('what the venue refuses by rule is refused, and useless keys are fatal', () => {
  for (const code of [600, 1001, 1002, 2005, 2011, 2015, 2040, 6002]) expect(fateOf(code, 'write')).toBe('refused')
  for (const code of [401, 402, 403, 406, 602, 703, 300001]) expect(fateOf(code, 'write')).toBe('fatal')
})

test('too frequent, outside the time window and maintenance were not executed', () => {
  for (const code of [429, 510, 513, 604, 801, 2037]) expect(fateOf(code, 'write')).toBe('retry')
})

test('an ambiguous answer leaves an order unknown, and lets a read be repeated', () => {
  for (const code of [500, 501, 503, 504, 9999]) {
    expect(fateOf(code, 'write')).toBe('unknown')
    expect(fateOf(code, 'read')).toBe('retry')
  }
})

test('a taken client id and a repeated request are no refusals', () => {
  expect(fateOf(2042, 'write')).toBe('unknown')
  expect(fateOf(603, 'write')).toBe('unknown')
})

test('a code outside the closed table never becomes a refusal', () => {
  const known = new Set<string>(['refused', 'fatal', 'retry'])
  fc.assert(
    fc.property(fc.integer({ min: 400_000, max: 9_000_000 }), (code) => {
      expect(known.has(fateOf(code, 'write'))).toBe(false)
    }),
  )
})

test('an order that ended after its acknowledgement says why', () => {
  expect(endingOf(20)).toBe('postOnlyWouldCross')
  expect(endingOf(0)).toBe('byUser')
  expect(endingOf(null)).toBe('byUser')
  expect(endingOf(77)).toBe('venue77')
})
