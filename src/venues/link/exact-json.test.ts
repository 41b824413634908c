import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseExact, plainDecimal } from './exact-json.ts'

test('an order id beyond 2^53 comes as its digits, wherever it stands', () => {
  expect(parseExact('{"orderId":123456789012345678,"ids":[9007199254740993],"ts":1789498321789}')).toEqual({
    orderId: '123456789012345678',
    ids: ['9007199254740993'],
    ts: 1_789_498_321_789,
  })
})

test('ids that are text stay text, and digits inside a text are left alone', () => {
  expect(parseExact('{"orderId":"123456789012345678","note":"a:123456789012345678,"}')).toEqual({
    orderId: '123456789012345678',
    note: 'a:123456789012345678,',
  })
})

test('decimals with exponent or thirty zeros are numbers', () => {
  expect(parseExact('[9.75E+4,25329.000000000000000000000000000000,1e-7]')).toEqual([97_500, 25_329, 1e-7])
})

test('numbers under the asked keys come as they were written', () => {
  const text = '{"fee":0.10000000000000000555,"price":1e400,"rows":[{"fee":3}]}'
  expect(parseExact(text, { textKeys: new Set(['fee']) })).toEqual({
    fee: '0.10000000000000000555',
    price: Infinity,
    rows: [{ fee: '3' }],
  })
})

test('what is not JSON throws a SyntaxError, also when it is nested a million deep', () => {
  for (const text of ['', '<html></html>', '{"a":1', 'NaN', `{"id":123456789012345678${'['.repeat(1e6)}`]) {
    expect(() => parseExact(text)).toThrow(SyntaxError)
  }
  expect(() => parseExact(`[1234567890123456789,${'['.repeat(1e5)}${']'.repeat(1e5)}]`)).toThrow(SyntaxError)
})

test('a __proto__ key is a plain member and changes no prototype', () => {
  const parsed = parseExact('{"__proto__":{"polluted":1},"id":123456789012345678}') as object
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
  expect(Object.keys(parsed)).toEqual(['__proto__', 'id'])
})

test('what JSON.parse reads exactly is read the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      const exact = JSON.stringify(parseExact(text))
      // Integers that a double cannot hold are the one difference.
      fc.pre(!/\d{16}/.test(text))
      expect(exact).toBe(text)
    }),
  )
})

test('every integer beyond the safe ones survives digit by digit', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 100n }), (id) => {
      expect(parseExact(`{"id":${id}}`)).toEqual({ id: String(id) })
    }),
  )
})

test('a number is written as plain digits that read back as the same number', () => {
  expect([1e-7, 1.5e21, 0.0001, -2.5e-9, 0, 123].map(plainDecimal)).toEqual([
    '0.0000001',
    '1500000000000000000000',
    '0.0001',
    '-0.0000000025',
    '0',
    '123',
  ])
  expect(() => plainDecimal(NaN)).toThrow(RangeError)
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = plainDecimal(value)
      expect(text).toMatch(/^-?\d+(\.\d+)?$/)
      expect(Number(text) === value).toBe(true)
    }),
  )
})
