import { afterEach, describe, expect, test } from 'vitest'
import { openExample } from '#test/binance-client.ts'
import { binanceRules } from './rules.ts'

const order = '/fapi/v1/order'
const limit = { symbol: 'COINUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: '95' }
const market = { symbol: 'COINUSDT', side: 'BUY', type: 'MARKET', quantity: '1' }

let close = async (): Promise<void> => {}
afterEach(() => close())

async function opened(given = {}) {
  const example = await openExample(given)
  close = example.close
  return {
    ...example,
    post: (fields = {}) => example.signed('POST', order, { ...limit, ...fields }),
    code: async (fields = {}) => (await example.signed('POST', order, { ...limit, ...fields })).body.code,
  }
}

describe('orders', () => {
  test('an acknowledgment has no average price and no cumulated quote; GET has both', async () => {
    const { signed } = await opened()
    const { body } = await signed('POST', order, { ...market, newOrderRespType: 'RESULT', newClientOrderId: 'mine' })
    expect(body).toEqual({
      orderId: expect.any(Number),
      symbol: 'COINUSDT',
      status: 'FILLED',
      clientOrderId: 'mine',
      price: '0',
      origQty: '1',
      executedQty: '1',
      cumQty: '1',
      timeInForce: 'GTC',
      type: 'MARKET',
      origType: 'MARKET',
      reduceOnly: false,
      closePosition: false,
      side: 'BUY',
      positionSide: 'BOTH',
      stopPrice: '0',
      workingType: 'CONTRACT_PRICE',
      priceProtect: false,
      priceMatch: 'NONE',
      selfTradePreventionMode: 'EXPIRE_MAKER',
      goodTillDate: 0,
      updateTime: expect.any(Number),
    })
    const got = (await signed('GET', order, { symbol: 'COINUSDT', origClientOrderId: 'mine' })).body
    expect(got).toMatchObject({ orderId: body.orderId, status: 'FILLED', avgPrice: '100.10000', cumQuote: '100.1' })
    expect(got).not.toHaveProperty('cumQty')
  })

  test('ACK tells a market order as new although it has filled', async () => {
    const { signed } = await opened()
    expect((await signed('POST', order, market)).body).toMatchObject({ status: 'NEW', executedQty: '0' })
  })

  test('conditional types are refused here', async () => {
    const { code } = await opened()
    for (const type of ['STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'])
      expect(await code({ type })).toBe(-4120)
    expect(await code({ type: 'ICEBERG' })).toBe(-1116)
  })

  test('sizes and prices off the grid have their own codes', async () => {
    const { code } = await opened()
    expect(await code({ quantity: '1.001' })).toBe(-1111)
    expect(await code({ quantity: '0' })).toBe(-4003)
    expect(await code({ quantity: '2000000' })).toBe(-4005)
    expect(await code({ price: '95.05' })).toBe(-1111)
    expect(await code({ price: '0' })).toBe(-4001)
    expect(await code({ price: '1e2' })).toBe(-1100)
    expect(await code({ quantity: '0.04' })).toBe(-4164)
    expect(await code({ price: '200' })).toBe(-4016)
    expect(await code({ side: 'SELL', price: '50' })).toBe(-4024)
    expect(await code({ side: 'HOLD' })).toBe(-1117)
    expect(await code({ timeInForce: 'DAY' })).toBe(-1115)
  })

  test('a tick that is no power of ten refuses prices between its steps', async () => {
    const { code, exchange } = await opened()
    exchange.control.change(exchange.instruments()[0].id, { tickSize: 0.5, lotSize: 0.05 })
    expect(await code({ price: '95.3' })).toBe(-4014)
    expect(await code({ quantity: '1.02' })).toBe(-4023)
    expect(await code({ quantity: '1.05', price: '95.5' })).toBeUndefined()
  })

  test('what does not belong to a market order is refused', async () => {
    const { signed } = await opened()
    const code = async (more: object) => (await signed('POST', order, { ...market, ...more })).body.code
    expect(await code({ price: '100' })).toBe(-1106)
    expect(await code({ timeInForce: 'GTC' })).toBe(-1106)
    expect((await signed('POST', order, { ...limit, price: '' })).body.code).toBe(-1105)
    expect((await signed('POST', order, { symbol: 'COINUSDT', side: 'BUY', type: 'LIMIT' })).body.code).toBe(-1102)
  })

  test('post-only that would take, FOK that would not fill, reduce-only without a position', async () => {
    const { code, post } = await opened()
    expect(await code({ timeInForce: 'GTX', price: '100.1' })).toBe(-5022)
    expect(await code({ timeInForce: 'FOK' })).toBe(-5021)
    expect(await code({ reduceOnly: true })).toBe(-2022)
    expect((await post({ timeInForce: 'IOC', newOrderRespType: 'RESULT' })).body).toMatchObject({
      status: 'EXPIRED',
      executedQty: '0',
    })
  })

  test('a post-only order that would take may instead be taken in and expire', async () => {
    const { post, signed } = await opened({ rules: { ...binanceRules, acknowledgedRefusals: ['postOnlyWouldTake'] } })
    const { orderId, status } = (await post({ timeInForce: 'GTX', price: '100.1' })).body
    expect(status).toBe('NEW')
    expect((await signed('GET', order, { symbol: 'COINUSDT', orderId })).body.status).toBe('EXPIRED')
  })

  test('a client id is taken while its order is open and free again afterwards', async () => {
    const { post, code, signed } = await opened()
    await post({ newClientOrderId: 'again' })
    expect(await code({ newClientOrderId: 'again' })).toBe(-4116)
    await signed('DELETE', order, { symbol: 'COINUSDT', origClientOrderId: 'again' })
    expect(await code({ newClientOrderId: 'again' })).toBeUndefined()
    expect(await code({ newClientOrderId: 'with space' })).toBe(-4015)
    expect(await code({ newClientOrderId: 'x'.repeat(37) })).toBe(-4015)
  })

  test('a closed order cannot be canceled, an unknown one not be found', async () => {
    const { post, signed } = await opened()
    const { orderId } = (await post()).body
    expect((await signed('DELETE', order, { symbol: 'COINUSDT', orderId })).body.status).toBe('CANCELED')
    expect((await signed('DELETE', order, { symbol: 'COINUSDT', orderId })).body).toEqual({
      code: -2011,
      msg: 'Unknown order sent.',
    })
    expect((await signed('GET', '/fapi/v1/openOrder', { symbol: 'COINUSDT', orderId })).body.code).toBe(-2013)
    expect((await signed('GET', order, { symbol: 'COINUSDT', orderId })).body.status).toBe('CANCELED')
    expect((await signed('GET', order, { symbol: 'COINUSDT', orderId: 1 })).body.code).toBe(-2013)
  })

  test('a canceled order without fills is forgotten after three days', async () => {
    const { post, signed, exchange } = await opened()
    const { orderId } = (await post()).body
    await signed('DELETE', order, { symbol: 'COINUSDT', orderId })
    exchange.control.jumpClock(3 * 86_400_000 + 1)
    expect((await signed('GET', order, { symbol: 'COINUSDT', orderId })).body.code).toBe(-2013)
  })

  test('modify keeps the id; a filter violation keeps the order; GTX that would take and a size below what filled cancel it', async () => {
    const { post, signed, sell, two } = await opened()
    const { orderId } = (await post()).body
    const modify = (fields: object) => signed('PUT', order, { symbol: 'COINUSDT', orderId, side: 'BUY', ...fields })
    expect((await modify({ quantity: 2, price: 94 })).body).toMatchObject({
      orderId,
      price: '94',
      origQty: '2',
      modifyId: 1,
    })
    expect((await modify({ quantity: 2, price: 94 })).body.code).toBe(-5027)
    expect((await modify({ quantity: 2 })).body.code).toBe(-1102)
    expect((await modify({ quantity: 2, price: 300 })).body.code).toBe(-4016)
    expect((await signed('GET', order, { symbol: 'COINUSDT', orderId })).body.status).toBe('NEW')
    expect((await signed('GET', '/fapi/v1/orderAmendment', { symbol: 'COINUSDT', orderId })).body).toMatchObject([
      { amendment: { price: { before: '95', after: '94' }, origQty: { before: '1', after: '2' }, count: 1 } },
    ])
    const gtx = (await post({ timeInForce: 'GTX' })).body.orderId
    const taking = { symbol: 'COINUSDT', orderId: gtx, side: 'BUY', quantity: 1, price: 101 }
    expect((await signed('PUT', order, taking)).body.status).toBe('CANCELED')
    const best = (await post({ quantity: 3, price: 100 })).body.orderId
    sell(two, 1, 100)
    const smaller = { symbol: 'COINUSDT', orderId: best, side: 'BUY', quantity: 1, price: 100 }
    expect((await signed('PUT', order, smaller)).body).toMatchObject({ status: 'CANCELED', executedQty: '1' })
  })

  test('a batch answers each order or its refusal in its place', async () => {
    const { signed } = await opened()
    const batchOrders = JSON.stringify([limit, { ...limit, price: '0' }, market])
    const { body } = await signed('POST', '/fapi/v1/batchOrders', { batchOrders })
    expect(body).toMatchObject([{ status: 'NEW' }, { code: -4001 }, { type: 'MARKET' }])
    const orderIdList = JSON.stringify([body[0].orderId, 7])
    const gone = await signed('DELETE', '/fapi/v1/batchOrders', { symbol: 'COINUSDT', orderIdList })
    expect(gone.body).toMatchObject([{ status: 'CANCELED' }, { code: -2011 }])
    const six = JSON.stringify(Array.from({ length: 6 }, () => limit))
    expect((await signed('POST', '/fapi/v1/batchOrders', { batchOrders: six })).body.code).toBe(-4082)
  })

  test('hedge mode wants a position side and knows no reduce-only', async () => {
    const { signed, code } = await opened()
    expect(await code({ positionSide: 'LONG' })).toBe(-4061)
    expect((await signed('POST', '/fapi/v1/positionSide/dual', { dualSidePosition: false })).body.code).toBe(-4059)
    expect((await signed('POST', '/fapi/v1/positionSide/dual', { dualSidePosition: true })).body.code).toBe(200)
    expect(await code()).toBe(-4061)
    expect(await code({ positionSide: 'LONG', reduceOnly: false })).toBe(-1106)
    await signed('POST', order, { ...market, positionSide: 'LONG', quantity: 2 })
    await signed('POST', order, { ...market, positionSide: 'SHORT', side: 'SELL' })
    const rows = (await signed('GET', '/fapi/v3/positionRisk')).body
    expect(rows).toMatchObject([
      { positionSide: 'LONG', positionAmt: '2.00' },
      { positionSide: 'SHORT', positionAmt: '-1.00' },
    ])
    expect((await signed('POST', '/fapi/v1/positionSide/dual', { dualSidePosition: false })).body.code).toBe(-4068)
  })

  test('the countdown cancels what is open unless it is renewed', async () => {
    const { post, signed, timers } = await opened()
    await post()
    await signed('POST', '/fapi/v1/countdownCancelAll', { symbol: 'COINUSDT', countdownTime: 10_000 })
    await timers.advance(6_000)
    await signed('POST', '/fapi/v1/countdownCancelAll', { symbol: 'COINUSDT', countdownTime: 10_000 })
    await timers.advance(6_000)
    expect((await signed('GET', '/fapi/v1/openOrders')).body).toHaveLength(1)
    await timers.advance(4_000)
    expect((await signed('GET', '/fapi/v1/openOrders')).body).toEqual([])
  })

  test('price match takes its price from the book', async () => {
    const { signed } = await opened()
    const { price: _price, ...bare } = limit
    const queue = await signed('POST', order, { ...bare, priceMatch: 'QUEUE' })
    expect(queue.body).toMatchObject({ price: '99.9', priceMatch: 'QUEUE', status: 'NEW' })
    expect((await signed('POST', order, { ...limit, priceMatch: 'QUEUE' })).body.code).toBe(-1106)
  })

  test('user trades are paged by id', async () => {
    const { signed } = await opened()
    for (let count = 0; count < 3; count++) await signed('POST', order, market)
    const trades = '/fapi/v1/userTrades'
    const all = (await signed('GET', trades, { symbol: 'COINUSDT' })).body
    expect(all).toHaveLength(3)
    expect(all[0]).toMatchObject({ price: '100.1', qty: '1.00', commission: '0.05005000', buyer: true, maker: false })
    const next = { symbol: 'COINUSDT', fromId: all[1].id, limit: 1 }
    expect((await signed('GET', trades, next)).body).toEqual([all[1]])
    expect((await signed('GET', trades, { ...next, startTime: 1 })).body.code).toBe(-1128)
  })

  test('GTD ends at its second, and not sooner than ten minutes from now', async () => {
    const { code, post, exchange, timers, signed } = await opened()
    expect(await code({ timeInForce: 'GTD' })).toBe(-1102)
    expect(await code({ timeInForce: 'GTD', goodTillDate: exchange.now() + 600_000 })).toBe(-5040)
    const { body } = await post({ timeInForce: 'GTD', goodTillDate: exchange.now() + 700_000 })
    expect(body).toMatchObject({ timeInForce: 'GTD', status: 'NEW' })
    await timers.advance(700_000)
    const got = await signed('GET', order, { symbol: 'COINUSDT', orderId: body.orderId })
    expect(got.body.status).toBe('EXPIRED')
  })

  test('margin type and leverage are refused where the venue refuses them', async () => {
    const { post, signed } = await opened()
    const margin = async (marginType: string) =>
      (await signed('POST', '/fapi/v1/marginType', { symbol: 'COINUSDT', marginType })).body.code
    expect(await margin('CROSSED')).toBe(-4046)
    await post()
    expect(await margin('ISOLATED')).toBe(-4047)
    await signed('DELETE', '/fapi/v1/allOpenOrders', { symbol: 'COINUSDT' })
    await signed('POST', order, market)
    expect(await margin('ISOLATED')).toBe(-4048)
    expect((await signed('POST', '/fapi/v1/leverage', { symbol: 'COINUSDT', leverage: 51 })).body.code).toBe(-4028)
    const set = await signed('POST', '/fapi/v1/leverage', { symbol: 'COINUSDT', leverage: 50 })
    expect(set.body).toEqual({ symbol: 'COINUSDT', leverage: 50, maxNotionalValue: '50000' })
  })
})
