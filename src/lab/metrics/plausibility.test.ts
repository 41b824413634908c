import { expect, test } from 'vitest'
import { instrumentId } from '#model/ids.ts'
import { doubtsOf, type FillView, type PlausibilityInput } from './plausibility.ts'

const id = instrumentId('A_USDT')
// Three one-minute bars from 0, each low 90, high 110, volume 100.
const of = (value: number) => Float64Array.of(value, value, value)
const prices = [
  {
    instrumentId: id,
    intervalMs: 60_000,
    time: Float64Array.of(0, 60_000, 120_000),
    open: of(100),
    high: of(110),
    low: of(90),
    close: of(100),
    volume: of(100),
  },
]
const fill = (given: Partial<FillView>): FillView => ({
  instrumentId: id,
  time: 30_000,
  side: 'buy',
  price: 100,
  quantity: 1,
  ...given,
})
const doubts = (given: Partial<PlausibilityInput>) =>
  doubtsOf({
    cagr: 0.5,
    elapsedMs: 86_400_000,
    fills: [],
    prices,
    trades: 10,
    losses: 4,
    totalCosts: 1n,
    ...given,
  }).map(({ code }) => code)

test('a plausible result raises no doubt', () => {
  expect(doubts({ fills: [fill({}), fill({ side: 'sell', price: 101 })] })).toEqual([])
})

test('yearly growth above 1000 % is doubted', () => {
  expect(doubts({ cagr: 10 })).toEqual([])
  expect(doubts({ cagr: 10.01 })).toEqual(['cagr'])
})

test('more than a tenth of a bar is doubted, also when several fills add up to it', () => {
  expect(doubts({ fills: [fill({ quantity: 10 })] })).toEqual([])
  expect(doubts({ fills: [fill({ quantity: 10.2 })] })).toEqual([])
  expect(doubts({ fills: [fill({ quantity: 10.3 })] })).toEqual(['volumeShare'])
  expect(doubts({ fills: [fill({ quantity: 6 }), fill({ quantity: 6 })] })).toEqual(['volumeShare'])
  expect(doubts({ fills: [fill({ quantity: 6 }), fill({ quantity: 6, time: 61_000 })] })).toEqual([])
})

test('buying the low or selling the high again and again is doubted, buying the high is not', () => {
  const lows = [fill({ price: 90 }), fill({ price: 90, time: 61_000 }), fill({ side: 'sell', price: 110 })]
  expect(doubts({ fills: lows })).toEqual(['favorableExtreme'])
  expect(doubts({ fills: lows.map((entry) => ({ ...entry, side: entry.side === 'buy' ? 'sell' : 'buy' })) })).toEqual(
    [],
  )
})

test('a price the bar never traded at is doubted on the favorable side only', () => {
  expect(doubts({ fills: [fill({ price: 89 })] })).toEqual(['outsideBar'])
  // Impact may carry a buy above the high.
  expect(doubts({ fills: [fill({ price: 111 })] })).toEqual([])
})

test('a fill at the moment a bar closes may belong to the bar that closed or to the one that opens', () => {
  const falling = [{ ...prices[0], low: Float64Array.of(90, 50, 40), high: Float64Array.of(110, 60, 45) }]
  const at = (given: Partial<FillView>) => doubts({ prices: falling, fills: [fill({ time: 60_000, ...given })] })
  expect(at({ side: 'sell', price: 110 })).toEqual([])
  expect(at({ side: 'buy', price: 50 })).toEqual([])
  expect(at({ side: 'buy', price: 49 })).toEqual(['outsideBar'])
  expect(at({ side: 'sell', price: 112 })).toEqual(['outsideBar'])
  // a millisecond later only the second one is left, and at the end of the data only the last
  expect(at({ time: 60_001, side: 'sell', price: 110 })).toEqual(['outsideBar'])
  expect(at({ time: 180_000, side: 'sell', price: 110 })).toEqual(['outsideBar'])
  expect(at({ time: 180_001, side: 'sell', price: 110 })).toEqual([])
})

test('a fill is held against the bar in which it happened, not only the one in which it was heard of', () => {
  const falling = [{ ...prices[0], low: Float64Array.of(90, 50, 40), high: Float64Array.of(110, 60, 45) }]
  const late = (time: number) =>
    doubts({ prices: falling, reportLatencyMs: 50, fills: [fill({ time, side: 'sell', price: 110 })] })
  expect([late(60_049), late(60_050)]).toEqual([[], []])
  expect(late(60_051)).toEqual(['outsideBar'])
  // Ten percent of each bar, told 50 ms later: never twelve of one.
  const shares = [60_050, 120_050, 180_050].map((time) => fill({ time, quantity: 10 }))
  expect(doubts({ reportLatencyMs: 50, fills: shares })).toEqual([])
})

test('many trades without a loss, or without any cost, are doubted', () => {
  expect(doubts({ trades: 20, losses: 0 })).toEqual(['noLosses'])
  expect(doubts({ totalCosts: 0n })).toEqual(['noCosts'])
})

test('fills where nothing was recorded are not judged', () => {
  expect(doubts({ fills: [fill({ time: 180_001, price: 1 }), fill({ time: -1, price: 1 })] })).toEqual([])
  expect(doubts({ prices: [], fills: [fill({ price: 1 })] })).toEqual([])
})
