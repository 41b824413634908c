import { afterEach, describe, expect, test } from 'vitest'
import { openLong, openMexcExample } from '#test/mexc-client.ts'
import { coin, recordingOf } from '#test/example-exchange.ts'
import { planState } from './order-rows.ts'

let close = async (): Promise<void> => {}
afterEach(() => close())

/** Stands at 100 until 10 s, then prints 97 and later 104. */
const moving = recordingOf(
  [
    [0, 100, 1, 1],
    [10_000, 97, 1, -1],
    [20_000, 104, 1, 1],
  ],
  [
    [0, 99.9, 100.1, 10],
    [9_990, 96.9, 97.1, 10],
    [19_990, 103.9, 104.1, 10],
  ],
)

async function opened() {
  const example = await openMexcExample({ source: moving })
  close = example.close
  const plan = {
    ...openLong,
    type: undefined,
    orderType: 5,
    triggerPrice: 98,
    triggerType: 2,
    executeCycle: 1,
    trend: 1,
  }
  return {
    ...example,
    create: (fields = {}) => example.post('order/create', { ...openLong, ...fields }),
    plan: (fields = {}) => example.post('planorder/place/v2', { ...plan, ...fields }),
    plans: async (fields = {}) => (await example.get('planorder/list/orders', fields)).data,
    stops: async () => (await example.get('stoporder/list/orders')).data,
    positions: async () => (await example.get('position/open_positions')).data,
  }
}

describe('plan orders', () => {
  test('wait for their side of the price, become an order, and name it', async () => {
    const { plan, plans, timers, get } = await opened()
    const { data: id } = await plan()
    const { data: above } = await plan({ triggerPrice: 103, triggerType: 1, orderType: 1, price: 104.1, side: 1 })
    expect(id).toMatch(/^\d{18}$/)
    expect(await plans({ states: 1 })).toMatchObject([
      { id: above, triggerType: 1, orderType: 1, price: 104.1, state: 1 },
      { id, triggerType: 2, orderType: 5, triggerPrice: 98, vol: 100, trend: 1, executeCycle: 1, state: 1 },
    ])
    await timers.advance(12_000)
    const [done] = await plans({ states: 3 })
    expect(done).toMatchObject({ id, state: 3, errorCode: 0 })
    expect((await get(`order/get/${done.orderId}`)).data).toMatchObject({ state: 3, side: 1, dealAvgPrice: 97.1 })
    await timers.advance(10_000)
    expect((await plans({ states: 3 })).map(({ id }: { id: string }) => id)).toEqual([above, id])
  })

  test('by fair price they wait for the fair price', async () => {
    const { plan, plans, timers, exchange } = await opened()
    await plan({ trend: 2, triggerPrice: 97.5 })
    await timers.advance(10_001)
    expect(exchange.market(coin.id)?.last()?.price).toBe(97)
    expect(await plans({ states: 1 })).toHaveLength(1)
  })

  test('expire after a day or a week, which is state 4', async () => {
    const { plan, plans, exchange, one } = await opened()
    await plan({ triggerPrice: 50 })
    await plan({ triggerPrice: 50, executeCycle: 2 })
    const lives = exchange.openConditionals(one).map(({ expiresAt, createdAt }) => Number(expiresAt) - createdAt)
    expect(lives).toEqual([86_400_000, 7 * 86_400_000])
    expect((await plans()).map(({ executeCycle }: Record<string, number>) => executeCycle)).toEqual([2, 1])
    expect(planState({ status: 'expired' })).toBe(4)
  })

  test('what triggers and cannot be is state 5 with its code', async () => {
    const { plan, plans, timers } = await opened()
    await plan({ side: 4 })
    await timers.advance(12_000)
    expect(await plans()).toMatchObject([{ state: 5, errorCode: 3 }])
  })

  test('are canceled one by one or all, and moved in place', async () => {
    const { plan, plans, post } = await opened()
    const { data: id } = await plan()
    await plan()
    const moved = { symbol: 'COIN_USDT', orderId: id, triggerPrice: 90, orderType: 5, triggerType: 2, trend: 2 }
    expect(await post('planorder/change_price', moved)).toEqual({ success: true, code: 0 })
    expect((await plans()).at(-1)).toMatchObject({ id, triggerPrice: 90, trend: 2 })
    expect(
      (
        await post('planorder/cancel', [
          { symbol: 'COIN_USDT', orderId: id },
          { symbol: 'COIN_USDT', orderId: '1' },
        ])
      ).data,
    ).toEqual([
      { orderId: id, errorCode: 0, errorMsg: 'success' },
      { orderId: '1', errorCode: 2040, errorMsg: 'order not exist' },
    ])
    await post('planorder/cancel_all', {})
    expect(await plans({ states: 1 })).toEqual([])
    expect(await plans({ states: 2 })).toHaveLength(2)
  })

  test('wrong parameters have codes of their own', async () => {
    const { plan } = await opened()
    expect((await plan({ triggerPrice: 0 })).code).toBe(3001)
    expect((await plan({ triggerType: 3 })).code).toBe(3002)
    expect((await plan({ trend: 4 })).code).toBe(3003)
    expect((await plan({ executeCycle: 3 })).code).toBe(3004)
  })
})

describe('stop orders', () => {
  test('a position has a loss and a profit price, of which one happens', async () => {
    const { create, post, positions, stops, plans, timers, get } = await opened()
    await create()
    const [{ positionId }] = await positions()
    const { data: id } = await post('stoporder/place', {
      positionId,
      vol: 100,
      stopLossPrice: 98,
      takeProfitPrice: 103,
      lossTrend: 1,
      profitTrend: 1,
      volType: 1,
    })
    expect(await stops()).toMatchObject([
      {
        id,
        orderId: '0',
        positionId,
        stopLossPrice: 98,
        takeProfitPrice: 103,
        state: 1,
        triggerSide: 0,
        isFinished: 0,
      },
    ])
    // its legs are no plan orders
    expect(await plans()).toEqual([])
    await timers.advance(12_000)
    const [stop] = await stops()
    expect(stop).toMatchObject({ state: 3, triggerSide: 2, realityVol: 100, isFinished: 1 })
    expect((await get(`order/get/${stop.placeOrderId}`)).data).toMatchObject({ side: 4, dealAvgPrice: 96.9, state: 3 })
    await timers.advance(12_000)
    expect(await positions()).toEqual([])
    expect((await get('order/list/history_orders')).data).toHaveLength(2)
  })

  test('they come with the order that opens the position', async () => {
    const { create, stops, positions, timers } = await opened()
    const { orderId } = (await create({ stopLossPrice: 90, takeProfitPrice: 103 })).data
    await timers.advance(1)
    expect(await stops()).toMatchObject([{ orderId, vol: 100, stopLossPrice: 90, takeProfitPrice: 103, state: 1 }])
    await timers.advance(22_000)
    expect(await stops()).toMatchObject([{ state: 3, triggerSide: 1 }])
    expect(await positions()).toEqual([])
  })

  test('are changed, canceled, and gone with the whole position', async () => {
    const { create, post, positions, stops } = await opened()
    await create()
    const [{ positionId }] = await positions()
    const whole = { positionId, stopLossPrice: 95, volType: 2 }
    const { data: id } = await post('stoporder/place', whole)
    await post('stoporder/change_plan_price', { stopPlanOrderId: id, stopLossPrice: 94 })
    expect(await stops()).toMatchObject([{ id, stopLossPrice: 94, volType: 2 }])
    expect((await post('stoporder/cancel', [{ stopPlanOrderId: id }])).data).toMatchObject([{ errorCode: 0 }])
    await post('stoporder/place', whole)
    await create({ side: 4 })
    expect(await stops()).toMatchObject([
      { state: 4, isFinished: 1 },
      { state: 2, isFinished: 1 },
    ])
    expect((await post('stoporder/place', whole)).code).toBe(2009)
  })
})
