import { expect, test } from 'vitest'
import { instrumentId } from '#model/ids.ts'
import type { MarketBlock } from '#model/market.ts'
import { PriceRecorder } from './price-recorder.ts'

const id = instrumentId('A_USDT')
const minute = 60_000
const f = (...values: readonly number[]): Float64Array => Float64Array.from(values)

function trades(rows: readonly (readonly [time: number, price: number, quantity: number])[]): MarketBlock {
  const column = (at: 0 | 1 | 2): Float64Array => Float64Array.from(rows, (row) => row[at])
  const side = new Int8Array(rows.length)
  return { instrumentId: id, trades: { time: column(0), price: column(1), quantity: column(2), side } }
}

function bars(intervalMs: number, count: number): MarketBlock {
  const close = Float64Array.from({ length: count }, (_, row) => 100 + row)
  return {
    instrumentId: id,
    bars: {
      intervalMs,
      time: Float64Array.from({ length: count }, (_, row) => (row + 1) * intervalMs),
      open: close,
      high: close.map((value) => value + 1),
      low: close.map((value) => value - 1),
      close,
      volume: new Float64Array(count).fill(7),
    },
  }
}

test('trades are drawn by the minute with what was traded in it', () => {
  const recorder = new PriceRecorder(id)
  recorder.add(
    trades([
      [10, 5, 1],
      [20, 7, 2],
    ]),
  )
  recorder.add(
    trades([
      [minute - 1, 6, 3],
      [minute, 9, 4],
    ]),
  )
  expect(recorder.series()).toEqual({
    instrumentId: id,
    intervalMs: minute,
    time: f(0, minute),
    open: f(5, 9),
    high: f(7, 9),
    low: f(5, 9),
    close: f(6, 9),
    volume: f(6, 4),
  })
})

test('no bar is cut by a bucket: each ends where a bucket ends', () => {
  const five = new PriceRecorder(id)
  five.add(bars(5 * minute, 3))
  expect(five.series()).toMatchObject({
    intervalMs: 5 * minute,
    time: f(0, 5 * minute, 10 * minute),
    volume: f(7, 7, 7),
  })
  const odd = new PriceRecorder(id)
  odd.add(bars(45_000, 4))
  expect(odd.series()).toMatchObject({ intervalMs: 90_000, time: f(0, 90_000), volume: f(14, 14) })
})

test('however long the recording, there are at most 2 000 points, and no volume is lost', () => {
  const recorder = new PriceRecorder(id)
  recorder.add(bars(5 * minute, 10_000))
  const { time, volume, intervalMs, high } = recorder.series()
  expect(time.length).toBeLessThanOrEqual(2_000)
  expect(intervalMs).toBe(40 * minute)
  expect(volume?.reduce((sum, value) => sum + value)).toBe(70_000)
  expect(high[high.length - 1]).toBe(10_100)
})
