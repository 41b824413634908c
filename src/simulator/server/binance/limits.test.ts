import { afterEach, describe, expect, test } from 'vitest'
import { openExample } from '#test/binance-client.ts'

describe('limits', () => {
  let close = async (): Promise<void> => {}
  afterEach(() => close())

  async function opened(limits = {}) {
    const example = await openExample({}, { limits })
    close = example.close
    return example
  }

  test('every answer tells the weight used this minute', async () => {
    const { open, timers } = await opened()
    const used = async (path: string, fields = {}) => (await open(path, fields)).headers.get('x-mbx-used-weight-1m')
    expect(await used('/fapi/v1/ping')).toBe('1')
    expect(await used('/fapi/v1/depth', { symbol: 'COINUSDT', limit: 1000 })).toBe('21')
    expect(await used('/fapi/v1/ticker/24hr')).toBe('61')
    expect(await used('/fapi/v1/klines', { symbol: 'COINUSDT', interval: '1m', limit: 1500 })).toBe('71')
    await timers.advance(60_000)
    expect(await used('/fapi/v1/ping')).toBe('1')
  })

  test('too much weight is 429 with Retry-After until the minute ends; who goes on is banned with 418, twice as long the next time', async () => {
    const { open, timers } = await opened({ weight: 3 })
    const status = async () => {
      const { status, headers, body } = await open('/fapi/v1/ping')
      return [status, headers.get('retry-after'), body.code]
    }
    for (let count = 0; count < 3; count++) expect((await status())[0]).toBe(200)
    const left = (await status()) as [number, string, number]
    expect([left[0], left[2]]).toEqual([429, -1003])
    expect(Number(left[1])).toBe(60)
    for (let ignored = 0; ignored < 5; ignored++) expect((await status())[0]).toBe(429)
    expect(await status()).toEqual([418, '120', -1003])
    await timers.advance(119_000)
    expect((await status())[0]).toBe(418)
    await timers.advance(1_001)
    for (let count = 0; count < 3; count++) expect((await status())[0]).toBe(200)
    for (let ignored = 0; ignored < 6; ignored++) expect((await status())[0]).toBe(429)
    expect(await status()).toEqual([418, '240', -1003])
  })

  test('who waits out a 429 is not banned', async () => {
    const { open, timers } = await opened({ weight: 1 })
    await open('/fapi/v1/ping')
    expect((await open('/fapi/v1/ping')).status).toBe(429)
    await timers.advance(60_000)
    expect((await open('/fapi/v1/ping')).status).toBe(200)
  })

  test('orders are counted by account and refused with -1015 when there are too many', async () => {
    const { signed, timers } = await opened({ ordersTenSeconds: 2 })
    const order = { symbol: 'COINUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: 1, price: 95 }
    const first = await signed('POST', '/fapi/v1/order', order)
    expect(first.headers.get('x-mbx-order-count-10s')).toBe('1')
    expect(first.headers.get('x-mbx-order-count-1m')).toBe('1')
    await signed('POST', '/fapi/v1/order', order)
    const third = await signed('POST', '/fapi/v1/order', order)
    expect([third.status, third.body.code, third.headers.get('retry-after')]).toEqual([429, -1015, null])
    await timers.advance(10_000)
    expect((await signed('POST', '/fapi/v1/order', order)).status).toBe(200)
  })

  test('the plan may add foreign weight, limit, and ban', async () => {
    const { open, exchange, timers } = await opened()
    exchange.faults.set([{ place: 'rate-limit', kind: 'foreign', value: 500, count: 1 }])
    expect((await open('/fapi/v1/ping')).headers.get('x-mbx-used-weight-1m')).toBe('501')
    exchange.faults.set([{ place: 'rate-limit', kind: 'limited', retryAfterS: 7, count: 1 }])
    const limited = await open('/fapi/v1/ping')
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7'])
    await timers.advance(7_000)
    expect((await open('/fapi/v1/ping')).status).toBe(200)
    exchange.faults.set([{ place: 'rate-limit', kind: 'ban', count: 1 }])
    const banned = await open('/fapi/v1/ping')
    expect([banned.status, banned.headers.get('retry-after')]).toEqual([418, '120'])
  })
})
