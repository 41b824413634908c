import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { minCoverage } from '#model/indicator.ts'
import type { MarketEvent, Quote, Trade } from '#model/market.ts'
import { blockOf, exampleId, exampleMarket, exampleQuote, exampleTrade, perInstant } from './example.ts'
import type { Market } from './market.ts'

/** Bursts in one millisecond, usual pauses, and now and then a long silence. */
const pause = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 900 }) },
  { weight: 1, arbitrary: fc.integer({ min: 5_000, max: 40_000 }) },
)
const row = fc.record({
  pause,
  price: fc.integer({ min: 50, max: 150 }),
  quantity: fc.integer({ min: 1, max: 9 }),
  kind: fc.constantFrom('buy', 'sell', 'unknown', 'quote', 'book'),
})
const tape = fc.array(row, { minLength: 1, maxLength: 80 }).map((rows) => {
  let time = 1_700_000_000_123
  return rows.map(({ pause, price, quantity, kind }): MarketEvent => {
    time += pause
    if (kind === 'quote') return exampleQuote(time, price)
    if (kind === 'book')
      return { type: 'bookUpdate', instrumentId: exampleId, time, snapshot: true, bids: [[price, 1]], asks: [] }
    return exampleTrade(time, price, quantity, kind === 'unknown' ? undefined : kind)
  })
})
const stretch = fc.constantFrom(1, 2, 7, 2_048)

const tradesIn = (events: readonly MarketEvent[]): Trade[] => events.filter((event) => event.type === 'trade')
const quotesIn = (events: readonly MarketEvent[]): Quote[] => events.filter((event) => event.type === 'quote')

/** Loads in blocks that cut the tape anywhere, going through all of each block before the next. */
function inBlocks<Value>(
  market: Market,
  events: readonly MarketEvent[],
  cuts: readonly number[],
  stretch: number,
  read: (at: number) => Value,
): Value[] {
  const values: Value[] = []
  const edges = [...new Set([0, ...cuts.map((cut) => cut % (events.length + 1)), events.length])].sort((a, b) => a - b)
  edges.forEach((from, index) => {
    market.load(blockOf(events.slice(from, edges[index + 1] ?? from)))
    values.push(...perInstant(market, stretch, read))
  })
  return values
}

test('sums over any window equal those of the trades in it', () => {
  fc.assert(
    fc.property(tape, stretch, fc.array(fc.nat(), { maxLength: 3 }), (events, stretch, cuts) => {
      const market = exampleMarket()
      const { timeline, trades } = market.view
      const windows = [1, 500, 7_000, 60_000].map((ms) => ({ ms, edge: market.view.tradeEdge(ms) }))
      const all = tradesIn(events)
      inBlocks(market, events, cuts, stretch, (at) => {
        const to = timeline.trades[at]
        for (const { ms, edge } of windows) {
          edge.ensure()
          const from = edge.values[at]
          const inside = all.slice(0, to).filter(({ time }) => time > timeline.time[at] - ms)
          const sum = (value: (trade: Trade) => number) => inside.reduce((total, trade) => total + value(trade), 0)
          const difference = (column: Float64Array) => column[to - trades.offset] - column[from - trades.offset]
          expect(to - from).toBe(inside.length)
          expect(difference(trades.base)).toBe(sum(({ quantity }) => quantity))
          expect(difference(trades.quote)).toBe(sum(({ price, quantity }) => price * quantity))
          expect(difference(trades.buyQuote)).toBe(
            sum(({ side, price, quantity }) => (side === 'buy' ? price * quantity : 0)),
          )
          expect(difference(trades.sellQuote)).toBe(
            sum(({ side, price, quantity }) => (side === 'sell' ? price * quantity : 0)),
          )
        }
      })
    }),
    { numRuns: 60 },
  )
})

test('quote and depth edges are the rows not later than the edge', () => {
  fc.assert(
    fc.property(tape, stretch, (events, stretch) => {
      const market = exampleMarket()
      const { timeline } = market.view
      const depth = { levels: 3 }
      const edges = [1, 999, 5_000].map((ms) => ({
        ms,
        quote: market.view.quoteEdge(ms),
        book: market.view.bookEdge(depth, ms),
      }))
      const quotes = quotesIn(events)
      const books = events.filter(({ type }) => type === 'bookUpdate')
      inBlocks(market, events, [], stretch, (at) => {
        for (const { ms, quote, book } of edges) {
          quote.ensure()
          book.ensure()
          const edge = timeline.time[at] - ms
          expect(quote.values[at]).toBe(quotes.filter(({ time }) => time <= edge).length)
          expect(book.values[at]).toBe(books.filter(({ time }) => time <= edge).length)
        }
      })
    }),
    { numRuns: 60 },
  )
})

/** Time-weighted price over `(from, to]` of event time, the last price before carried in; NaN while too little is covered. */
function naiveTwpa(trades: readonly Trade[], from: number, to: number): number {
  const [first] = trades
  if (!first || first.time > to) return Number.NaN
  const begin = Math.max(from, first.time)
  if (to - begin < (to - from) * minCoverage || to === begin) return Number.NaN
  let area = 0
  trades.forEach(({ time, price }, index) => {
    const end = trades[index + 1]?.time ?? Infinity
    const held = Math.min(end, to) - Math.max(time, begin)
    if (held > 0) area += (price - first.price) * held
  })
  return first.price + area / (to - begin)
}

test('time-weighted prices hold each price until the next, and wait for four fifths of their window', () => {
  fc.assert(
    fc.property(tape, stretch, fc.array(fc.nat(), { maxLength: 3 }), (events, stretch, cuts) => {
      const market = exampleMarket()
      const { timeline } = market.view
      const windows = (
        [
          [1_000, 0],
          [10_000, 2_000],
          [60_000, 0],
        ] as const
      ).map(([fromMs, toMs]) => ({ fromMs, toMs, column: market.view.twpa(fromMs, toMs) }))
      const all = tradesIn(events)
      inBlocks(market, events, cuts, stretch, (at) => {
        for (const { fromMs, toMs, column } of windows) {
          column.ensure()
          const now = timeline.time[at]
          const naive = naiveTwpa(all.slice(0, timeline.trades[at]), now - fromMs, now - toMs)
          const difference = column.values[at] - naive
          expect(Number.isNaN(naive) ? Number.isNaN(column.values[at]) : Math.abs(difference) < 1e-9).toBe(true)
        }
      })
    }),
    { numRuns: 60 },
  )
})

test('columns are equal bit for bit whether a stretch is one instant or two thousand', () => {
  fc.assert(
    fc.property(tape, (events) => {
      const columnsWith = (stretch: number): readonly number[][] => {
        const market = exampleMarket()
        const { view } = market
        const columns = [view.tradeEdge(700), view.priceIntegral(0), view.priceIntegral(3_000), view.twpa(9_000, 500)]
        market.load(blockOf(events))
        return perInstant(market, stretch, (at) => {
          for (const column of columns) column.ensure()
          return columns.map(({ values }) => values[at])
        })
      }
      const whole = columnsWith(2_048)
      expect(columnsWith(1)).toEqual(whole)
      expect(columnsWith(3)).toEqual(whole)
    }),
    { numRuns: 40 },
  )
})

test('a column asked for again after some stretches has lost nothing', () => {
  const market = exampleMarket()
  market.keep(30_000)
  const edge = market.view.tradeEdge(30_000)
  market.load(blockOf(Array.from({ length: 500 }, (_, index) => exampleTrade(1_000 + index * 400, 100))))
  let stretches = 0
  const counts = perInstant(market, 10, (at) => {
    if (++stretches < 400) return 75
    edge.ensure()
    return market.view.timeline.trades[at] - edge.values[at]
  })
  expect(counts).toHaveLength(500)
  expect(new Set(counts)).toEqual(new Set([75]))
})
