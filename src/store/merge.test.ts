import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { instrumentId } from '#model/ids.ts'
import type { MarketBlock } from '#model/market.ts'
import { spanOf } from '#model/block.ts'
import { mergeBlocks } from './merge.ts'

const id = instrumentId('BTC_USDT')
const times = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 }).map((list) => list.sort((a, b) => a - b))

function tradeBlock(part: readonly number[]): MarketBlock {
  const time = Float64Array.from(part)
  return { instrumentId: id, trades: { time, price: time, quantity: time, side: new Int8Array(part.length) } }
}

function quoteBlock(part: readonly number[]): MarketBlock {
  const time = Float64Array.from(part)
  return { instrumentId: id, quotes: { time, bid: time, ask: time, bidSize: time, askSize: time } }
}

function eventBlock(part: readonly number[]): MarketBlock {
  return { instrumentId: id, events: part.map((time) => ({ type: 'markPrice', instrumentId: id, time, price: time })) }
}

async function* inPieces(
  all: readonly number[],
  size: number,
  make: (part: readonly number[]) => MarketBlock,
): AsyncGenerator<MarketBlock, void, undefined> {
  for (let at = 0; at < all.length; at += size) yield make(all.slice(at, at + size))
}

test('merging keeps every row of every kind in order, and no time is in two blocks', async () => {
  await fc.assert(
    fc.asyncProperty(
      times,
      times,
      times,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 7 }),
      async (trades, quotes, events, a, b) => {
        const seen = { trades: [] as number[], quotes: [] as number[], events: [] as number[] }
        let before = -Infinity
        for await (const block of mergeBlocks([
          inPieces(trades, a, tradeBlock),
          inPieces(quotes, b, quoteBlock),
          inPieces(events, 3, eventBlock),
        ])) {
          const span = spanOf(block)
          expect(span?.from).toBeGreaterThan(before)
          before = span?.to ?? before
          seen.trades.push(...(block.trades?.price ?? []))
          seen.quotes.push(...(block.quotes?.bid ?? []))
          seen.events.push(...(block.events?.map(({ time }) => time) ?? []))
        }
        expect(seen).toEqual({ trades, quotes, events })
      },
    ),
  )
})

test('one track passes through as it is', async () => {
  const block = tradeBlock([1, 2, 3])
  const merged = mergeBlocks([inPieces([1, 2, 3], 3, () => block)])
  expect((await merged.next()).value).toBe(block)
})
