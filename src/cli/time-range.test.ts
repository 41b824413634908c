import { describe, expect, test } from 'vitest'
import { parseTime, timeRangeOf } from './time-range.ts'
import { Refusal } from './values.ts'

describe('a time', () => {
  test.each([
    ['2024-01-31', Date.UTC(2024, 0, 31)],
    ['20240131', Date.UTC(2024, 0, 31)],
    ['2024-01-31T12:30', Date.UTC(2024, 0, 31, 12, 30)],
    ['2024-01-31 12:30:05', Date.UTC(2024, 0, 31, 12, 30, 5)],
    ['2024-01-31T12:30:05.250Z', Date.UTC(2024, 0, 31, 12, 30, 5, 250)],
    ['2024-01-31T12:30+02:00', Date.UTC(2024, 0, 31, 10, 30)],
  ])('%s is UTC unless it says otherwise', (text, time) => {
    expect(parseTime(text)).toBe(time)
  })

  test.each(['yesterday', '2024-02-31', '2024-13-01', '31.01.2024', '1706659200', '2024-01-31T25:00'])(
    '%s is refused',
    (text) => {
      expect(parseTime(text)).toBeInstanceOf(Refusal)
    },
  )
})

describe('a time range', () => {
  test('is written as days, the last one not included, or as two times', () => {
    const range = { from: Date.UTC(2024, 0, 1), to: Date.UTC(2024, 1, 1) }
    expect(timeRangeOf({ timerange: '20240101-20240201' })).toEqual(range)
    expect(timeRangeOf({ from: '2024-01-01', to: '20240201' })).toEqual(range)
  })

  test('may be open at either end', () => {
    expect(timeRangeOf({ timerange: '20240101-' })).toEqual({ from: Date.UTC(2024, 0, 1) })
    expect(timeRangeOf({ timerange: '-20240101' })).toEqual({ to: Date.UTC(2024, 0, 1) })
    expect(timeRangeOf({})).toEqual({})
  })

  test.each([
    [{ timerange: '20240201-20240101' }, 'emptyRange'],
    [{ from: '2024-01-01', to: '2024-01-01' }, 'emptyRange'],
    [{ timerange: 'januar' }, 'invalidRange'],
    [{ timerange: '-' }, 'invalidRange'],
    [{ timerange: '20240101-', to: '2024-02-01' }, 'invalidRange'],
    [{ from: 'soon' }, 'invalidTime'],
    [{ timerange: '20240230-' }, 'invalidTime'],
  ])('%j is refused as %s', (options, code) => {
    expect(() => timeRangeOf(options)).toThrow(expect.objectContaining({ code }))
  })
})
