import { expect, test } from 'vitest'
import type { MarketEvent } from '#model/market.ts'
import {
  blockOf,
  exampleId,
  exampleInstrument,
  exampleMarket,
  exampleQuote,
  exampleTrade,
  perInstant,
} from './example.ts'
import { instantKinds, type Market } from './market.ts'

const { grid, trade, quote, book } = instantKinds

function instantsOf(market: Market, stretch: number, until?: number): readonly number[][] {
  const { timeline } = market.view
  return perInstant(
    market,
    stretch,
    (at) => [timeline.time[at], market.kind[at], timeline.trades[at], timeline.quotes[at], timeline.books[at]],
    until,
  )
}

test.each([1, 2, 7, 2048])(
  'every trade, quote and depth update is an instant, and every grid point half a second after one (%i)',
  (stretch) => {
    const market = exampleMarket()
    market.load(
      blockOf([
        exampleTrade(900, 100),
        exampleTrade(900, 101),
        exampleQuote(900, 100),
        { type: 'bookUpdate', instrumentId: exampleId, time: 950, snapshot: true, bids: [[99, 1]], asks: [[101, 1]] },
        exampleTrade(3_000, 102),
        exampleQuote(4_500, 103),
      ]),
    )
    expect(instantsOf(market, stretch)).toEqual([
      [900, trade, 1, 0, 0],
      [900, trade, 2, 0, 0],
      [900, quote, 2, 1, 0],
      [950, book, 2, 1, 1],
      [2_000, grid, 2, 1, 1],
      [3_000, trade, 3, 1, 1],
      [4_000, grid, 3, 1, 1],
      [4_500, quote, 3, 2, 1],
    ])
  },
)

test('at equal times trades come before quotes, and quotes before depth', () => {
  const market = exampleMarket()
  market.load({
    ...blockOf([
      { type: 'bookUpdate', instrumentId: exampleId, time: 500, snapshot: true, bids: [], asks: [] },
      exampleQuote(500, 100),
      exampleTrade(500, 100),
    ]),
  })
  expect(instantsOf(market, 7).map(([, kind]) => kind)).toEqual([trade, quote, book])
})

test('there is no grid before the first event, and the grid goes on up to the time asked for', () => {
  const market = exampleMarket()
  market.load(blockOf([exampleTrade(12_345, 100)]))
  expect(instantsOf(market, 7, 14_000).map(([time]) => time)).toEqual([12_345, 13_000, 14_000])
  expect(market.now()).toBe(14_000)
})

test('a late event happens now, not in the past', () => {
  const market = exampleMarket()
  market.push(exampleTrade(1_400, 100))
  expect(instantsOf(market, 1, 2_100).map(([time]) => time)).toEqual([1_400, 2_000])
  market.push(exampleTrade(1_700, 101))
  market.push(exampleQuote(1_600, 101))
  market.push({ type: 'markPrice', instrumentId: exampleId, time: 1_650, price: 102 })
  expect(instantsOf(market, 1, 2_100).map(([time]) => time)).toEqual([2_000, 2_000, 2_000])
  expect(market.view.trades.time.slice(0, 2)).toEqual(Float64Array.of(1_400, 2_000))
})

test.each([
  { type: 'feedGap', instrumentId: exampleId, from: 1_000, time: 2_000 },
  { type: 'feedStale', instrumentId: exampleId, time: 2_000, stale: true },
  { type: 'feedEnded', instrumentId: exampleId, time: 2_000 },
  { type: 'instrumentChanged', instrument: exampleInstrument, time: 2_000 },
] satisfies MarketEvent[])('$type ends a stretch once all before it and at its time has happened', (control) => {
  const market = exampleMarket()
  market.load(blockOf([exampleTrade(400, 100), exampleTrade(2_000, 101), exampleTrade(2_001, 102), control]))
  const { timeline } = market.view
  expect(market.control(9_999)).toBeUndefined()
  expect(market.advance(100, 9_999)).toBe(3)
  expect(timeline.time.slice(1, 4)).toEqual(Float64Array.of(400, 1_000, 2_000))
  expect(market.control(1_999)).toBeUndefined()
  expect(market.control(9_999)).toBe(control)
  expect(market.advance(100, 9_999)).toBe(0)
  market.takeControl()
  expect(market.control(9_999)).toBeUndefined()
  expect(market.advance(100, 2_500)).toBe(1)
  expect(timeline.time[1]).toBe(2_001)
})

test('after a gap the grid waits for the next event', () => {
  const market = exampleMarket()
  market.load(
    blockOf([
      exampleTrade(900, 100),
      { type: 'feedGap', instrumentId: exampleId, from: 900, time: 500_000 },
      exampleTrade(500_100, 100),
    ]),
  )
  market.advance(5, 900)
  expect(market.advance(1_000, 500_000)).toBe(498)
  expect(market.control(500_000)?.type).toBe('feedGap')
  market.takeControl()
  expect(market.advance(1_000, 500_090)).toBe(0)
  expect(instantsOf(market, 7, 501_000).map(([time]) => time)).toEqual([500_100, 501_000])
})

test('mark prices stand beside the instants from the one that brought them', () => {
  const market = exampleMarket()
  market.load(
    blockOf([
      exampleTrade(900, 100),
      { type: 'markPrice', instrumentId: exampleId, time: 950, price: 99 },
      exampleTrade(960, 100),
    ]),
  )
  expect(perInstant(market, 1, (at) => market.mark[at])).toEqual([Number.NaN, 99, 99])
})
