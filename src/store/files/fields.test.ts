import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { FieldReader } from './fields.ts'

function read(text: string): { value: number; decimals: number; at: number } {
  const reader = new FieldReader(44)
  reader.bytes = Buffer.from(`${text},1\n`)
  const value = reader.number()
  return { value, decimals: reader.decimals, at: reader.at }
}

const digits = (max: number) =>
  fc.string({ unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'), minLength: 0, maxLength: max })
const decimal = fc
  .tuple(fc.constantFrom('', '-'), digits(20), digits(24), fc.option(fc.integer({ min: -40, max: 40 })))
  .filter(([, whole, fraction]) => whole.length + fraction.length > 0)
  .map(
    ([sign, whole, fraction, exponent]) =>
      `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`,
  )

test('every decimal reads as the double that Number gives', () => {
  fc.assert(
    fc.property(decimal, (text) => {
      expect(read(text).value).toBe(Number(text))
    }),
    { numRuns: 5_000 },
  )
})

test('every finite double reads back from its own text', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      // the text of −0 is 0
      expect(read(String(value)).value).toBe(value === 0 ? 0 : value)
    }),
    { numRuns: 2_000 },
  )
})

test('the cursor stops at the delimiter behind the number or what stands in its place', () => {
  fc.assert(
    fc.property(fc.oneof(decimal, fc.constantFrom('', 'NaN', '1e', '--1', '1.2.3', 'abc', '1x')), (text) => {
      expect(read(text).at).toBe(text.length)
    }),
  )
})

test.each(['', '-', '.', 'NaN', 'Infinity', '1e', '1e+', '0x10', '1 ', ' 1', '1.2.3', '1_000', '+1'])(
  '%j is not a number',
  (text) => {
    expect(read(text).value).toBeNaN()
  },
)

test.each([
  ['58710.20', 1],
  ['4.7e-07', 8],
  ['171525.0', 0],
  ['100', 0],
  ['0.00085352', 8],
  ['1.5e1', 0],
  ['37.63000000', 2],
])('%s needs %i decimals', (text, decimals) => {
  expect(read(text).decimals).toBe(decimals)
})
