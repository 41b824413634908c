import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatMoney, portion, product, share, toMoney, toNumber, unitPrice } from './money.ts'

test('0.1 + 0.2 − 0.3 is nothing', () => {
  expect(toMoney(0.1) + toMoney(0.2) - toMoney(0.3)).toBe(0n)
})

test('a number becomes its shortest decimal in 1e-8, halves away from zero', () => {
  expect(toMoney(12.5)).toBe(1_250_000_000n)
  expect(toMoney(-0.00000001)).toBe(-1n)
  expect(toMoney(5e-9)).toBe(1n)
  expect(toMoney(-5e-9)).toBe(-1n)
  expect(toMoney(4.9e-9)).toBe(0n)
  expect(toMoney(1.5e21)).toBe(150_000_000_000_000_000_000_000_000_000n)
})

test('an unknown amount is not money', () => {
  expect(() => toMoney(Number.NaN)).toThrow('not an amount: NaN')
  expect(() => product(1, Number.POSITIVE_INFINITY)).toThrow('not an amount: Infinity')
})

test('price × quantity is computed on the digits, where floating point is off', () => {
  expect(1.1 * 1.1).not.toBe(1.21)
  expect(product(1.1, 1.1)).toBe(121_000_000n)
  expect(product(0.00001234, 1_000_000)).toBe(1_234_000_000n)
  expect(product(64_123.4, -0.003)).toBe(-19_237_020_000n)
})

test('a fee is rounded once', () => {
  expect(share(toMoney(192.3702), 0.0008)).toBe(15_389_616n)
  expect(share(-1n, 0.5)).toBe(-1n)
})

test('a third of one, three times, leaves the rest to the last part', () => {
  const third = portion(100_000_000n, 1, 3)
  expect(third).toBe(33_333_333n)
  expect(100_000_000n - third - third).toBe(33_333_334n)
})

test('a portion keeps the sign of the amount and the ratio', () => {
  expect(portion(-100n, 0.1, 0.4)).toBe(-25n)
  expect(portion(100n, -0.1, 0.4)).toBe(-25n)
  expect(portion(-100n, -0.1, -0.4)).toBe(-25n)
})

test('the unit price of one fill is its price', () => {
  expect(unitPrice(product(0.1, 3), 3)).toBe(0.1)
  expect(unitPrice(product(64_123.4, 0.003), 0.003)).toBe(64_123.4)
  expect(unitPrice(product(64_123.4, -0.003), -0.003)).toBe(64_123.4)
})

test('money reads as decimal text', () => {
  expect(formatMoney(-1_250_000_000n)).toBe('-12.5')
  expect(formatMoney(1n)).toBe('0.00000001')
  expect(formatMoney(0n)).toBe('0')
  expect(formatMoney(-100_000_000n)).toBe('-1')
})

test('amounts of up to fifteen digits survive the way there and back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (amount) => {
      expect(toMoney(toNumber(amount))).toBe(amount)
    }),
  )
})

test('a product of grid values is exact to the last digit', () => {
  const small = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 })
  fc.assert(
    fc.property(small, small, (ticks, lots) => {
      expect(product(ticks / 1e4, lots / 1e4)).toBe(BigInt(ticks) * BigInt(lots))
    }),
  )
})

test('what is taken and what is left always make the whole', () => {
  const amount = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n })
  fc.assert(
    fc.property(amount, fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 0, max: 1_000 }), (whole, size, part) => {
      const taken = portion(whole, Math.min(part, size) / 10, size / 10)
      const isBetween = whole < 0n ? taken <= 0n && taken >= whole : taken >= 0n && taken <= whole
      expect(isBetween).toBe(true)
      expect(portion(whole, size / 10, size / 10)).toBe(whole)
    }),
  )
})
