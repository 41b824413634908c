import { expect, test } from 'vitest'
import { blockOf, exampleId, exampleMarket, exampleQuote, exampleTrade, runMarket } from './example.ts'

test('a day of ticks keeps only what the longest window needs', () => {
  const market = exampleMarket()
  const { view } = market
  market.keep(120_000)
  const edge = view.tradeEdge(120_000)
  const quoteEdge = view.quoteEdge(120_000)
  let now = 0
  for (let block = 0; block < 40; block++) {
    market.load(
      blockOf(
        Array.from({ length: 4_000 }, () => {
          now += 100
          return now % 200 === 0 ? exampleTrade(now, 100, 0.5) : exampleQuote(now, 100)
        }),
      ),
    )
    runMarket(market, 2_048, (last) => {
      edge.ensure()
      quoteEdge.ensure()
      const { timeline, trades, quotes } = view
      const to = timeline.trades[last]
      const volume = trades.base[to - trades.offset] - trades.base[edge.values[last] - trades.offset]
      const full = timeline.time[last] >= 120_200
      expect([full ? volume : 300, full ? timeline.quotes[last] - quoteEdge.values[last] : 600]).toEqual([300, 600])
      expect(quotes.start).toBeLessThanOrEqual(quoteEdge.values[last])
    })
  }
  expect(view.trades.end).toBe(80_000)
  expect(view.trades.end - view.trades.start).toBeLessThan(3_000)
  expect(view.trades.price.length).toBeLessThan(20_000)
  expect(view.quotes.bid.length).toBeLessThan(20_000)
})

const rows = 2 ** 20 + 4_000

/** Prices and quantities that do not add up exactly. */
function longTape(): Parameters<ReturnType<typeof exampleMarket>['load']>[0] {
  const time = Float64Array.from({ length: rows }, (_, row) => 1_700_000_000_000 + row * 50)
  const price = Float64Array.from({ length: rows }, (_, row) => 0.1 + (row % 97) / 1_000)
  const quantity = Float64Array.from({ length: rows }, (_, row) => 1 / (1 + (row % 13)))
  const side = Int8Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? 1 : -1))
  return { instrumentId: exampleId, trades: { time, price, quantity, side } }
}

/** Quote volume of a minute, and its time-weighted price, at the last 8 000 instants. */
function lastReadings(stretch: number): readonly number[] {
  const market = exampleMarket()
  const { view } = market
  const edge = view.tradeEdge(60_000)
  const twpa = view.twpa(60_000, 0)
  const block = longTape()
  market.load(block)
  const begin = 1_700_000_000_000 + (rows - 8_000) * 50
  const values: number[] = []
  runMarket(market, 2_048, () => {}, begin)
  runMarket(market, stretch, (last) => {
    edge.ensure()
    twpa.ensure()
    const { quote, offset } = view.trades
    for (let at = 1; at <= last; at++)
      values.push(quote[view.timeline.trades[at] - offset] - quote[edge.values[at] - offset], twpa.values[at])
  })
  return values
}

test('running sums start over every 2^20 rows without a trace', () => {
  const whole = lastReadings(2_048)
  const { price, quantity } = longTape().trades!
  const naive = (row: number): number => {
    let sum = 0
    for (let at = row - 1_199; at <= row; at++) sum += price[at] * quantity[at]
    return sum
  }
  expect(whole.at(-2)).toBeCloseTo(naive(rows - 1), 9)
  expect(whole.at(-2 - 2 * 4_100)).toBeGreaterThan(0)
  expect(lastReadings(1)).toEqual(whole)
  expect(lastReadings(7)).toEqual(whole)
})
