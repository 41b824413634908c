import { expect, test } from 'vitest'
import { instrumentId } from '#model/ids.ts'
import type { MarketBlock } from '#model/market.ts'
import { CaptureDecoder } from './capture-decoder.ts'

const id = instrumentId('BTC_USDT')

function decode(...messages: readonly (readonly [ns: number, data: object])[]): {
  blocks: readonly MarketBlock[]
  decoder: CaptureDecoder
} {
  const decoder = new CaptureDecoder({ path: 'btcusdt.jsonl', instrumentId: id, symbol: 'BTCUSDT' })
  const text = messages.map(([ns, data]) => `${ns}000000 ${JSON.stringify({ stream: 'x', data })}\n`).join('')
  decoder.feed({ bytes: Buffer.from(text), unterminated: false })
  decoder.finish()
  return { blocks: decoder.take(), decoder }
}

const depth = (time: number, first: number, last: number) => ({
  e: 'depthUpdate',
  E: time,
  s: 'BTCUSDT',
  U: first,
  u: last,
  b: [['1', '2']],
  a: [],
})

test('time is the exchange’s, and never goes back', () => {
  const { blocks } = decode(
    [
      1_700_000_000_000,
      { e: 'trade', E: 1_700_000_001_005, T: 1_700_000_001_000, s: 'BTCUSDT', p: '1.50', q: '2', m: true },
    ],
    [
      1_700_000_000_001,
      { e: 'trade', E: 1_700_000_001_006, T: 1_700_000_000_990, s: 'BTCUSDT', p: '1.51', q: '1', m: false },
    ],
  )
  expect(blocks[0]?.trades).toEqual({
    time: Float64Array.of(1_700_000_001_000, 1_700_000_001_000),
    price: Float64Array.of(1.5, 1.51),
    quantity: Float64Array.of(2, 1),
    side: Int8Array.of(-1, 1),
  })
})

test('a quote without a time of its own takes its receive time, shifted to the exchange’s clock', () => {
  const { blocks } = decode(
    [
      1_700_000_000_000,
      { e: 'trade', E: 1_700_000_001_200, T: 1_700_000_001_200, s: 'BTCUSDT', p: '1', q: '1', m: true },
    ],
    [1_700_000_000_300, { u: 1, s: 'BTCUSDT', b: '1', B: '5', a: '2', A: '6' }],
  )
  expect(blocks[0]?.quotes).toEqual({
    time: Float64Array.of(1_700_000_001_500),
    bid: Float64Array.of(1),
    ask: Float64Array.of(2),
    bidSize: Float64Array.of(5),
    askSize: Float64Array.of(6),
  })
})

test('a break in the update ids is a gap, and depth is silent until the next snapshot', () => {
  const snapshot = { lastUpdateId: 10, bids: [['1', '1']], asks: [['2', '1']] }
  const { blocks, decoder } = decode(
    [1_700_000_000_000, depth(1_700_000_000_000, 5, 10)],
    [1_700_000_000_010, snapshot],
    [1_700_000_000_020, depth(1_700_000_000_020, 11, 12)],
    [1_700_000_000_030, depth(1_700_000_000_030, 14, 15)],
    [1_700_000_000_040, depth(1_700_000_000_040, 16, 17)],
    [1_700_000_000_050, { ...snapshot, lastUpdateId: 17 }],
    [1_700_000_000_060, depth(1_700_000_000_060, 18, 19)],
  )
  expect(
    blocks[0]?.events?.map((event) => (event.type === 'bookUpdate' && event.snapshot ? 'snapshot' : event.type)),
  ).toEqual(['snapshot', 'bookUpdate', 'feedGap', 'snapshot', 'bookUpdate'])
  expect(blocks[0]?.events?.[2]).toEqual({
    type: 'feedGap',
    instrumentId: id,
    from: 1_700_000_000_020,
    time: 1_700_000_000_030,
  })
  expect(decoder.stats.bookGaps).toBe(1)
})

test('trades that are no prints on the tape are left out', () => {
  const { blocks } = decode([
    1_700_000_000_000,
    {
      e: 'trade',
      E: 1_700_000_000_000,
      T: 1_700_000_000_000,
      s: 'BTCUSDT',
      p: '1',
      q: '1',
      X: 'INSURANCE_FUND',
      m: true,
    },
  ])
  expect(blocks).toEqual([])
})

test.each([
  ['a price of zero', { e: 'trade', E: 1, T: 1_700_000_000_000, s: 'BTCUSDT', p: '0', q: '1', m: true }, 'badPrice'],
  [
    'a negative quantity',
    { e: 'trade', E: 1, T: 1_700_000_000_000, s: 'BTCUSDT', p: '1', q: '-1', m: true },
    'badQuantity',
  ],
  ['another symbol', { e: 'trade', E: 1, T: 1_700_000_000_000, s: 'ETHUSDT', p: '1', q: '1', m: true }, 'mixedSymbols'],
  ['depth without levels', { e: 'depthUpdate', E: 1_700_000_000_000, s: 'BTCUSDT', U: 1, u: 2 }, 'badMessage'],
])('%s is refused', (_, data, code) => {
  expect(() => decode([1_700_000_000_000, data])).toThrow(expect.objectContaining({ code, where: 'btcusdt.jsonl:1' }))
})
