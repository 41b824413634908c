import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MarketEvent } from '#model/market.ts'
import { blockOf, exampleId, exampleMarket, exampleQuote, exampleTrade, perInstant, runMarket } from './example.ts'
import type { Market } from './market.ts'

const depth = { withinPercent: 5 }

/** Everything an indicator could see at each instant. */
function everything(market: Market, events: readonly MarketEvent[], until: number): readonly unknown[] {
  const { view } = market
  const edges = [view.tradeEdge(5_000), view.quoteEdge(5_000), view.bookEdge(depth, 5_000), view.twpa(9_000, 1_000)]
  const { tape, seen } = view.bars(3_000)
  const book = view.book(depth)
  market.load(blockOf(events))
  return perInstant(
    market,
    7,
    (at) => {
      for (const edge of edges) edge.ensure()
      const { timeline, trades } = view
      const to = timeline.trades[at]
      return [
        [timeline.time[at], market.kind[at], to, timeline.quotes[at], timeline.books[at], market.mark[at]],
        edges.map(({ values }) => values[at]),
        trades.quote[to - trades.offset] - trades.quote[edges[0].values[at] - trades.offset],
        seen.values[at] > tape.start
          ? [tape.time, tape.close].map((column) => column[seen.values[at] - 1 - tape.offset])
          : [],
        timeline.books[at] > book.start ? book.bidSize[timeline.books[at] - 1 - book.offset] : null,
      ]
    },
    until,
  )
}

const declare = (market: Market): void => {
  market.keep(10_000)
  market.view.bars(3_000)
  market.view.book(depth)
}

const tape = fc
  .array(
    fc.record({
      pause: fc.constantFrom(0, 0, 3, 500, 1_700, 12_000),
      price: fc.integer({ min: 90, max: 110 }),
      kind: fc.constantFrom('trade', 'trade', 'quote', 'book', 'mark', 'gap'),
    }),
    { minLength: 2, maxLength: 60 },
  )
  .map((rows) => {
    let time = 1_700_000_000_123
    return rows.map(({ pause, price, kind }): MarketEvent => {
      const from = time
      time += pause
      if (kind === 'trade') return exampleTrade(time, price)
      if (kind === 'quote') return exampleQuote(time, price)
      if (kind === 'mark') return { type: 'markPrice', instrumentId: exampleId, time, price }
      if (kind === 'gap') return { type: 'feedGap', instrumentId: exampleId, from, time }
      return {
        type: 'bookUpdate',
        instrumentId: exampleId,
        time,
        snapshot: price % 2 === 0,
        bids: [[price - 1, 2]],
        asks: [[price + 1, 3]],
      }
    })
  })

test('a market restored from a snapshot goes on as if nothing had happened', () => {
  fc.assert(
    fc.property(tape, fc.nat(), (events, cut) => {
      const at = 1 + (cut % (events.length - 1))
      const end = events.at(-1)?.time ?? 0
      const first = exampleMarket()
      declare(first)
      first.load(blockOf(events.slice(0, at)))
      runMarket(first, 7, () => {})
      const second = exampleMarket()
      declare(second)
      second.restore(structuredClone(first.snapshot()))
      expect(second.now()).toBe(first.now())
      expect(everything(second, events.slice(at), end + 5_000)).toEqual(
        everything(first, events.slice(at), end + 5_000),
      )
    }),
    { numRuns: 80 },
  )
})

test('a restored source of bars makes no flat bars of its own', () => {
  const candle = (time: number): MarketEvent => ({
    type: 'bar',
    instrumentId: exampleId,
    time,
    intervalMs: 60_000,
    open: 10,
    high: 12,
    low: 9,
    close: 11,
    volume: 5,
  })
  const first = exampleMarket()
  first.view.bars(60_000)
  first.load(blockOf([candle(60_000)]))
  runMarket(first, 7, () => {})
  const second = exampleMarket()
  second.view.bars(60_000)
  second.restore(structuredClone(first.snapshot()))
  for (const market of [first, second]) {
    const { tape } = market.view.bars(60_000)
    runMarket(market, 7, () => {}, 119_999)
    runMarket(market, 7, () => {}, 120_000)
    market.load(blockOf([candle(120_000)]))
    runMarket(market, 7, () => {})
    expect(tape.end).toBe(2)
    expect(tape.volume.slice(0, 2)).toEqual(Float64Array.of(5, 5))
  }
})
