import { afterEach, describe, expect, test } from 'vitest'
import { coin } from '#test/example-exchange.ts'
import { openLong, openMexcExample } from '#test/mexc-client.ts'

let close = async (): Promise<void> => {}
afterEach(() => close())

async function opened(...given: Parameters<typeof openMexcExample>) {
  const example = await openMexcExample(...given)
  close = example.close
  return {
    ...example,
    create: (fields = {}) => example.post('order/create', { ...openLong, ...fields }),
    order: async (answer: { data: { orderId: string } }) =>
      (await example.get(`order/get/${answer.data.orderId}`)).data,
  }
}
const limit = { type: 1, price: 95 }

describe('orders', () => {
  test('an order is acknowledged with an id of 18 digits as text, and told in contracts', async () => {
    const { create, order, get, exchange } = await opened()
    const answer = await create({ externalOid: 'mine-1', price: 0 })
    const ts = exchange.now()
    expect(answer).toEqual({ success: true, code: 0, data: { orderId: '814218083416790528', ts } })
    expect(await order(answer)).toMatchObject({
      orderId: '814218083416790528',
      symbol: 'COIN_USDT',
      vol: 100,
      dealVol: 100,
      dealAvgPrice: 100.1,
      side: 1,
      category: 1,
      orderType: 5,
      openType: 1,
      state: 3,
      errorCode: 0,
      leverage: 5,
      externalOid: 'mine-1',
      feeCurrency: 'USDT',
      takerFee: 0.08008,
      makerFee: 0,
      positionMode: 1,
    })
    expect((await get('order/external/COIN_USDT/mine-1')).data.orderId).toBe('814218083416790528')
    const [deal] = (await get('order/list/order_deals/v3', { symbol: 'COIN_USDT' })).data
    expect(deal).toMatchObject({ orderId: '814218083416790528', vol: 100, price: 100.1, fee: 0.08008, isTaker: true })
    const [detail] = (await get('order/deal_details/814218083416790528')).data
    expect(detail).toMatchObject({ id: deal.id, taker: true })
  })

  test('the old way tells the id alone, as a number longer than a double holds', async () => {
    const { send, signed } = await opened()
    const body = JSON.stringify(openLong)
    const { text } = await send('POST', '/api/v1/private/order/submit', signed(body), body)
    expect(text).toBe('{"success":true,"code":0,"data":814218083416790528}')
  })

  test('what cannot be is acknowledged, and ends as invalid with its code: 20, 18, 19, 2', async () => {
    const { create, order } = await opened()
    expect(await order(await create({ type: 2, price: 101 }))).toMatchObject({ state: 5, errorCode: 20 })
    expect(await order(await create({ type: 3, price: 99 }))).toMatchObject({ state: 5, errorCode: 18 })
    expect(await order(await create({ type: 4, price: 100.1, vol: 5_000 }))).toMatchObject({ state: 5, errorCode: 19 })
    // what margin alone would pay, but not with the fee
    expect(await order(await create({ ...limit, vol: 10_000, leverage: 1, price: 100 }))).toMatchObject({
      state: 5,
      errorCode: 2,
    })
    expect(await create({ ...limit, vol: 10_001, leverage: 1, price: 100 })).toMatchObject({
      success: false,
      code: 2005,
    })
  })

  test('an IOC filled in part is canceled with code 18, a market order with 21', async () => {
    const { create, order } = await opened({ levels: 5 })
    const ioc = await order(await create({ type: 3, price: 100.1, vol: 1_200 }))
    expect(ioc).toMatchObject({ state: 4, errorCode: 18, dealVol: 1_000 })
    const market = await order(await create({ vol: 40_000, leverage: 50, side: 3 }))
    expect(market).toMatchObject({ state: 4, errorCode: 21 })
    expect(market.dealVol).toBeGreaterThan(0)
  })

  test('a resting order in part filled is still in state 2', async () => {
    const { create, order, exchange, two } = await opened()
    const answer = await create({ ...limit, price: 100, vol: 200 })
    exchange.place(two, {
      instrumentId: exchange.instruments()[0].id,
      side: 'sell',
      positionSide: 'short',
      type: 'limit',
      timeInForce: 'ioc',
      price: 100,
      quantity: 0.5,
      marginMode: 'isolated',
      leverage: 5,
    })
    expect(await order(answer)).toMatchObject({ state: 2, dealVol: 50, makerFee: 0.03, takerFee: 0 })
  })

  test('an external id is used once and for ever', async () => {
    const { create, post, get } = await opened()
    const { data } = await create({ ...limit, externalOid: 'twice' })
    expect((await create({ ...limit, externalOid: 'twice' })).code).toBe(2042)
    await post('order/cancel', [data.orderId])
    expect((await create({ ...limit, externalOid: 'twice' })).code).toBe(2042)
    expect((await create({ ...limit, externalOid: 'x'.repeat(33) })).code).toBe(2030)
    expect((await get('order/external/COIN_USDT/twice')).data.state).toBe(4)
  })

  test('an unknown external id is success without data', async () => {
    const { send, signed } = await opened()
    const { status, text } = await send('GET', '/api/v1/private/order/external/COIN_USDT/never', signed(''))
    expect([status, text]).toEqual([200, '{"code":0,"success":true}'])
  })

  test('cancel takes an array and tells each item apart, success over all', async () => {
    const { create, post } = await opened()
    const rests = (await create(limit)).data.orderId
    const filled = (await create()).data.orderId
    expect(await post('order/cancel', [rests, '1', filled])).toEqual({
      success: true,
      code: 0,
      data: [
        { orderId: rests, errorCode: 0, errorMsg: 'success' },
        { orderId: '1', errorCode: 2040, errorMsg: 'order not exist' },
        { orderId: filled, errorCode: 2041, errorMsg: 'order state cannot be cancelled' },
      ],
    })
    expect((await post('order/cancel', Array(51).fill('1'))).code).toBe(2014)
    expect((await post('order/cancel', { orderIds: [rests] })).data[0].errorCode).toBe(2041)
  })

  test('cancel by external id, one or many, and cancel_all, which leaves trigger orders', async () => {
    const { create, post, get } = await opened()
    await create({ ...limit, externalOid: 'a' })
    await create({ ...limit, externalOid: 'b' })
    await create(limit)
    const plan = { ...openLong, orderType: 5, triggerPrice: 90, triggerType: 2, executeCycle: 1, trend: 1 }
    await post('planorder/place/v2', plan)
    expect(await post('order/cancel_with_external', { symbol: 'COIN_USDT', externalOid: 'a' })).toEqual({
      success: true,
      code: 0,
    })
    const many = await post('order/batch_cancel_with_external', [{ symbol: 'COIN_USDT', externalOid: 'b' }])
    expect(many.data[0]).toMatchObject({ externalOid: 'b', errorCode: 0 })
    expect((await get('order/list/open_orders')).data).toHaveLength(1)
    expect(await post('order/cancel_all', { symbol: 'COIN_USDT' })).toEqual({ success: true, code: 0 })
    const counts = { sumCount: 1, limitOrderCount: 0, stopOrderCount: 0, planOrderCount: 1, trackOrderCount: 0 }
    expect((await get('order/open_order_total_count')).data).toEqual(counts)
  })

  test('a changed order has a new id, the old one is canceled', async () => {
    const { create, post, get } = await opened()
    const { orderId } = (await create(limit)).data
    const { data } = await post('order/change_limit_order', { orderId, price: 94, vol: 50 })
    expect(data).not.toBe(orderId)
    expect((await get('order/list/open_orders')).data).toMatchObject([{ orderId: data, price: 94, vol: 50 }])
    expect((await get(`order/get/${orderId}`)).data).toMatchObject({ state: 4, errorCode: 0 })
  })

  test('batches and lookups of many', async () => {
    const { post, get } = await opened()
    const { data } = await post('order/submit_batch', [
      { ...openLong, ...limit, externalOid: 'x' },
      { ...openLong, ...limit, externalOid: 'x' },
    ])
    expect(data).toMatchObject([
      { externalOid: 'x', errorCode: 0 },
      { externalOid: 'x', orderId: '0', errorCode: 2042 },
    ])
    expect((await get('order/batch_query', { order_ids: data[0].orderId })).data).toHaveLength(1)
    const found = await post('order/batch_query_with_external', [{ symbol: 'COIN_USDT', externalOid: 'x' }])
    expect(found.data).toMatchObject([{ externalOid: 'x', state: 2 }])
    const history = await get('order/list/history_orders', { states: 2, page_size: 100, page_num: 1 })
    expect(history.data).toHaveLength(1)
    expect((await get('order/list/history_orders', { start_time: 1, end_time: 91 * 86_400_000 })).code).toBe(6003)
  })

  test('words that are not the venue’s are refused one by one', async () => {
    const { create } = await opened()
    const code = async (fields: object) => (await create(fields)).code
    expect(await code({ symbol: 'NOPE_USDT' })).toBe(1001)
    expect(await code({ symbol: 'COINUSDT' })).toBe(1001)
    expect(await code({ side: 5 })).toBe(2001)
    expect(await code({ openType: 3 })).toBe(2002)
    expect(await code({ type: 7 })).toBe(2029)
    expect(await code({ vol: 'much' })).toBe(600)
    expect(await code({ vol: 0.5 })).toBe(2015)
    expect(await code({ ...limit, price: 95.03 })).toBe(2015)
    expect(await code({ ...limit, price: 0 })).toBe(2007)
    expect(await code({ ...limit, price: 150 })).toBe(2003)
    expect(await code({ ...limit, side: 3, price: 50 })).toBe(2004)
    expect(await code({ leverage: 51 })).toBe(2006)
    expect(await code({ leverage: undefined })).toBe(2006)
    expect(await code({ side: 4 })).toBe(2009)
    // another leverage or margin mode than the position's
    await create()
    expect(await code({ leverage: 6 })).toBe(2021)
    expect(await code({ openType: 2 })).toBe(2027)
    expect(await code({ side: 4, vol: 101 })).toBe(2008)
  })

  test('an order for the other position mode is acknowledged and invalid with code 9', async () => {
    const { create, order, post, get } = await opened()
    expect((await get('position/position_mode')).data).toBe(1)
    expect(await order(await create({ positionMode: 2 }))).toMatchObject({ state: 5, errorCode: 9 })
    expect(await post('position/change_position_mode', { positionMode: 2 })).toEqual({ success: true, code: 0 })
    await create({ side: 3 })
    expect((await get('position/open_positions')).data).toMatchObject([{ positionType: 2, holdVol: 100 }])
    await create({ side: 2, reduceOnly: true })
    expect((await get('position/open_positions')).data).toEqual([])
    expect((await get('position/list/history_positions')).data).toMatchObject([
      { positionType: 2, state: 3, closeVol: 100 },
    ])
  })

  test('contracts closed to the API are listed, and their orders refused with 1002', async () => {
    const { create, open, exchange } = await opened({}, { closedToApi: [coin.id] })
    expect((await open('detail?symbol=COIN_USDT')).data.apiAllowed).toBe(false)
    expect(await create()).toMatchObject({ success: false, code: 1002 })
    expect(exchange.openOrders(exchange.control.accounts()[0].accountId)).toEqual([])
  })
})
