import { afterEach, describe, expect, test } from 'vitest'
import { type Json, openExample } from '#test/binance-client.ts'
import { until } from '#test/until.ts'

const order = '/fapi/v1/order'
const limit = { symbol: 'COINUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: 1, price: 95 }

let close = async (): Promise<void> => {}
afterEach(() => close())

async function opened(plan: unknown) {
  const example = await openExample()
  close = example.close
  example.exchange.faults.set(plan)
  return { ...example, post: (fields = {}) => example.signed('POST', order, { ...limit, ...fields }) }
}

const status = (kind: string, more = {}) => [{ place: 'http-status', kind, count: 1, ...more }]

describe('errors of the venue', () => {
  test.each([
    ['503', 503, { code: 0, msg: 'Service Unavailable.' }],
    ['503-unknown', 503, { code: -1000, msg: 'Unknown error, please check your request or try again later.' }],
    ['503-internal', 503, { code: -1001, msg: 'Internal error; unable to process your request. Please try again.' }],
    ['500', 500, { code: -1000, msg: 'An unknown error occurred while processing the request.' }],
    ['maintenance', 503, { code: -1016, msg: 'This service is no longer available.' }],
    ['429', 429, { code: -1003, msg: 'Too many requests; current limit is 2400 requests per minute.' }],
  ])('%s is answered in its words, and the order is not placed', async (kind, code, body) => {
    const { post, signed } = await opened(status(kind))
    expect(await post()).toMatchObject({ status: code, body })
    expect((await signed('GET', '/fapi/v1/openOrders')).body).toEqual([])
    expect((await post()).status).toBe(200)
  })

  test.each(['403', '502', '504', 'html'])('%s is a page, not JSON', async (kind) => {
    const { post } = await opened(status(kind))
    const { body, headers } = await post()
    expect(headers.get('content-type')).toBe('text/html')
    expect(body).toContain('<html>')
  })

  test('-1007 with the order really placed', async () => {
    const { post, signed } = await opened(status('timeout-code', { applied: true, match: { action: 'create' } }))
    const answer = await post({ newClientOrderId: 'unsure' })
    expect(answer).toMatchObject({ status: 408, body: { code: -1007 } })
    const found = await signed('GET', order, { symbol: 'COINUSDT', origClientOrderId: 'unsure' })
    expect(found.body).toMatchObject({ status: 'NEW', clientOrderId: 'unsure' })
  })

  test('418 tells when to come back', async () => {
    const { post } = await opened(status('418', { retryAfterS: 120 }))
    const { status: code, headers } = await post()
    expect([code, headers.get('retry-after')]).toEqual([418, '120'])
  })

  test('a rejection by the plan is worded as the venue does', async () => {
    const { post } = await opened([{ place: 'order', kind: 'reject', count: 1 }])
    expect((await post()).body).toEqual({ code: -2010, msg: 'NEW_ORDER_REJECTED' })
  })
})

describe('lost answers', () => {
  test.each([
    ['http-before-apply', 'drop', []],
    ['http-after-apply', 'drop', ['lost']],
  ])('%s %s', async (place, kind, left) => {
    const { post, signed, exchange } = await opened([{ place, kind, count: 1, match: { path: order } }])
    await expect(post({ newClientOrderId: 'lost' })).rejects.toThrow('fetch failed')
    exchange.faults.clear()
    const open = (await signed('GET', '/fapi/v1/openOrders')).body
    expect(open.map(({ clientOrderId }: Json) => clientOrderId)).toEqual(left)
  })

  test('an order that comes to the engine after its window is not carried out', async () => {
    const late = { place: 'order', kind: 'unknown-late', delayMs: 6_000, count: 1 }
    const { post, signed, exchange, timers } = await opened([late])
    await expect(post({ recvWindow: 5000 })).rejects.toThrow('fetch failed')
    await timers.advance(6_000)
    expect((await signed('GET', '/fapi/v1/openOrders')).body).toEqual([])
    exchange.faults.set([late])
    await expect(post({ recvWindow: 10_000 })).rejects.toThrow('fetch failed')
    await timers.advance(6_000)
    expect((await signed('GET', '/fapi/v1/openOrders')).body).toHaveLength(1)
  })

  test('a connection may be refused', async () => {
    const { open, exchange } = await opened([{ place: 'connect', kind: 'refuse' }])
    await expect(open('/fapi/v1/ping')).rejects.toThrow('fetch failed')
    exchange.faults.clear()
    expect((await open('/fapi/v1/ping')).status).toBe(200)
  })
})

describe('frames', () => {
  test('of one stream are dropped while the others come', async () => {
    const { stream, buy, one } = await opened([{ place: 'ws-drop', kind: 'drop', match: { stream: 'coinusdt@trade' } }])
    const socket = await stream('/public/stream?streams=coinusdt@trade/coinusdt@bookTicker')
    buy(one, 1)
    await until(() => socket.frames.length > 0)
    buy(one, 1)
    await until(() => socket.frames.length === 2)
    expect(socket.frames.map(({ stream: name }: Json) => name)).toEqual(['coinusdt@bookTicker', 'coinusdt@bookTicker'])
  })

  test('of the user stream alone are doubled', async () => {
    const { stream, keyed, post } = await opened([
      { place: 'ws-duplicate', kind: 'duplicate', match: { account: 'one', stream: 'ORDER_TRADE_UPDATE' } },
    ])
    const { listenKey } = (await keyed('POST', '/fapi/v1/listenKey')).body
    const user = await stream(`/private/ws/${listenKey}`)
    await post()
    await until(() => user.frames.length === 2)
    expect(user.frames[0]).toEqual(user.frames[1])
  })

  test('sockets are cut by kind', async () => {
    const { stream, timers } = await opened([{ place: 'ws-cut', kind: 'cut', match: { socket: 'private' }, count: 1 }])
    const book = await stream('/public/ws')
    const user = await stream('/private/ws/x')
    await timers.advance(2_000)
    await until(() => user.ended() !== null)
    expect(book.ended()).toBeNull()
  })
})
