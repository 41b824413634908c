import { afterEach, describe, expect, test } from 'vitest'
import { type Json, openExample } from '#test/binance-client.ts'
import { until } from '#test/until.ts'
import type { DoorOptions } from './futures.ts'

let close = async (): Promise<void> => {}
afterEach(() => close())

async function opened(options: DoorOptions = {}) {
  const example = await openExample({}, options)
  close = example.close
  return example
}

describe('stream paths', () => {
  test('a stream on the wrong path, or on the old one, is acknowledged and never told', async () => {
    const { stream, buy, one, timers } = await opened()
    const right = await stream('/market/ws/coinusdt@aggTrade')
    const wrong = await stream('/public/ws/coinusdt@aggTrade')
    const old = await stream('/ws/coinusdt@aggTrade')
    const book = await stream('/market/ws')
    expect(await book.ask('SUBSCRIBE', ['coinusdt@bookTicker', 'coinusdt@depth@100ms'])).toEqual({
      result: null,
      id: 1,
    })
    buy(one, 1)
    await timers.advance(200)
    await until(() => right.frames.length === 1)
    for (const silent of [wrong, old]) {
      expect((await silent.ask('LIST_SUBSCRIPTIONS')).result).toEqual(['coinusdt@aggTrade'])
      expect(silent.frames).toHaveLength(1)
    }
    expect((await book.ask('LIST_SUBSCRIPTIONS', undefined, 2)).result).toHaveLength(2)
    expect(book.frames).toHaveLength(2)
  })

  test('unknown symbols are acknowledged and stay silent; other paths take no sockets', async () => {
    const { stream, door } = await opened()
    const socket = await stream('/public/ws')
    expect(await socket.ask('SUBSCRIBE', ['nosuch@depth', 'COINUSDT@depth'])).toEqual({ result: null, id: 1 })
    const response = await fetch(`${door.url}/public/ws`)
    expect(response.status).toBe(404)
  })

  test('combined streams are wrapped, raw ones are not, and the property switches', async () => {
    const { stream, buy, one } = await opened()
    const combined = await stream('/public/stream?streams=coinusdt@bookTicker')
    const raw = await stream('/public/ws/coinusdt@bookTicker')
    buy(one, 1)
    await until(() => combined.frames.length + raw.frames.length === 2)
    expect(combined.frames[0]).toMatchObject({ stream: 'coinusdt@bookTicker', data: { e: 'bookTicker', A: '9.00' } })
    expect(raw.frames[0]).toMatchObject({ e: 'bookTicker', A: '9.00' })
    expect(await raw.ask('SET_PROPERTY', ['combined', true])).toEqual({ result: null, id: 1 })
    expect(await raw.ask('GET_PROPERTY', ['combined'], 2)).toEqual({ result: true, id: 2 })
    buy(one, 1)
    await until(() => raw.frames.length === 4)
    expect(raw.frames[3]).toMatchObject({ stream: 'coinusdt@bookTicker' })
  })

  test('control frames: unsubscribe, nonsense', async () => {
    const { stream, buy, one } = await opened()
    const socket = await stream('/public/ws/coinusdt@bookTicker')
    await socket.ask('UNSUBSCRIBE', ['coinusdt@bookTicker'])
    expect((await socket.ask('LIST_SUBSCRIPTIONS', [], 2)).result).toEqual([])
    buy(one, 1)
    expect((await socket.ask('JUMP', [], 3)).error.code).toBe(2)
    socket.socket.send('{')
    await until(() => socket.frames.length === 4)
    expect(socket.frames[3].error.code).toBe(3)
  })
})

describe('books', () => {
  test('diffs are merged over their cadence, chained by pu, and their u is that of the top they lead to', async () => {
    const { stream, buy, one, two, exchange, timers, open } = await opened()
    const diff = await stream('/public/ws/coinusdt@depth@100ms')
    const top = await stream('/public/ws/coinusdt@bookTicker')
    const { lastUpdateId } = (await open('/fapi/v1/depth', { symbol: 'COINUSDT', limit: 1000 })).body
    buy(one, 1)
    buy(one, 1)
    await timers.advance(100)
    buy(one, 1)
    buy(two, 5, 95.5)
    await timers.advance(100)
    await until(() => diff.frames.length === 2)
    const [first, second] = diff.frames
    expect(first).toMatchObject({ e: 'depthUpdate', s: 'COINUSDT', pu: lastUpdateId, b: [], a: [['100.1', '8.00']] })
    expect(second.a).toEqual([['100.1', '7.00']])
    expect(second.b).toHaveLength(1)
    expect(second.b[0][0]).toBe('95.5')
    expect(second.pu).toBe(first.u)
    // other symbols' updates lie between: U is not the next number
    expect(second.U).toBeGreaterThan(first.u + 1)
    expect(second.U).toBeLessThanOrEqual(second.u)
    await until(() => top.frames.length === 3)
    expect(top.frames[1].u).toBe(first.u)
    expect(top.frames[1]).toMatchObject({ A: '8.00', a: '100.1', b: '99.9', B: '10.00' })
    const market = exchange.market(exchange.instruments()[0].id)
    const snapshot = (await open('/fapi/v1/depth', { symbol: 'COINUSDT', limit: 1000 })).body
    expect(snapshot.lastUpdateId).toBe(second.u)
    expect(snapshot.bids).toHaveLength(market?.book().bids.length ?? 0)
  })

  test('partial depth is a snapshot under the same event name', async () => {
    const { stream, timers } = await opened()
    const socket = await stream('/public/ws/coinusdt@depth5@100ms')
    await timers.advance(100)
    await until(() => socket.frames.length === 1)
    expect(socket.frames[0]).toMatchObject({ e: 'depthUpdate', s: 'COINUSDT' })
    expect([socket.frames[0].b.length, socket.frames[0].a.length]).toEqual([5, 5])
  })

  test('the plan opens gaps, spoils ids and serves old snapshots', async () => {
    const { stream, buy, one, timers, exchange, open } = await opened()
    const socket = await stream('/public/ws/coinusdt@depth@100ms')
    const step = async (): Promise<void> => {
      buy(one, 1)
      await timers.advance(100)
    }
    await step()
    exchange.faults.set([{ place: 'market', kind: 'sequence-gap', count: 1 }])
    await step()
    await step()
    await until(() => socket.frames.length === 2)
    expect(socket.frames[1].pu).toBeGreaterThan(socket.frames[0].u)
    exchange.faults.set([{ place: 'market', kind: 'wrong-first-id', value: 500, count: 1 }])
    await step()
    await until(() => socket.frames.length === 3)
    expect(socket.frames[2].pu).toBe(socket.frames[1].u + 500)
    const depth = { symbol: 'COINUSDT', limit: 5 }
    const now = (await open('/fapi/v1/depth', depth)).body
    exchange.faults.set([{ place: 'market', kind: 'stale-snapshot', value: 350, count: 1 }])
    const old = (await open('/fapi/v1/depth', depth)).body
    expect(old.lastUpdateId).toBeLessThan(now.lastUpdateId)
    expect((await open('/fapi/v1/depth', depth)).body.lastUpdateId).toBe(now.lastUpdateId)
  })
})

describe('trades, bars, marks', () => {
  test('prints of one price and side within 100 ms are one aggregate, the same in stream and REST', async () => {
    const { stream, buy, sell, one, timers, open } = await opened()
    const aggregates = await stream('/market/ws/coinusdt@aggTrade')
    const prints = await stream('/public/ws/coinusdt@trade')
    buy(one, 1)
    buy(one, 0.5)
    sell(one, 0.25)
    await timers.advance(100)
    await until(() => aggregates.frames.length === 2 && prints.frames.length === 3)
    const [bought, sold] = aggregates.frames
    expect(bought).toMatchObject({ e: 'aggTrade', s: 'COINUSDT', p: '100.1', q: '1.50', nq: '1.50', m: false, st: 1 })
    expect([bought.f, bought.l]).toEqual([prints.frames[0].t, prints.frames[1].t])
    expect(sold).toMatchObject({ a: bought.a + 1, p: '99.9', q: '0.25', m: true })
    const told = (await open('/fapi/v1/aggTrades', { symbol: 'COINUSDT', fromId: bought.a })).body
    expect(told.map(({ a, q }: Json) => [a, q])).toEqual([
      [bought.a, '1.50'],
      [sold.a, '0.25'],
    ])
  })

  test('a bar is told while it forms and once more when it is closed', async () => {
    const { stream, buy, one, timers } = await opened()
    const socket = await stream('/market/ws/coinusdt@kline_1m')
    buy(one, 1)
    await timers.advance(250)
    await until(() => socket.frames.length >= 1)
    expect(socket.frames[0]).toMatchObject({ e: 'kline', k: { x: false, i: '1m', c: '100.1', n: 2 } })
    await timers.advance(60_000)
    await until(() => socket.frames.some(({ k }: Json) => k.x))
    const closed = socket.frames.filter(({ k }: Json) => k.x)
    expect(closed).toHaveLength(1)
    expect(closed[0].k.t).toBe(socket.frames[0].k.t)
    expect(closed[0].k.T - closed[0].k.t).toBe(59_999)
  })

  test('marks come by the second; arrays carry a coin-margined row that is not ours', async () => {
    const { stream, timers } = await opened()
    const one = await stream('/market/ws/coinusdt@markPrice@1s')
    const all = await stream('/market/ws/!markPrice@arr@1s')
    await timers.advance(2_000)
    await until(() => one.frames.length === 2 && all.frames.length === 2)
    expect(one.frames[0]).toMatchObject({ e: 'markPriceUpdate', s: 'COINUSDT', r: expect.any(String), st: 1 })
    expect(all.frames[0].map(({ s, st }: Json) => [s, st])).toEqual([
      ['COINUSDT', 1],
      ['COINUSD_PERP', 2],
    ])
  })

  test('a liquidation is told publicly, at most one a second', async () => {
    const { stream, buy, one, timers, exchange } = await opened()
    const socket = await stream('/market/ws/!forceOrder@arr')
    buy(one, 1)
    exchange.control.liquidate(one, exchange.instruments()[0].id)
    await timers.advance(1_000)
    await until(() => socket.frames.length === 1)
    expect(socket.frames[0]).toMatchObject({
      e: 'forceOrder',
      o: { s: 'COINUSDT', S: 'SELL', o: 'LIMIT', f: 'IOC', q: '1.00' },
    })
  })
})

describe('sockets', () => {
  test('more than ten messages a second end them', async () => {
    const { stream } = await opened()
    const socket = await stream('/public/ws')
    for (let count = 0; count < 11; count++) socket.socket.send('{"method":"LIST_SUBSCRIPTIONS","id":1}')
    await until(() => socket.ended() !== null)
    expect(socket.ended()?.code).toBe(1008)
  })

  test('are pinged every three minutes, and cut ten minutes after the last pong', async () => {
    const { stream, timers } = await opened()
    const alive = await stream('/public/ws')
    let pings = 0
    alive.socket.on('ping', () => pings++)
    const deaf = await stream('/public/ws')
    deaf.socket.pong = () => {}
    for (let minutes = 3; minutes <= 15; minutes += 3) {
      await timers.advance(180_000)
      await until(() => pings === minutes / 3)
      await alive.ask('LIST_SUBSCRIPTIONS', undefined, minutes)
    }
    await until(() => deaf.ended() !== null)
    expect(alive.ended()).toBeNull()
  })

  test('end after their lifetime', async () => {
    const { stream, timers } = await opened({ sockets: { lifetimeMs: 60_000 } })
    const socket = await stream('/public/ws')
    await timers.advance(60_000)
    await until(() => socket.ended() !== null)
    expect(socket.ended()?.code).toBe(1001)
  })

  test('take a bounded number of streams', async () => {
    const { stream } = await opened({ sockets: { streams: 2 } })
    const socket = await stream('/public/ws')
    expect((await socket.ask('SUBSCRIBE', ['a@depth', 'b@depth', 'c@depth'])).error.code).toBe(2)
    expect((await socket.ask('LIST_SUBSCRIPTIONS', [], 2)).result).toEqual([])
  })
})
