import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instrumentId } from '#model/ids.ts'
import type { MarketEvent, TradeColumns } from '#model/market.ts'
import { type EventColumns, sliceColumns } from './kinds.ts'
import { mergeDay } from './merge-day.ts'

function rows(...list: readonly (readonly [time: number, price: number])[]): TradeColumns {
  const column = (of: (row: readonly [number, number]) => number): Float64Array => Float64Array.from(list, of)
  return {
    time: column(([time]) => time),
    price: column(([, price]) => price),
    quantity: column(() => 1),
    side: new Int8Array(list.length).fill(1),
  }
}

const pricesOf = (merged: ReturnType<typeof mergeDay>): readonly number[] | string =>
  'conflictAt' in merged ? `conflict at ${merged.conflictAt}` : [...(merged.columns as TradeColumns).price]

test('any two overlapping stretches of one recording merge to the recording', () => {
  const recording = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 9 })), {
    minLength: 1,
    maxLength: 40,
  })
  fc.assert(
    fc.property(recording, fc.nat(), fc.nat(), (list, a, b) => {
      const whole = rows(...list.sort(([x], [y]) => x - y))
      const { time } = whole
      // stretches are cut between two times, as files are
      const cut = (at: number): number => time.findIndex((value) => value === time[at % time.length])
      const [from, to] = [cut(a), cut(b)].sort((x, y) => x - y) as [number, number]
      const first = sliceColumns('trade', whole, 0, to)
      const second = sliceColumns('trade', whole, from, time.length)
      if (first.time.length === 0) return
      expect(mergeDay('trade', first, second, false)).toEqual({ columns: whole })
      expect(mergeDay('trade', second, first, false)).toEqual({ columns: whole })
    }),
  )
})

test('rows told differently are a conflict, and replaced on request', () => {
  const stored = rows([1, 10], [2, 20], [3, 30], [9, 90])
  const added = rows([2, 20], [3, 31], [4, 40])
  expect(pricesOf(mergeDay('trade', stored, added, false))).toBe('conflict at 3')
  expect(pricesOf(mergeDay('trade', stored, added, true))).toEqual([10, 20, 31, 40, 90])
})

test('rows missing in between are a conflict', () => {
  expect(pricesOf(mergeDay('trade', rows([1, 10], [2, 20], [3, 30]), rows([1, 10], [3, 30]), false))).toBe(
    'conflict at 2',
  )
  expect(pricesOf(mergeDay('trade', rows([1, 10], [3, 30]), rows([1, 10], [2, 20], [3, 30]), false))).toBe(
    'conflict at 2',
  )
})

test('a recording that goes on replaces nothing, even in its last millisecond', () => {
  expect(pricesOf(mergeDay('trade', rows([1, 10], [2, 20]), rows([1, 10], [2, 20], [2, 21], [3, 30]), false))).toEqual([
    10, 20, 21, 30,
  ])
})

test('files that part within a millisecond are put together', () => {
  expect(pricesOf(mergeDay('trade', rows([1, 10], [2, 20]), rows([2, 21], [3, 30]), false))).toEqual([10, 20, 21, 30])
})

test('a stretch between two stored ones fills the hole', () => {
  expect(pricesOf(mergeDay('trade', rows([1, 10], [9, 90]), rows([4, 40], [5, 50]), false))).toEqual([10, 40, 50, 90])
})

describe('events', () => {
  const id = instrumentId('BTC_USDT')
  const mark = (time: number, price: number): MarketEvent => ({ type: 'markPrice', instrumentId: id, time, price })
  const funding = (time: number): MarketEvent => ({
    type: 'funding',
    instrumentId: id,
    time,
    rate: 0.0001,
    markPrice: 1,
  })
  const events = (...list: readonly MarketEvent[]) => ({
    time: Float64Array.from(list, ({ time }) => time),
    events: list,
  })
  const told = (merged: ReturnType<typeof mergeDay>): readonly string[] | number =>
    'conflictAt' in merged
      ? merged.conflictAt
      : (merged.columns as EventColumns).events.map(({ type, time }) => `${time} ${type}`)

  test('of different types are put together by time, however often', () => {
    const once = mergeDay('event', events(mark(1, 10), mark(2, 20), mark(3, 30)), events(funding(1), funding(2)), false)
    const both = ['1 markPrice', '1 funding', '2 markPrice', '2 funding', '3 markPrice']
    expect(told(once)).toEqual(both)
    if ('conflictAt' in once) return
    expect(told(mergeDay('event', once.columns, events(funding(1), funding(2)), false))).toEqual(both)
    expect(told(mergeDay('event', once.columns, events(mark(2, 20), mark(3, 30)), false))).toEqual(both)
    expect(told(mergeDay('event', once.columns, events(mark(2, 20), mark(3, 30), mark(4, 40)), false))).toHaveLength(6)
  })

  test('of one type told differently are a conflict, and replaced on request without the others', () => {
    const stored = events(mark(1, 10), funding(2), mark(2, 20))
    expect(told(mergeDay('event', stored, events(mark(1, 10), mark(2, 21)), false))).toBe(2)
    expect(told(mergeDay('event', stored, events(mark(1, 10), mark(2, 21)), true))).toEqual([
      '1 markPrice',
      '2 funding',
      '2 markPrice',
    ])
  })
})
