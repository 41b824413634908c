import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Bar, MarketEvent } from '#model/market.ts'
import { blockOf, exampleId, exampleMarket, exampleTrade, perInstant, runMarket } from './example.ts'
import type { Market } from './market.ts'

const names = ['time', 'open', 'high', 'low', 'close', 'volume', 'quoteVolume'] as const
type Row = readonly number[]

/** The closed bars seen at each instant, as the tape has them. */
function barsSeen(market: Market, intervalMs: number, stretch: number, until?: number): readonly Row[][] {
  const { tape, seen } = market.view.bars(intervalMs)
  return perInstant(
    market,
    stretch,
    (at) => {
      const rows: Row[] = []
      for (let row = tape.start; row < seen.values[at]; row++)
        rows.push(names.map((name) => tape[name][row - tape.offset]))
      return rows
    },
    until,
  )
}

function naiveBars(
  trades: readonly { time: number; price: number; quantity: number }[],
  intervalMs: number,
  now: number,
): Row[] {
  const rows: Row[] = []
  if (trades.length === 0) return rows
  let close = trades[0].price
  for (let end = (Math.floor(trades[0].time / intervalMs) + 1) * intervalMs; end <= now; end += intervalMs) {
    const inside = trades.filter(({ time }) => time >= end - intervalMs && time < end)
    const prices = inside.map(({ price }) => price)
    const open = prices[0] ?? close
    close = prices.at(-1) ?? close
    rows.push([
      end,
      open,
      Math.max(open, ...prices),
      Math.min(open, ...prices),
      close,
      inside.reduce((sum, { quantity }) => sum + quantity, 0),
      inside.reduce((sum, { price, quantity }) => sum + price * quantity, 0),
    ])
  }
  return rows
}

test('bars are those of the trades in each interval, flat where none was, and seen from their close on', () => {
  const trade = fc.record({
    pause: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2_500 }), fc.constantFrom(5_000, 23_000)),
    price: fc.integer({ min: 50, max: 150 }),
    quantity: fc.integer({ min: 1, max: 9 }),
  })
  fc.assert(
    fc.property(fc.array(trade, { minLength: 1, maxLength: 40 }), fc.constantFrom(1, 7, 2_048), (rows, stretch) => {
      let time = 1_700_000_003_400
      const trades = rows.map(({ pause, price, quantity }) => exampleTrade((time += pause), price, quantity))
      const market = exampleMarket()
      market.load(blockOf(trades))
      const { timeline } = market.view
      const times = [...trades, { time: time + 6_000 }].map((row) => row.time)
      const seen = barsSeen(market, 5_000, stretch, times.at(-1))
      const instants = exampleMarket()
      instants.load(blockOf(trades))
      const at = perInstant(instants, stretch, (index) => instants.view.timeline.time[index], times.at(-1))
      expect(timeline.length).toBeGreaterThan(0)
      expect(seen).toHaveLength(at.length)
      seen.forEach((bars, index) => expect(bars).toEqual(naiveBars(trades, 5_000, at[index])))
    }),
    { numRuns: 60 },
  )
})

test('a trade at the close belongs to the next bar', () => {
  const market = exampleMarket()
  market.load(blockOf([exampleTrade(59_999, 100, 2), exampleTrade(60_000, 110, 3)]))
  expect(barsSeen(market, 60_000, 7, 120_000).at(-1)).toEqual([
    [60_000, 100, 100, 100, 100, 2, 200],
    [120_000, 110, 110, 110, 110, 3, 330],
  ])
})

const candle = (time: number, [open, high, low, close]: readonly number[], intervalMs = 60_000): Bar => ({
  type: 'bar',
  instrumentId: exampleId,
  time,
  intervalMs,
  open,
  high,
  low,
  close,
  volume: 6,
})

test.each([1, 7, 2_048])(
  'a source of bars gives its own bars, longer ones made of them, and a print at each close (%i)',
  (stretch) => {
    const market = exampleMarket()
    const three = market.view.bars(180_000)
    market.load(
      blockOf([
        candle(60_000, [10, 14, 9, 12]),
        candle(120_000, [12, 13, 11, 11]),
        candle(180_000, [11, 20, 10, 19]),
        candle(300_000, [19, 19, 18, 18]),
      ]),
    )
    const minutes = barsSeen(market, 60_000, stretch)
    expect(minutes.at(-1)?.map((bar) => bar.slice(0, 6))).toEqual([
      [60_000, 10, 14, 9, 12, 6],
      [120_000, 12, 13, 11, 11, 6],
      [180_000, 11, 20, 10, 19, 6],
      [240_000, 19, 19, 19, 19, 0],
      [300_000, 19, 19, 18, 18, 6],
    ])
    expect(minutes[0]).toHaveLength(1)
    expect(names.map((name) => three.tape[name][0])).toEqual([
      180_000,
      10,
      20,
      9,
      19,
      18,
      6 * (35 / 3 + 35 / 3 + 49 / 3),
    ])
    expect(three.tape.end).toBe(1)
    const { trades } = market.view
    expect(trades.price.slice(0, 4)).toEqual(Float64Array.of(12, 11, 19, 18))
    expect(trades.side.slice(0, 4)).toEqual(new Int8Array(4))
  },
)

test('a source of long bars has no short ones', () => {
  const market = exampleMarket()
  market.load(blockOf([candle(300_000, [10, 14, 9, 12], 300_000), candle(600_000, [12, 14, 9, 12], 300_000)]))
  expect(barsSeen(market, 60_000, 7).at(-1)).toEqual([])
})

test('bars start over after a gap', () => {
  const market = exampleMarket()
  const { tape, seen } = market.view.bars(1_000)
  market.load(
    blockOf([
      exampleTrade(500, 100),
      exampleTrade(1_500, 101),
      { type: 'feedGap', instrumentId: exampleId, from: 1_500, time: 10_300 } satisfies MarketEvent,
      exampleTrade(10_400, 102),
    ]),
  )
  runMarket(market, 7, () => {}, 11_000)
  const last = market.view.timeline.length - 1
  expect(seen.values[last] - tape.start).toBe(1)
  expect(names.map((name) => tape[name][tape.start - tape.offset])).toEqual([11_000, 102, 102, 102, 102, 1, 102])
})
