import { afterEach, describe, expect, test } from 'vitest'
import { type Json, openExample } from '#test/binance-client.ts'
import { until } from '#test/until.ts'

const algo = '/fapi/v1/algoOrder'
const stop = {
  algoType: 'CONDITIONAL',
  symbol: 'COINUSDT',
  side: 'SELL',
  type: 'STOP_MARKET',
  triggerPrice: '95',
  quantity: '1',
}

let close = async (): Promise<void> => {}
afterEach(() => close())

async function opened() {
  const example = await openExample()
  close = example.close
  const { listenKey } = (await example.keyed('POST', '/fapi/v1/listenKey')).body
  const user = await example.stream(`/private/ws/${listenKey}`)
  return { ...example, user, post: (fields = {}) => example.signed('POST', algo, { ...stop, ...fields }) }
}

describe('conditional orders', () => {
  test('are found, listed and canceled under their own ids, apart from orders', async () => {
    const { post, signed } = await opened()
    const { body } = await post({ clientAlgoId: 'guard' })
    expect(body).toMatchObject({
      clientAlgoId: 'guard',
      algoStatus: 'NEW',
      orderType: 'STOP_MARKET',
      triggerPrice: '95.0',
      workingType: 'CONTRACT_PRICE',
    })
    expect((await signed('GET', '/fapi/v1/openOrders')).body).toEqual([])
    expect((await signed('GET', '/fapi/v1/openAlgoOrders')).body).toMatchObject([{ algoId: body.algoId }])
    await signed('DELETE', '/fapi/v1/allOpenOrders', { symbol: 'COINUSDT' })
    expect((await signed('GET', algo, { clientAlgoId: 'guard' })).body.algoStatus).toBe('NEW')
    expect((await signed('DELETE', algo, { algoId: body.algoId })).body).toEqual({
      algoId: body.algoId,
      clientAlgoId: 'guard',
      code: '200',
      msg: 'success',
    })
    expect((await signed('DELETE', algo, { algoId: body.algoId })).body.code).toBe(-2011)
    expect((await signed('GET', algo, { algoId: body.algoId })).body.algoStatus).toBe('CANCELED')
    expect((await signed('GET', '/fapi/v1/allAlgoOrders', { symbol: 'COINUSDT' })).body).toHaveLength(1)
  })

  test('are refused with the right codes', async () => {
    const { post } = await opened()
    const code = async (fields: object) => (await post(fields)).body.code
    expect(await code({ triggerPrice: '101' })).toBe(-2021)
    expect(await code({ triggerPrice: '95.05' })).toBe(-1111)
    expect(await code({ type: 'LIMIT' })).toBe(-1116)
    expect(await code({ closePosition: true })).toBe(-4137)
    expect(await code({ algoType: 'VP' })).toBe(-1130)
    expect(await code({ type: 'STOP' })).toBe(-1102)
    expect(await code({ clientAlgoId: 'a b' })).toBe(-4015)
  })

  test('go from NEW over TRIGGERING and TRIGGERED to FINISHED, and become an order with an id of its own', async () => {
    const { post, signed, user, one, buy, exchange } = await opened()
    buy(one, 1)
    const { algoId } = (await post({ reduceOnly: true })).body
    exchange.control.absurdPrint(exchange.instruments()[0].id, 0.9)
    const updates = () => user.frames.filter((frame: Json) => frame.e === 'ALGO_UPDATE')
    await until(() => updates().at(-1)?.o.X === 'FINISHED')
    expect(updates().map(({ o }: Json) => [o.X, o.aid === algoId, o.ai === ''])).toEqual([
      ['NEW', true, true],
      ['TRIGGERING', true, true],
      ['TRIGGERED', true, false],
      ['FINISHED', true, false],
    ])
    const finished = updates()[3].o
    expect(finished).toMatchObject({ aq: '1', ap: '99.90000', o: 'STOP_MARKET', tp: '95' })
    const became = (await signed('GET', '/fapi/v1/order', { symbol: 'COINUSDT', orderId: finished.ai })).body
    expect(became).toMatchObject({ type: 'MARKET', origType: 'STOP_MARKET', status: 'FILLED', reduceOnly: true })
    expect(became.orderId).not.toBe(algoId)
    const got = (await signed('GET', algo, { algoId })).body
    expect(got).toMatchObject({
      algoStatus: 'FINISHED',
      actualOrderId: finished.ai,
      actualPrice: '99.90000',
      actualQty: '1',
    })
    expect((await signed('GET', '/fapi/v3/positionRisk')).body).toEqual([])
  })

  test('end as REJECTED with the reason when their order is refused', async () => {
    const { post, user, exchange } = await opened()
    await post({ reduceOnly: true })
    exchange.control.absurdPrint(exchange.instruments()[0].id, 0.9)
    await until(() => user.frames.some((frame: Json) => frame.o?.X === 'REJECTED'))
    expect(user.frames.at(-1).o).toMatchObject({ X: 'REJECTED', rm: 'ReduceOnly Order is rejected.' })
  })
})
