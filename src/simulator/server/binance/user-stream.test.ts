import { afterEach, describe, expect, test } from 'vitest'
import { toMoney } from '#model/money.ts'
import { type Json, openExample } from '#test/binance-client.ts'
import { until } from '#test/until.ts'

const order = '/fapi/v1/order'
const limit = { symbol: 'COINUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '2', price: '95' }
const market = { symbol: 'COINUSDT', side: 'BUY', type: 'MARKET', quantity: '1' }

let close = async (): Promise<void> => {}
afterEach(() => close())

async function opened(path = (listenKey: string) => `/private/ws/${listenKey}`) {
  const example = await openExample()
  close = example.close
  const { listenKey } = (await example.keyed('POST', '/fapi/v1/listenKey')).body
  const user = await example.stream(path(listenKey))
  const named = (name: string): readonly Json[] => user.frames.filter((frame: Json) => (frame.data ?? frame).e === name)
  return { ...example, listenKey, user, named }
}

describe('listen keys', () => {
  test('stay the same while they live, are kept alive, and expire after an hour with a word', async () => {
    const { keyed, listenKey, timers, named, signed, user } = await opened()
    expect((await keyed('POST', '/fapi/v1/listenKey')).body).toEqual({ listenKey })
    await timers.advance(3_000_000)
    expect((await keyed('PUT', '/fapi/v1/listenKey')).body).toEqual({ listenKey })
    await timers.advance(3_599_000)
    expect(named('listenKeyExpired')).toEqual([])
    await timers.advance(2_000)
    await until(() => named('listenKeyExpired').length === 1)
    expect(named('listenKeyExpired')).toEqual([{ e: 'listenKeyExpired', E: expect.any(Number), listenKey }])
    expect((await keyed('PUT', '/fapi/v1/listenKey')).body.code).toBe(-1125)
    await signed('POST', order, limit)
    expect(user.frames).toHaveLength(1)
    expect((await keyed('POST', '/fapi/v1/listenKey')).body.listenKey).not.toBe(listenKey)
  })

  test('an unknown key opens a socket on which nothing comes; DELETE ends a key', async () => {
    const { stream, signed, keyed, named, user } = await opened()
    const nobody = await stream('/private/ws/abc')
    await keyed('DELETE', '/fapi/v1/listenKey')
    await signed('POST', order, limit)
    expect((await user.ask('LIST_SUBSCRIPTIONS')).result).toHaveLength(1)
    expect(named('ORDER_TRADE_UPDATE')).toEqual([])
    expect(nobody.frames).toEqual([])
  })
})

describe('user data', () => {
  test('an order is told new, filled with fee and profit, each fill first as TRADE_LITE', async () => {
    const { signed, user, named } = await opened()
    const { body } = await signed('POST', order, { ...market, newClientOrderId: 'mine' })
    await until(() => named('ACCOUNT_UPDATE').length === 1)
    expect(user.frames.map(({ e }: Json) => e)).toEqual([
      'ORDER_TRADE_UPDATE',
      'TRADE_LITE',
      'ORDER_TRADE_UPDATE',
      'ACCOUNT_UPDATE',
    ])
    const [created, filled] = named('ORDER_TRADE_UPDATE')
    expect(created.o).toMatchObject({ c: 'mine', x: 'NEW', X: 'NEW', i: body.orderId, z: '0', t: 0, rp: '0' })
    expect(created.o).not.toHaveProperty('n')
    expect(filled.o).toMatchObject({
      s: 'COINUSDT',
      S: 'BUY',
      o: 'MARKET',
      f: 'GTC',
      x: 'TRADE',
      X: 'FILLED',
      l: '1',
      z: '1',
      L: '100.1',
      ap: '100.1',
      n: '0.05005000',
      N: 'USDT',
      m: false,
      ps: 'BOTH',
    })
    expect(named('TRADE_LITE')[0]).toMatchObject({ t: filled.o.t, i: body.orderId, l: '1', L: '100.1', c: 'mine' })
    const [{ id }] = (await signed('GET', '/fapi/v1/userTrades', { symbol: 'COINUSDT' })).body
    expect(filled.o.t).toBe(id)
    expect(named('ACCOUNT_UPDATE')[0].a).toMatchObject({
      m: 'ORDER',
      B: [{ a: 'USDT', wb: '9999.94995000', bc: '0' }],
      P: [{ s: 'COINUSDT', pa: '1', ep: '100.1', mt: 'cross', ps: 'BOTH' }],
    })
  })

  test('open orders count as bids notional; amendments and cancels are told', async () => {
    const { signed, named } = await opened()
    const { orderId } = (await signed('POST', order, limit)).body
    await signed('PUT', order, { symbol: 'COINUSDT', orderId, side: 'BUY', quantity: 3, price: 96 })
    await signed('DELETE', order, { symbol: 'COINUSDT', orderId })
    await until(() => named('ORDER_TRADE_UPDATE').length === 3)
    expect(named('ORDER_TRADE_UPDATE').map(({ o }) => [o.x, o.X, o.p, o.q, o.b])).toEqual([
      ['NEW', 'NEW', '95', '2', '190'],
      ['AMENDMENT', 'NEW', '96', '3', '288'],
      ['CANCELED', 'CANCELED', '96', '3', '0'],
    ])
  })

  test('funding of a cross position tells the balance only, of an isolated one the position too', async () => {
    const { signed, named, exchange } = await opened()
    const [{ id }] = exchange.instruments()
    await signed('POST', order, market)
    exchange.control.settleFunding(id, 0.01)
    await until(() => named('ACCOUNT_UPDATE').length === 2)
    expect(named('ACCOUNT_UPDATE')[1].a).toMatchObject({
      m: 'FUNDING_FEE',
      B: [{ a: 'USDT', bc: '-1.00000000' }],
      P: [],
    })
    await signed('POST', order, { ...market, side: 'SELL', reduceOnly: true })
    await signed('POST', '/fapi/v1/marginType', { symbol: 'COINUSDT', marginType: 'ISOLATED' })
    await signed('POST', order, market)
    exchange.control.settleFunding(id, 0.01)
    await until(() => named('ACCOUNT_UPDATE').length === 5)
    expect(named('ACCOUNT_UPDATE')[4].a).toMatchObject({ m: 'FUNDING_FEE', P: [{ s: 'COINUSDT', mt: 'isolated' }] })
  })

  test('transfers, leverage and liquidation are told with their reasons', async () => {
    const { named, exchange, one, signed } = await opened()
    exchange.control.transfer(one, 'USDT', toMoney(-500))
    await signed('POST', '/fapi/v1/leverage', { symbol: 'COINUSDT', leverage: 50 })
    await signed('POST', order, market)
    exchange.control.liquidate(one, exchange.instruments()[0].id)
    await until(() => named('ORDER_TRADE_UPDATE').some(({ o }) => o.x === 'CALCULATED' && o.X === 'FILLED'))
    expect(named('ACCOUNT_UPDATE')[0].a).toMatchObject({ m: 'WITHDRAW', B: [{ bc: '-500.00000000' }], P: [] })
    expect(named('ACCOUNT_CONFIG_UPDATE')[0].ac).toEqual({ s: 'COINUSDT', l: 50 })
    const forced = named('ORDER_TRADE_UPDATE').at(-1).o
    expect(forced.c).toMatch(/^autoclose-\d+$/)
    const [own] = (await signed('GET', '/fapi/v1/forceOrders', { symbol: 'COINUSDT' })).body
    expect(own).toMatchObject({ clientOrderId: forced.c, orderId: forced.i, status: 'FILLED' })
  })

  test('only the events asked for come, wrapped under /stream', async () => {
    const { signed, user } = await opened(
      (listenKey) => `/private/stream?listenKey=${listenKey}&events=ACCOUNT_UPDATE/ALGO_UPDATE`,
    )
    await signed('POST', order, market)
    await until(() => user.frames.length === 1)
    expect(user.frames[0]).toMatchObject({ stream: expect.any(String), data: { e: 'ACCOUNT_UPDATE' } })
  })

  test("nobody else's events come", async () => {
    const { user, buy, two, signed, named } = await opened()
    buy(two, 1)
    await signed('POST', order, limit)
    await until(() => user.frames.length > 0)
    expect(named('ACCOUNT_UPDATE')).toEqual([])
    expect(user.frames).toHaveLength(1)
  })
})
