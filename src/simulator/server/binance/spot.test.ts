import { afterEach, expect, test } from 'vitest'
import { clientOf, type Json, openExample } from '#test/binance-client.ts'
import { until } from '#test/until.ts'
import { type DoorOptions } from './futures.ts'
import { openBinanceSpot } from './spot.ts'

const symbol = 'COINUSDT'

let close = async (): Promise<void> => {}
afterEach(() => close())

async function opened(options: DoorOptions = {}) {
  const example = await openExample()
  const door = await openBinanceSpot(example.exchange, options)
  const client = clientOf(door, () => example.exchange.now())
  close = async () => {
    client.hangUp()
    await door.close()
    await example.close()
  }
  return { ...example, ...client, door }
}

test('every price and size has eight places, and no snapshot has a time', async () => {
  const { open } = await opened()
  const book = (await open('/api/v3/depth', { symbol, limit: 5 })).body
  expect(Object.keys(book)).toEqual(['lastUpdateId', 'bids', 'asks'])
  expect(book.bids[0]).toEqual(['99.90000000', '10.00000000'])
  expect((await open('/api/v3/ticker/bookTicker', { symbol })).body).toEqual({
    symbol,
    bidPrice: '99.90000000',
    bidQty: '10.00000000',
    askPrice: '100.10000000',
    askQty: '10.00000000',
  })
})

test('diffs count on without a hole: U is the previous u plus one', async () => {
  const { stream, buy, one, timers, open } = await opened()
  const socket = await stream('/ws/coinusdt@depth@100ms')
  const { lastUpdateId } = (await open('/api/v3/depth', { symbol })).body
  for (let count = 0; count < 3; count++) {
    buy(one, 1)
    buy(one, 1, 99)
    await timers.advance(100)
  }
  await until(() => socket.frames.length === 3)
  const [first, second, third] = socket.frames
  expect([first.U, second.U, third.U]).toEqual([lastUpdateId + 1, first.u + 1, second.u + 1])
  expect(first).not.toHaveProperty('pu')
  expect(first).not.toHaveProperty('T')
})

test('times come in microseconds where asked', async () => {
  const { stream, buy, one, exchange } = await opened()
  const socket = await stream('/stream?streams=coinusdt@trade&timeUnit=MICROSECOND')
  buy(one, 1)
  await until(() => socket.frames.length === 1)
  expect(socket.frames[0].data.T).toBe(exchange.now() * 1000)
})

test('several symbols are answered as a list; unknown ones are refused', async () => {
  const { open } = await opened()
  expect((await open('/api/v3/ticker/price', { symbols: '["COINUSDT"]' })).body).toEqual([
    { symbol, price: '100.00000000' },
  ])
  expect((await open('/api/v3/ticker/price')).body).toHaveLength(1)
  expect((await open('/api/v3/ticker/price', { symbols: '["NOSUCH"]' })).body.code).toBe(-1121)
  expect((await open('/api/v3/exchangeInfo', { symbol })).body.symbols.map(({ status }: Json) => status)).toEqual([
    'TRADING',
  ])
  expect((await open('/fapi/v1/time')).status).toBe(404)
})

test('its weights are spot weights', async () => {
  const { open } = await opened()
  const used = async (path: string, fields = {}) => (await open(path, fields)).headers.get('x-mbx-used-weight-1m')
  expect(await used('/api/v3/exchangeInfo')).toBe('20')
  expect(await used('/api/v3/depth', { symbol, limit: 5000 })).toBe('270')
  expect(await used('/api/v3/ticker/24hr')).toBe('350')
})

test('sockets are pinged every 20 s, say goodbye before their end, and take five messages a second', async () => {
  const { stream, timers } = await opened({ sockets: { lifetimeMs: 120_000 } })
  const socket = await stream('/ws')
  let pings = 0
  socket.socket.on('ping', () => pings++)
  await timers.advance(20_000)
  await until(() => pings === 1)
  await timers.advance(40_000)
  await until(() => socket.frames.length === 1)
  expect(socket.frames[0]).toEqual({ e: 'serverShutdown', E: expect.any(Number) })
  const hasty = await stream('/ws')
  for (let count = 0; count < 6; count++) hasty.socket.send('{"method":"LIST_SUBSCRIPTIONS","id":1}')
  await until(() => hasty.ended() !== null)
  expect(hasty.ended()?.code).toBe(1008)
})
