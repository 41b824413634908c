import type { MarketBlock } from '#model/market.ts'
import { expect, test } from 'vitest'
import { generateMarket, segmentsOf } from './generator.ts'

const market = generateMarket({ instruments: 1, days: 2, tradesPerDay: { liquid: 70_000, mid: 1, thin: 1 } })

test('blocks have at most 65 536 rows, hold one time range each, and put together are the whole tape', async () => {
  const [segment] = segmentsOf(market)
  const blocks: MarketBlock[] = []
  for await (const block of segment.read()) blocks.push(block)
  expect(blocks.length).toBeGreaterThan(2)
  let last = -Infinity
  for (const { trades, quotes, events } of blocks) {
    const times = [trades?.time, quotes?.time].flatMap((column) => [...(column ?? [])])
    times.push(...(events ?? []).map(({ time }) => time))
    expect((trades?.time.length ?? 0) + (quotes?.time.length ?? 0)).toBeLessThanOrEqual(65_536)
    expect(times.reduce((low, time) => Math.min(low, time), Infinity)).toBeGreaterThan(last)
    last = times.reduce((high, time) => Math.max(high, time), last)
  }
  const [{ trades, quotes, events }] = market.series
  expect(blocks.flatMap((block) => [...(block.trades?.price ?? [])])).toEqual([...trades.price])
  expect(blocks.flatMap((block) => [...(block.quotes?.ask ?? [])])).toEqual([...quotes.ask])
  expect(blocks.flatMap((block) => block.events ?? [])).toEqual(events)
  expect(segment.rows).toBe(trades.time.length + quotes.time.length + events.length)
})

test('a segment can be read twice and knows its span', async () => {
  const [segment] = market.segments
  const first = await segment.read()[Symbol.asyncIterator]().next()
  const second = await segment.read()[Symbol.asyncIterator]().next()
  expect(second).toEqual(first)
  expect(segment.from).toBe(market.from)
  expect(segment.to).toBeLessThan(market.to)
  expect(segment.checksum).toMatch(/^[0-9a-f]{64}$/)
})
