import { describe, expect, test } from 'vitest'
import { UserError } from '#model/failure.ts'
import { demand, parseCapital, parseDuration, parseFee, parseLatency, type Parser, Refusal, wholeIn } from './values.ts'

const refused = <T>(parser: Parser<T>, text: string): string => {
  const value = parser(text)
  return value instanceof Refusal ? `${value.code}: ${value.message}` : `taken as ${JSON.stringify(value)}`
}

describe('a duration', () => {
  test.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1.5h', 5_400_000],
    ['1h30m', 5_400_000],
    ['2D', 172_800_000],
    ['0', 0],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  test.each([
    ['5', 'the unit is missing'],
    ['-5m', 'it is negative'],
    ['5 minutes', 'units are ms, s, m, h, d and w'],
    ['', 'units are'],
    ['100w100w100w100w100w100w', 'longer than ten years'],
  ])('%s is refused: %s', (text, why) => {
    expect(refused(parseDuration, text)).toMatch(/^invalidDuration: /)
    expect(refused(parseDuration, text)).toContain(why)
  })
})

describe('a latency', () => {
  test.each([
    ['250', { type: 'fixed', ms: 250 }],
    ['0', { type: 'fixed', ms: 0 }],
    ['1.5s', { type: 'fixed', ms: 1_500 }],
    ['100-400', { type: 'uniform', minMs: 100, maxMs: 400 }],
    ['100ms-1s', { type: 'uniform', minMs: 100, maxMs: 1_000 }],
    ['lognormal:200ms:1500ms', { type: 'lognormal', medianMs: 200, p99Ms: 1_500 }],
  ])('%s is read', (text, latency) => {
    expect(parseLatency(text)).toEqual(latency)
  })

  test.each(['400-100', 'fast', '100-200-300', '2m', 'lognormal:200', '-5', ''])('%s is refused', (text) => {
    expect(refused(parseLatency, text)).toMatch(/^invalidLatency: /)
  })
})

describe('capital', () => {
  test.each([
    ['1000', { amount: 100_000_000_000n, currency: null }],
    ['10_000.5usdt', { amount: 1_000_050_000_000n, currency: 'USDT' }],
    ['0.00000001 BTC', { amount: 1n, currency: 'BTC' }],
  ])('%s is read exactly', (text, capital) => {
    expect(parseCapital(text)).toEqual(capital)
  })

  test.each([
    ['-5', 'it is negative'],
    ['0', 'it is zero'],
    ['1.123456789', 'at most eight decimals'],
    ['1,000', 'not a plain number'],
    ['1e3', 'not a plain number'],
    ['NaN', 'not a plain number'],
  ])('%s is refused: %s', (text, why) => {
    expect(refused(parseCapital, text)).toMatch(/^invalidMoney: /)
    expect(refused(parseCapital, text)).toContain(why)
  })
})

describe('a fee', () => {
  test('may be written in percent', () => {
    expect(parseFee('0.1%')).toBe(0.001)
    expect(parseFee('0')).toBe(0)
  })

  test.each(['0.1', '-0.001', 'free', '', '1 %%'])('%s is refused', (text) => {
    expect(refused(parseFee, text)).toMatch(/^invalidFee: /)
  })
})

test('a whole number has no fraction', () => {
  const parse = wholeIn({ name: 'a seed', min: 0, max: 10, example: '1' })
  expect(parse('7')).toBe(7)
  expect(refused(parse, '1.5')).toContain('not a whole number')
  expect(refused(parse, '11')).toContain('a seed is 0 or more and at most 10')
})

test('a refused value names the flag it was given to', () => {
  expect(() => demand(parseDuration('5'), '--warm-up')).toThrow(UserError)
  expect(() => demand(parseDuration('5'), '--warm-up')).toThrow(
    expect.objectContaining({ where: '--warm-up', exit: 'configuration' }),
  )
})
