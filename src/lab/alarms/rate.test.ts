import { describe, expect, test } from 'vitest'
import { poissonInterval, rateOf } from './rate.ts'

describe('the exact interval of a count', () => {
  // Garwood 1936, as tabled e.g. by Ulm 1990
  test.each([
    [0, 0, 3.688_88],
    [1, 0.025_32, 5.571_64],
    [10, 4.795_39, 18.390_36],
    [100, 81.364, 121.627],
  ])('of %i', (count, low, high) => {
    const interval = poissonInterval(count, 1)
    expect(interval.low).toBeCloseTo(low, 3)
    expect(interval.high).toBeCloseTo(high, 3)
  })

  test('is told per unit of time', () => {
    expect(poissonInterval(0, 100).high).toBeCloseTo(0.036_888_8, 6)
  })
})

describe('a rate over several markets', () => {
  test('is all alarms by all coin-days', () => {
    const rate = rateOf(
      [
        { alarms: 3, coinDays: 1 },
        { alarms: 0, coinDays: 5 },
      ],
      1,
    )
    expect(rate).toMatchObject({ alarms: 3, coinDays: 6, perCoinDay: 0.5, interval: { low: 0, high: 3 } })
  })

  test('of markets that cry equally often is as certain as drawing markets can tell', () => {
    const loads = Array.from({ length: 5 }, () => ({ alarms: 2, coinDays: 4 }))
    expect(rateOf(loads, 1).interval).toEqual({ low: 0.5, high: 0.5 })
  })

  test('of one market, or without an alarm, has the interval of a count', () => {
    expect(rateOf([{ alarms: 4, coinDays: 2 }], 1).interval).toEqual(poissonInterval(4, 2))
    expect(
      rateOf(
        [
          { alarms: 0, coinDays: 2 },
          { alarms: 0, coinDays: 8 },
        ],
        1,
      ).interval,
    ).toEqual(poissonInterval(0, 10))
  })

  test('over no time at all is undefined', () => {
    expect(rateOf([{ alarms: 0, coinDays: 0 }], 1)).toMatchObject({ perCoinDay: null, interval: null })
  })
})
