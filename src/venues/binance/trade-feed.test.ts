import type { MarketEvent } from '#model/market.ts'
import { createManualTimers } from '#test/manual-timers.ts'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { toSpot } from './instruments.ts'
import { createTradeFeed } from './trade-feed.ts'
import { type AggTrade, spotSymbol } from './wire/market.ts'

const contract = toSpot(
  spotSymbol.parse({
    symbol: 'BTCUSDT',
    status: 'TRADING',
    baseAsset: 'BTC',
    quoteAsset: 'USDT',
    isSpotTradingAllowed: true,
    filters: [
      { filterType: 'PRICE_FILTER', tickSize: '0.01' },
      { filterType: 'LOT_SIZE', stepSize: '0.00001' },
    ],
  }),
)!
const trade = (a: number): AggTrade => ({ a, p: 100, q: 1, T: 1_000_000 + a * 10, m: false })
const trades = (from: number, to: number): AggTrade[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => trade(from + at))

function feed(history: (fromId: number) => Promise<readonly AggTrade[]>, historyMs: number | null = null) {
  const timers = createManualTimers(2_000_000)
  const events: MarketEvent[] = []
  let gaps = 0
  const own = createTradeFeed({
    contract: () => contract,
    emit: (event) => void events.push(event),
    history,
    historyMs,
    timers,
    onGap: () => void (gaps += 1),
  })
  const ids = (): number[] => events.flatMap((event) => (event.type === 'trade' ? [Number(event.tradeId)] : []))
  return { timers, own, events, ids, gaps: () => gaps }
}

test('a hole is filled from the history before what came after it is told', async () => {
  const { own, ids, timers, gaps } = feed((fromId) => Promise.resolve(trades(fromId, 9)))
  for (const id of [1, 2, 6, 7]) own.onTrade(trade(id), 0)
  expect(ids()).toEqual([1, 2])
  await timers.advance(0)
  own.onTrade(trade(10), 0)
  expect(ids()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(gaps()).toBe(0)
})

test('a long outage takes as many pages as it needs', async () => {
  const asked: number[] = []
  const { own, ids, timers } = feed((fromId) => {
    asked.push(fromId)
    return Promise.resolve(trades(fromId, Math.min(3_500, fromId + 999)))
  })
  own.onTrade(trade(1), 0)
  own.resume()
  await timers.advance(0)
  expect(ids()).toHaveLength(3_500)
  expect(asked).toEqual([2, 1_002, 2_002, 3_002])
})

test('a history that lags is asked again until it connects', async () => {
  let newest = 3
  const { own, ids, timers, gaps } = feed((fromId) => Promise.resolve(trades(fromId, newest)))
  own.onTrade(trade(1), 0)
  own.onTrade(trade(6), 0)
  await timers.advance(0)
  expect(ids()).toEqual([1, 2, 3])
  newest = 6
  await timers.advance(500)
  expect(ids()).toEqual([1, 2, 3, 4, 5, 6])
  expect(gaps()).toBe(0)
})

test('where the history cannot be had the hole is told, with its ends', async () => {
  const { own, events, ids, timers, gaps } = feed(() => Promise.reject(new Error('no answer')))
  own.onTrade(trade(1), 0)
  own.onTrade(trade(6), 0)
  await timers.advance(60_000)
  expect(ids()).toEqual([1, 6])
  expect(gaps()).toBe(1)
  expect(events[1]).toEqual({ type: 'feedGap', instrumentId: 'BTC_USDT', from: 1_000_010, time: 1_000_060 })
})

test('trades older than the history tells are a hole without a question', async () => {
  const { own, timers, gaps } = feed(() => Promise.reject(new Error('asked')), 60_000)
  own.onTrade(trade(1), 0)
  own.resume()
  await timers.advance(0)
  expect(gaps()).toBe(1)
})

test('a hole among the trades that were held is filled as well', async () => {
  let newest = 17
  const { own, ids, timers, gaps } = feed((fromId) => Promise.resolve(trades(fromId, newest)))
  for (const id of [1, 17, 18, 20]) own.onTrade(trade(id), 0)
  await timers.advance(0)
  newest = 20
  await timers.advance(500)
  expect(ids()).toEqual(Array.from({ length: 20 }, (_, at) => at + 1))
  expect(gaps()).toBe(0)
})

test('a time that goes back keeps its place in the tape, not its time', () => {
  const { own, events } = feed(() => Promise.resolve([]))
  own.onTrade({ ...trade(1), T: 500 }, 0)
  own.onTrade({ ...trade(2), T: 499 }, 0)
  expect(events.map(({ time }) => time)).toEqual([500, 500])
})

test('whatever is lost, repeated or swapped, each trade is told once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ id: fc.integer({ min: 1, max: 60 }), resume: fc.boolean(), turn: fc.boolean() }), {
        minLength: 1,
        maxLength: 80,
      }),
      async (steps) => {
        let newest = 1
        const { own, ids, timers, gaps } = feed((fromId) => Promise.resolve(trades(fromId, newest)))
        own.onTrade(trade(1), 0)
        for (const { id, resume, turn } of steps) {
          newest = Math.max(newest, id)
          own.onTrade(trade(id), 0)
          if (resume) own.resume()
          if (turn) await timers.advance(0)
        }
        await timers.advance(10_000)
        expect(ids()).toEqual(Array.from({ length: newest }, (_, at) => at + 1))
        expect(gaps()).toBe(0)
      },
    ),
    { numRuns: 300 },
  )
})
