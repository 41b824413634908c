import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fateOf, judge } from './errors.ts'

const said = (status: number, code: number, msg = 'words') =>
  judge(status, { code, msg }, JSON.stringify({ code, msg }), 'order')?.fate

test('what the venue refuses by rule is refused, and useless keys are fatal', () => {
  for (const code of [-1102, -1111, -1121, -2010, -2019, -2021, -2022, -4003, -4014, -4120, -4164, -5021, -5022])
    expect(said(400, code)).toBe('refused')
  for (const code of [-1002, -1022, -2014, -2015, -4400]) expect(said(400, code)).toBe('fatal')
})

test('overload, too many requests and a wrong clock were not executed', () => {
  for (const code of [-1003, -1008, -1015, -1016, -1021, -5028]) expect(said(400, code)).toBe('retry')
  expect(judge(400, { code: -1021, msg: '' }, '', 'order')).toMatchObject({ clock: true })
})

test('a timeout of the engine leaves an order unknown, and lets a read be repeated', () => {
  for (const code of [-1000, -1001, -1006, -1007]) {
    expect(said(400, code)).toBe('unknown')
    expect(judge(400, { code, msg: '' }, '', 'read')?.fate).toBe('retry')
  }
})

test('a taken client id is no refusal: the order is open', () => {
  expect(said(400, -4116)).toBe('unknown')
})

test('the three meanings of 503 are told apart by their words', () => {
  const words = (msg: string) => judge(503, { code: -1000, msg }, msg, 'order')?.fate
  expect(words('Unknown error, please check your request or try again later.')).toBe('unknown')
  expect(words('Service Unavailable.')).toBe('retry')
  expect(words('Internal error; unable to process your request. Please try again.')).toBe('retry')
  expect(judge(503, undefined, '<html>503 Service Unavailable.</html>', 'order')?.fate).toBe('unknown')
  expect(said(503, 0, 'Service Unavailable.')).toBe('retry')
  expect(said(503, -1008)).toBe('retry')
})

test('any other trouble of a server leaves an order open, whatever code comes with it', () => {
  for (const status of [408, 500, 502, 504]) expect(said(status, -2010)).toBe('unknown')
  expect(judge(502, undefined, '<html>', 'order')).toBeNull()
})

test('the edge of the venue refuses for good', () => {
  expect(judge(403, undefined, '<html>', 'order')).toMatchObject({ fate: 'fatal', code: '403' })
})

test('success with a code is no failure', () => {
  expect(judge(200, { code: 200, msg: 'success' }, '', 'order')).toBeNull()
  expect(judge(200, { code: '200', msg: 'success' }, '', 'order')).toBeNull()
  expect(judge(200, { code: -2011, msg: 'Unknown order sent.' }, '', 'order')?.fate).toBe('refused')
})

test('a code outside the closed table never becomes a refusal', () => {
  fc.assert(
    fc.property(fc.integer({ min: -9_999_999, max: -6_000 }), (code) => {
      expect(fateOf(code, 'order')).toBe('unknown')
    }),
  )
})
