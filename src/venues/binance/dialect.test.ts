import { expect, test } from 'vitest'
import { pathOf, spot, usdm } from './dialect.ts'
import { parseStream, streamName } from './instrument-feeds.ts'

test('each futures stream is asked for where it is delivered', () => {
  const addressOf = (stream: keyof typeof pathOf): string => usdm.streamUrl('wss://host', pathOf[stream])
  expect(addressOf('depth@100ms')).toBe('wss://host/public/ws')
  expect(addressOf('bookTicker')).toBe('wss://host/public/ws')
  expect(addressOf('aggTrade')).toBe('wss://host/market/ws')
  expect(addressOf('markPrice@1s')).toBe('wss://host/market/ws')
  expect(addressOf('kline_1m')).toBe('wss://host/market/ws')
  expect(addressOf('!contractInfo')).toBe('wss://host/market/ws')
  expect(usdm.streamUrl('wss://host', 'private')).toBe('wss://host/private/ws')
})

test('spot has one address for all', () => {
  expect(spot.streamUrl('wss://host', 'market')).toBe('wss://host/ws')
})

test('a stream is named in lower case and read back in upper', () => {
  expect(streamName('depth@100ms', '1000PEPEUSDT')).toBe('1000pepeusdt@depth@100ms')
  expect(parseStream('1000pepeusdt@depth@100ms')).toEqual({ symbol: '1000PEPEUSDT', channel: 'depth@100ms' })
})
