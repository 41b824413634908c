import { expect, test } from 'vitest'
import { instrumentId } from '#model/ids.ts'
import { Tape } from '../pumps/tape.ts'
import { fallOf } from './fall.ts'

const minute = 60_000
const onset = 100 * minute
const peakTime = onset + 30_000
const recording = (...prints: readonly (readonly [minutesAfterPeak: number, price: number])[]) => ({
  file: 'COIN.csv',
  instrumentId: instrumentId('COIN_BTC'),
  tape: new Tape({
    time: Float64Array.from(prints, ([minutes]) => peakTime + minutes * minute),
    price: Float64Array.from(prints, ([, price]) => price),
    quantity: new Float64Array(prints.length).fill(1),
    side: new Int8Array(prints.length).fill(1),
  }),
})
const pump = { eventId: 'p', onset, prePrice: 10, peakPrice: 15, peakTime }

test('a fall ends at the median price of 25 to 35 minutes after the peak', () => {
  const fall = fallOf(pump, recording([0, 15], [24.9, 1], [25, 12], [30, 13], [35, 11], [35.1, 1]))
  expect(fall).toEqual({
    eventId: 'p',
    file: 'COIN.csv',
    instrumentId: 'COIN_BTC',
    onset,
    peak: { time: peakTime, price: 15 },
    after: 12,
    depth: 3,
    higherLaterPct: 0,
  })
})

test('where the price went on to rise there is no depth, and it says how far above the peak it came', () => {
  expect(fallOf(pump, recording([0, 15], [30, 16], [59, 18], [61, 30]))).toMatchObject({
    after: 16,
    depth: null,
    higherLaterPct: expect.closeTo(20, 9),
  })
})

test('nothing is made up where nothing traded', () => {
  expect(fallOf(pump, recording([0, 15], [50, 12]))).toMatchObject({ after: null, depth: null })
  expect(fallOf({ ...pump, peakTime: null }, recording([0, 15]))).toBeUndefined()
})
