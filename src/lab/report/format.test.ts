import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatMoney, toMoney } from '#model/money.ts'
import {
  amountsIn,
  decimalsOf,
  durationText,
  moneyText,
  numberText,
  parseMoney,
  percentText,
  priceText,
  quantityText,
  readableName,
  signedMoney,
  timeText,
} from './format.ts'

test('money is rounded half away from zero and grouped by thousands', () => {
  expect(moneyText(toMoney(1234567.125), 2)).toBe('1,234,567.13')
  expect(moneyText(toMoney(-0.125), 2)).toBe('-0.13')
  expect(moneyText(toMoney(999.995), 2)).toBe('1,000.00')
  expect(moneyText(toMoney(1234.5), 0)).toBe('1,235')
  expect(moneyText(toMoney(0.00012), 4)).toBe('0.0001')
})

test('an amount that rounds to zero carries no sign', () => {
  expect(moneyText(toMoney(-0.001), 2)).toBe('0.00')
  expect(signedMoney(toMoney(0.001), 2)).toBe('0.00')
  expect(signedMoney(toMoney(0.01), 2)).toBe('+0.01')
  expect(numberText(-0.001)).toBe('0.00')
})

test('the currency decides the digits of its amounts', () => {
  expect(['USDT', 'USDC', 'EUR', 'BTC', 'btc', 'ETH', 'BNB'].map(decimalsOf)).toEqual([2, 2, 2, 8, 8, 6, 6])
  const bitcoin = amountsIn('BTC')
  expect(bitcoin.signed(toMoney(0.00002914))).toBe('+0.00002914')
  expect(bitcoin.fine(toMoney(0.00002914))).toBe('0.00002914')
  expect(bitcoin.number(0.25)).toBe('0.25000000')
  expect(amountsIn('USDT').fine(toMoney(0.00123))).toBe('0.0012')
  expect([bitcoin.short(toMoney(0.25)), bitcoin.short(toMoney(100))]).toEqual(['0.25', '100'])
  expect(amountsIn('USDT').short(toMoney(10_000))).toBe('10,000')
})

test('money text reads back as the amount rounded to its decimals', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), (cents) => {
      expect(moneyText(cents * 1_000_000n, 2).replaceAll(',', '')).toBe((Number(cents) / 100).toFixed(2))
    }),
  )
})

test('exact text reads back as the same amount', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (amount) => {
      expect(parseMoney(formatMoney(amount))).toBe(amount)
    }),
  )
})

test('an undefined value is a dash, never a zero', () => {
  expect(percentText(null)).toBe('–')
  expect(numberText(null)).toBe('–')
  expect(durationText(null)).toBe('–')
})

test('times are ISO 8601 with Z, with milliseconds only when there are any', () => {
  expect(timeText(Date.UTC(2026, 2, 2, 12, 4, 10))).toBe('2026-03-02T12:04:10Z')
  expect(timeText(Date.UTC(2026, 2, 2, 12, 4, 10, 250))).toBe('2026-03-02T12:04:10.250Z')
})

test('durations name their unit or read as a clock', () => {
  expect(durationText(250)).toBe('250 ms')
  expect(durationText(4_200)).toBe('4.2 s')
  expect(durationText(59_960)).toBe('60.0 s')
  expect(durationText(3_723_000)).toBe('01:02:03')
  expect(durationText(2 * 86_400_000 + 5_000)).toBe('2d 00:00:05')
})

test('prices keep their digits however small they are, without an exponent', () => {
  expect(priceText(0.000012917)).toBe('0.000012917')
  expect(priceText(67012.1)).toBe('67012.1')
  expect(priceText(3)).toBe('3')
  expect(priceText(1e-10)).toBe('0.0000000001')
})

test('quantities drop trailing zeros of the fraction only', () => {
  expect(quantityText(44329520)).toBe('44329520')
  expect(quantityText(0.1 + 0.2)).toBe('0.3')
})

test('setting names are read as words', () => {
  expect(readableName('reportLatencyMs')).toBe('report latency ms')
})
