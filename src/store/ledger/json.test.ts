import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf, floatsOf, parseJson, toJson } from './json.ts'
import { parseMoney } from './money-text.ts'
import { formatMoney } from '#model/money.ts'

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.bigInt(),
    fc.double(),
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(
        fc.string().filter((key) => key !== '__proto__'),
        fc.constantFrom('$bigint', '$number', '$float64', '$escaped'),
      ),
      tie('value'),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
}))

test('every value comes back equal, bigints and numbers JSON cannot write included', () => {
  const rule = fc.property(value, (value) => {
    expect(parseJson(toJson(value))).toEqual(value)
  })
  fc.assert(rule, { numRuns: 1_000 })
})

test('what comes back is compared strictly: −0 is not 0', () => {
  const rule = fc.property(fc.double(), (number) => {
    expect(parseJson(toJson(number))).toBe(number)
  })
  fc.assert(rule)
})

test('columns come back as columns', () => {
  const rule = fc.property(fc.float64Array(), (column) => {
    expect(parseJson(toJson({ column }))).toEqual({ column })
  })
  fc.assert(rule)
  const part = Float64Array.of(1, 2, 3, 4).subarray(1, 3)
  expect(floatsOf(bytesOf(part))).toEqual(Float64Array.of(2, 3))
})

test('money reads as digits, so that other tools can read it too', () => {
  expect(toJson({ fee: 12_345_678_901_234_567_890n })).toBe('{"fee":{"$bigint":"12345678901234567890"}}')
})

test('fields that are undefined are left out', () => {
  expect(toJson({ a: undefined, b: 1 })).toBe('{"b":1}')
})

describe('money as text', () => {
  test('comes back exactly', () => {
    const rule = fc.property(fc.bigInt(), (amount) => {
      expect(parseMoney(formatMoney(amount))).toBe(amount)
    })
    fc.assert(rule)
  })
})
