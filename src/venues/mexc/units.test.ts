import { snapQuantity } from '#model/instrument.ts'
import * as fc from 'fast-check'
import { expect, expectTypeOf, test } from 'vitest'
import { base, type Base, createScale, notional, type Quote } from './units.ts'
import type { Contracts } from './wire/fields.ts'

const contracts = (count: number): Contracts => count as Contracts

test('contracts become coins by the contract size', () => {
  expect(createScale(0.0001, contracts(1)).toBase(contracts(3))).toBe(0.0003)
  expect(createScale(10_000_000, contracts(1)).toBase(contracts(12))).toBe(120_000_000)
  expect(createScale(0.1, contracts(0.1)).toBase(contracts(0.3))).toBe(0.03)
})

test('coins become whole volume units and never more than asked', () => {
  const scale = createScale(0.0001, contracts(1))
  expect(scale.toContracts(base(0.0003))).toBe(3)
  expect(scale.toContracts(base(0.00039))).toBe(3)
  expect(scale.toContracts(base(0.00009))).toBe(0)
  expect(createScale(10, contracts(0.1)).toContracts(base(0.3 * 10))).toBe(0.3)
})

test('coins, contracts and money do not mix', () => {
  expectTypeOf<Base>().not.toExtend<Contracts>()
  expectTypeOf<Contracts>().not.toExtend<Base>()
  expectTypeOf<Quote>().not.toExtend<Base>()
  expectTypeOf(notional(2, base(3))).toEqualTypeOf<Quote>()
})

const sizes = fc.constantFrom(1e-5, 1e-4, 0.001, 0.01, 0.1, 1, 10, 100, 1_000, 10_000_000, 0.0005, 0.25)

test('every whole number of contracts survives the way to coins and back, on the lot grid', () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 0, max: 100_000_000 }), (size, count) => {
      const scale = createScale(size, contracts(1))
      const coins = scale.toBase(contracts(count))
      expect(snapQuantity({ lotSize: size }, coins)).toBe(coins)
      expect(scale.toContracts(coins)).toBe(count)
    }),
  )
})
