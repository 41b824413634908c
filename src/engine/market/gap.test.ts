import { expect, test } from 'vitest'
import type { MarketEvent } from '#model/market.ts'
import { blockOf, exampleId, exampleMarket, exampleQuote, exampleTrade, perInstant, runMarket } from './example.ts'
import { instantKinds } from './market.ts'

const gap = (from: number, time: number): MarketEvent => ({ type: 'feedGap', instrumentId: exampleId, from, time })

test('after a gap nothing from before it is in a window', () => {
  const market = exampleMarket()
  const { view } = market
  const edge = view.tradeEdge(60_000)
  const price = view.twpa(1_000, 0)
  market.load(
    blockOf([
      exampleTrade(10_000, 100),
      exampleTrade(11_000, 100),
      gap(11_000, 12_000),
      exampleTrade(12_500, 200),
      exampleTrade(13_299, 200),
      exampleTrade(13_300, 200),
    ]),
  )
  const read = (at: number): readonly number[] => {
    edge.ensure()
    price.ensure()
    return [view.timeline.time[at], view.timeline.trades[at] - edge.values[at], price.values[at]]
  }
  expect(perInstant(market, 7, read)).toEqual([
    [10_000, 1, Number.NaN],
    [11_000, 2, 100],
    [12_500, 1, Number.NaN],
    [13_299, 2, Number.NaN],
    [13_300, 3, 200],
  ])
})

test('coverage is counted from the first trade after the gap', () => {
  const market = exampleMarket()
  expect(market.view.coveredSince()).toBeNaN()
  market.load(blockOf([exampleTrade(10_000, 100), gap(10_000, 12_000)]))
  expect(market.advance(10, 10_000)).toBe(1)
  expect(market.view.coveredSince()).toBe(10_000)
  runMarket(market, 10, () => {})
  expect(market.view.coveredSince()).toBeNaN()
  market.load(blockOf([exampleTrade(12_345, 100)]))
  runMarket(market, 10, () => {})
  expect(market.view.coveredSince()).toBe(12_345)
})

test('after a gap quotes and depth from before it are gone', () => {
  const market = exampleMarket()
  const depth = { levels: 1 }
  const { view } = market
  const edge = view.quoteEdge(60_000)
  const bookEdge = view.bookEdge(depth, 60_000)
  const book = (time: number): MarketEvent => ({
    type: 'bookUpdate',
    instrumentId: exampleId,
    time,
    snapshot: true,
    bids: [[99, 3]],
    asks: [[101, 4]],
  })
  market.load(
    blockOf([
      exampleQuote(10_000, 100),
      book(10_100),
      gap(10_100, 12_000),
      exampleTrade(12_100, 100),
      exampleQuote(12_200, 101),
      book(12_300),
    ]),
  )
  const read = (at: number): readonly number[] => {
    edge.ensure()
    bookEdge.ensure()
    const { timeline } = view
    return [
      timeline.time[at],
      timeline.quotes[at] - edge.values[at],
      timeline.quotes[at] - view.quotes.start,
      timeline.books[at] - bookEdge.values[at],
    ]
  }
  expect(perInstant(market, 1, read).filter(([time]) => time % 1_000 !== 0)).toEqual([
    [10_100, 1, 1, 1],
    [12_100, 0, 0, 0],
    [12_200, 1, 1, 0],
    [12_300, 1, 1, 1],
  ])
})

test('depth after a gap is not known until the next snapshot', () => {
  const market = exampleMarket()
  const tape = market.view.book({ levels: 5 })
  const update = (time: number, snapshot: boolean): MarketEvent => ({
    type: 'bookUpdate',
    instrumentId: exampleId,
    time,
    snapshot,
    bids: [[99, 3]],
    asks: [[101, 4]],
  })
  market.load(blockOf([update(10_000, true), gap(10_000, 12_000), update(12_100, false), update(12_200, true)]))
  const sizes = perInstant(market, 1, (at) => {
    if (market.kind[at] !== instantKinds.book) return -1
    return tape.bidSize[market.view.timeline.books[at] - 1 - tape.offset]
  })
  expect(sizes.filter((size) => size !== -1)).toEqual([3, Number.NaN, 3])
})
