import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { coin, recordingOf } from '#test/example-exchange.ts'
import { openLong, openMexcExample } from '#test/mexc-client.ts'
import { differences } from '#test/shape.ts'
import { describeShared, sharedPath } from '#test/shared.ts'
import { mexcRules } from './rules.ts'

let close = async (): Promise<void> => {}
afterEach(() => close())

/** Prints through two minutes, quotes moving on. */
const walking = recordingOf(
  Array.from(
    { length: 130 },
    (_, second) => [second * 1_000, 100 + (second % 5) / 10, 0.01, second % 2 ? 1 : -1] as const,
  ),
  Array.from(
    { length: 130 },
    (_, second) => [second * 1_000 + 500, 99.9 + (second % 5) / 10, 100.1 + (second % 5) / 10, 10] as const,
  ),
)

async function opened(...given: Parameters<typeof openMexcExample>) {
  const example = await openMexcExample(...given)
  close = example.close
  return example
}

describe('public REST', () => {
  test('contracts are told one or all, their tiers as custom rows', async () => {
    const { open } = await opened()
    const { data } = await open('detail')
    expect(data).toHaveLength(1)
    expect(data[0]).toMatchObject({
      symbol: 'COIN_USDT',
      contractSize: 0.01,
      priceUnit: 0.1,
      volUnit: 1,
      minVol: 1,
      maxLeverage: 50,
      apiAllowed: true,
      state: 0,
      maxNumOrders: [200, 50],
      riskLimitMode: 'CUSTOM',
      riskLimitType: 'BY_VALUE',
      riskLimitCustom: [
        { level: 1, maxVol: 50_000, mmr: 0.01, imr: 0.02, maxLeverage: 50 },
        { level: 2, maxVol: 1e10, mmr: 0.05, imr: 0.1, maxLeverage: 10 },
      ],
    })
    expect((await open('detail?symbol=COIN_USDT')).data).toEqual(data[0])
    expect((await open('support_currencies')).data).toEqual(['USDT'])
  })

  test('an unknown symbol is 1001 with HTTP 200, an unknown path 511', async () => {
    const { open, send } = await opened()
    const unknown = { success: false, code: 1001, message: 'Contract does not exist' }
    for (const path of [
      'depth/NO_USDT',
      'funding_rate/NO_USDT',
      'index_price/NO_USDT',
      'ticker?symbol=NO_USDT',
      'detail?symbol=NO_USDT',
    ])
      expect(await open(path)).toEqual(unknown)
    const { status, body } = await send('GET', '/api/v1/private/trackorder/list/orders')
    expect([status, body.code]).toEqual([404, 511])
  })

  test('depth rows are price, contracts, orders; the caches in front may be behind and go back', async () => {
    const { open, timers, exchange } = await opened({ source: walking })
    await timers.advance(60_000)
    const { data } = await open('depth/COIN_USDT?limit=5')
    expect([data.asks.length, data.bids.length, data.cts]).toEqual([5, 5, null])
    expect(data.asks[0]).toEqual([expect.any(Number), expect.any(Number), 1])
    const versions: number[] = []
    for (let read = 0; read < 6; read++) versions.push((await open('depth/COIN_USDT')).data.version)
    const present = exchange.market(coin.id)?.book(1).version as number
    expect(Math.max(...versions)).toBe(present)
    expect(Math.min(...versions)).toBeLessThan(present)
    expect(versions.some((version, at) => version < versions[at - 1])).toBe(true)
  })

  test('depth_commits lead from an old snapshot to the present, newest first', async () => {
    const { open, timers, exchange } = await opened({ source: walking })
    await timers.advance(60_000)
    const { data } = await open('depth_commits/COIN_USDT/30')
    const version = exchange.market(coin.id)?.book(1).version as number
    expect(data.map((row: { version: number }) => row.version)).toEqual(
      Array.from({ length: 30 }, (_, at) => version - at),
    )
    expect(data[0].asks.length + data[0].bids.length).toBe(1)
    expect((await open('depth_commits/COIN_USDT/1001')).code).toBe(600)
  })

  test('deals come newest first, at most 100, in contracts', async () => {
    const { open, timers } = await opened({ source: walking })
    await timers.advance(125_000)
    const { data } = await open('deals/COIN_USDT?limit=500')
    expect(data).toHaveLength(100)
    expect(data[0]).toEqual({ p: 100, v: 1, T: 1, O: expect.any(Number), M: 2, t: expect.any(Number) })
    expect(data[0].t).toBeGreaterThan(data[1].t)
  })

  test('klines are columns; open continues the candle before, realOpen is the first print’s', async () => {
    const { open, timers } = await opened({ source: walking })
    await timers.advance(125_000)
    const { data } = await open('kline/COIN_USDT?interval=Min1')
    const minute = data.time[1] - data.time[0]
    expect([minute, data.time.length]).toEqual([60, 3])
    expect(data.open[1]).toBe(data.close[0])
    expect(data.realOpen[1]).toBe(100)
    expect(data.vol[1]).toBe(60)
    const [, , last] = data.time
    expect((await open(`kline/COIN_USDT?interval=Min1&start=${last}`)).data.time).toEqual([last])
    expect((await open(`kline/COIN_USDT?interval=Min1&end=${last - 1}`)).data.time).toHaveLength(2)
    expect((await open('kline/COIN_USDT?interval=Min3')).code).toBe(600)
    for (const interval of ['Min5', 'Hour4', 'Week1', 'Month1'])
      expect(
        (await open(`kline/COIN_USDT?interval=${interval}`)).data.vol.reduce((a: number, b: number) => a + b, 0),
      ).toBe(126)
    expect((await open('kline/fair_price/COIN_USDT')).data.close).toHaveLength(3)
    expect((await open('kline/index_price/COIN_USDT')).data.vol).toEqual([0, 0, 0])
  })

  test('ticker, fair and index price', async () => {
    const { open, timers } = await opened({ source: walking })
    await timers.advance(3_000)
    const { data } = await open('ticker?symbol=COIN_USDT')
    expect(data).toMatchObject({ symbol: 'COIN_USDT', lastPrice: 100.3 })
    expect((await open('ticker')).data).toEqual([data])
    expect((await open('fair_price/COIN_USDT')).data.fairPrice).toBeCloseTo(data.fairPrice, 6)
    expect((await open('index_price/COIN_USDT')).data.indexPrice).toBeCloseTo(data.indexPrice, 6)
  })

  test('the funding rate moves until it is settled', async () => {
    const { open, timers, exchange } = await opened()
    const before = (await open('funding_rate/COIN_USDT')).data
    exchange.control.tape(coin.id, { depth: false, quotes: true }).quote(101.4, 101.6, 10, 10)
    await timers.advance(30_000)
    const [after] = (await open('funding_rate')).data
    expect([before.fundingRate, before.nextSettleTime]).toEqual([0.0001, Date.UTC(2026, 10, 21, 16)])
    expect(after.fundingRate).not.toBe(0.0001)
    exchange.control.settleFunding(coin.id)
    expect((await open('funding_rate/history?symbol=COIN_USDT')).data.resultList[0].fundingRate).toBe(after.fundingRate)
  })

  test('what is delisted leaves the list with 1001, and its depth stays, empty, with the time it ended', async () => {
    const { open, timers, exchange, post } = await opened({ source: walking })
    await timers.advance(10_000)
    exchange.control.delist(coin.id)
    const timestamp = exchange.now()
    await timers.advance(10_000)
    expect((await open('detail')).data).toEqual([])
    expect(await open('detail?symbol=COIN_USDT')).toEqual({
      success: false,
      code: 1001,
      message: 'Contract not exists',
    })
    const depth = { cts: null, asks: [], bids: [], version: expect.any(Number), timestamp }
    expect(await open('depth/COIN_USDT?limit=5')).toEqual({ success: true, code: 0, data: depth })
    expect((await open('ticker')).data).toMatchObject([{ symbol: 'COIN_USDT', lastPrice: 0 }])
    expect((await post('order/create', openLong)).code).toBe(1001)
  })

  test('a paused contract is listed with state 4 and refuses orders', async () => {
    const { open, exchange, post } = await opened()
    exchange.control.halt(coin.id)
    expect((await open('detail?symbol=COIN_USDT')).data.state).toBe(4)
    expect((await post('order/create', openLong)).code).toBe(6001)
  })

  test('spot clients find a venue without spot markets', async () => {
    const { send } = await opened()
    expect((await send('GET', '/api/v3/exchangeInfo')).body.symbols).toEqual([])
    expect((await send('GET', '/api/v3/capital/config/getall')).body).toEqual([])
  })
})

describe('rate limits', () => {
  test('four orders in two seconds, then 510 with HTTP 200 and no header about it', async () => {
    const { send, signed, timers } = await opened({}, { limits: true })
    const body = JSON.stringify({ ...openLong, type: 1, price: 95 })
    const create = () => send('POST', '/api/v1/private/order/create', signed(body), body)
    const codes = []
    for (let order = 0; order < 5; order++) codes.push((await create()).body.code)
    expect(codes).toEqual([0, 0, 0, 0, 510])
    const { status, headers } = await create()
    expect([status, headers.get('retry-after'), [...headers.keys()].filter((name) => name.includes('limit'))]).toEqual([
      200,
      null,
      [],
    ])
    await timers.advance(2_000)
    expect((await create()).body.code).toBe(0)
  })

  test('each endpoint has its own window: the detail once in five seconds', async () => {
    const { open, timers } = await opened({}, { limits: true })
    expect((await open('detail')).code).toBe(0)
    expect((await open('detail')).code).toBe(510)
    expect((await open('ping')).code).toBe(0)
    await timers.advance(5_000)
    expect((await open('detail')).code).toBe(0)
  })

  test('the fault plan may use up a window, refuse, or turn everybody away at the edge', async () => {
    const { open, send, exchange } = await opened()
    exchange.faults.set([{ place: 'rate-limit', kind: 'limited', count: 1 }])
    expect((await open('ping')).code).toBe(510)
    exchange.faults.set([{ place: 'rate-limit', kind: 'foreign', value: 20, count: 1 }])
    expect((await open('ping')).code).toBe(510)
    exchange.faults.set([{ place: 'rate-limit', kind: 'ban', count: 1 }])
    const { status, text } = await send('GET', '/api/v1/contract/ping')
    expect([status, text.includes('Access Denied')]).toEqual([403, true])
    expect(mexcRules.fees).toEqual({ maker: 0.0006, taker: 0.0008 })
  })
})

describe('faults of answers', () => {
  test('errors come in the venue’s words, applied or not', async () => {
    const { post, get, exchange } = await opened()
    const create = (fields: object) => post('order/create', { ...openLong, type: 1, price: 95, ...fields })
    exchange.faults.set([
      { place: 'http-status', kind: 'timeout-code', applied: true, count: 1, match: { action: 'create' } },
      { place: 'http-status', kind: 'maintenance', count: 1, match: { action: 'create' } },
    ])
    expect(await create({ externalOid: 'a' })).toEqual({ success: false, code: 504, message: 'Gateway timeout' })
    expect((await create({ externalOid: 'b' })).code).toBe(801)
    expect((await get('order/external/COIN_USDT/a')).data.state).toBe(2)
    expect((await get('order/external/COIN_USDT/b')).data).toBeUndefined()
  })

  test('an order may be carried out without an answer, or late', async () => {
    const { send, signed, get, exchange, timers } = await opened()
    exchange.faults.set([{ place: 'order', kind: 'unknown-late', delayMs: 5_000, count: 1 }])
    const body = JSON.stringify({ ...openLong, externalOid: 'late' })
    await expect(send('POST', '/api/v1/private/order/create', signed(body), body)).rejects.toThrow('fetch failed')
    expect((await get('order/external/COIN_USDT/late')).data).toBeUndefined()
    await timers.advance(5_000)
    expect((await get('order/external/COIN_USDT/late')).data.state).toBe(3)
  })

  test('a snapshot may be as stale as the plan says', async () => {
    const { open, exchange, timers } = await opened({ source: walking })
    await timers.advance(30_000)
    const present = exchange.market(coin.id)?.book(1).version as number
    exchange.faults.set([{ place: 'market', kind: 'stale-snapshot', value: 20_000 }])
    expect((await open('depth/COIN_USDT')).data.version).toBeLessThan(present - 5)
  })
})

describeShared('recorded replies', () => {
  const recorded = JSON.parse(
    readFileSync(sharedPath('wire-samples/captures/mexc-rest-2026-09.json'), 'utf8'),
  ) as Record<string, unknown>
  const sample = (begin: string) => Object.entries(recorded).find(([name]) => name.includes(begin))?.[1]

  test('have the shape of ours', async () => {
    const { open, post, send, signed, exchange } = await opened()
    const order = await post('order/create', openLong)
    expect(differences(sample('POST /api/v1/private/order/create (sample'), order)).toEqual([])
    expect(differences(sample('GET /api/v1/contract/funding_rate'), (await open('funding_rate')).data[0])).toEqual([])
    expect(await post('order/create', { ...openLong, vol: 0 })).toEqual(sample('with vol 0'))
    expect((await send('GET', '/api/v1/private/order/external/COIN_USDT/no', signed(''))).text).toBe(
      JSON.stringify(sample('GET /api/v1/private/order/external')),
    )
    expect(await open('ticker?symbol=NO_USDT')).toEqual(sample('unknown symbol'))
    exchange.control.delist(coin.id)
    expect(await open('detail?symbol=COIN_USDT')).toEqual(sample('ALIGN_USDT (delisted)'))
    expect(differences(sample('ALIGN_USDT?limit=5'), await open('depth/COIN_USDT'))).toEqual([])
  })
})
