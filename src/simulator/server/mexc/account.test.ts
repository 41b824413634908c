import { afterEach, describe, expect, test } from 'vitest'
import { toMoney } from '#model/money.ts'
import { coin } from '#test/example-exchange.ts'
import { openLong, openMexcExample } from '#test/mexc-client.ts'

let close = async (): Promise<void> => {}
afterEach(() => close())

async function opened() {
  const example = await openMexcExample()
  close = example.close
  return { ...example, create: (fields = {}) => example.post('order/create', { ...openLong, ...fields }) }
}

describe('accounts', () => {
  test('assets: margin, frozen, available, equity', async () => {
    const { create, get } = await opened()
    await create()
    await create({ type: 1, price: 95, side: 1 })
    const [asset] = (await get('account/assets')).data
    expect(asset).toMatchObject({ currency: 'USDT', positionMargin: 20.02, frozenBalance: 19, bonus: 0 })
    expect(asset.equity).toBeCloseTo(10_000 - 0.08008 + asset.unrealized, 8)
    expect(asset.availableBalance).toBeCloseTo(10_000 - 0.08008 - 20.02 - 19, 8)
    expect((await get('account/asset/USDT')).data).toEqual(asset)
    expect((await get('account/asset/XYZ')).code).toBe(4001)
  })

  test('a position is told in contracts, long and short apart, with isolated margin that can be moved', async () => {
    const { create, get, post } = await opened()
    await create()
    await create({ side: 3, vol: 50 })
    const rows = (await get('position/open_positions', { symbol: 'COIN_USDT' })).data
    expect(rows).toMatchObject([
      { positionType: 1, holdVol: 100, openType: 1, state: 1, holdAvgPrice: 100.1, leverage: 5, im: 20.02, version: 1 },
      { positionType: 2, holdVol: 50, openType: 1, state: 1, holdAvgPrice: 99.9 },
    ])
    const [{ positionId, liquidatePrice }] = rows
    expect(liquidatePrice).toBeLessThan(82)
    expect(await post('position/change_margin', { positionId, amount: 30, type: 'ADD' })).toEqual({
      success: true,
      code: 0,
    })
    const [more] = (await get('position/open_positions')).data
    expect(more).toMatchObject({ im: 50.02, version: 2 })
    expect(more.liquidatePrice).toBeLessThan(55)
    expect((await post('position/change_margin', { positionId, amount: 31, type: 'SUB' })).code).toBe(2018)
    expect((await post('position/change_margin', { positionId: 99, amount: 1, type: 'ADD' })).code).toBe(2009)
  })

  test('leverage is set for one side at a time, and not under opening orders', async () => {
    const { create, get, post } = await opened()
    const change = (fields: object) => post('position/change_leverage', { symbol: 'COIN_USDT', openType: 1, ...fields })
    expect(await change({ positionType: 1, leverage: 7 })).toEqual({ success: true, code: 0 })
    expect(await change({ positionType: 2, leverage: 9 })).toEqual({ success: true, code: 0 })
    expect((await get('position/leverage', { symbol: 'COIN_USDT' })).data).toMatchObject([
      { positionType: 1, leverage: 7, openType: 1, level: 1, mmr: 0.01, imr: 0.02 },
      { positionType: 2, leverage: 9, openType: 1 },
    ])
    expect((await change({ positionType: 1, leverage: 51 })).code).toBe(2006)
    expect((await change({ leverage: 5 })).code).toBe(2022)
    const { orderId } = (await create({ type: 1, price: 95 })).data
    expect((await change({ positionType: 1, leverage: 8 })).code).toBe(2019)
    await post('order/cancel', [orderId])
    await create({ leverage: 5 })
    const [{ positionId }] = (await get('position/open_positions')).data
    expect(await post('position/change_leverage', { positionId, leverage: 10 })).toEqual({ success: true, code: 0 })
    expect((await get('position/open_positions')).data).toMatchObject([{ leverage: 10, im: 10.01 }])
    expect((await post('position/change_position_mode', { positionMode: 2 })).code).toBe(2019)
  })

  test('what the web shows is not what orders pay', async () => {
    const { get, open } = await opened()
    expect((await get('account/tiered_fee_rate/v2', { symbol: 'COIN_USDT' })).data).toMatchObject({
      realMakerFee: 0.0006,
      realTakerFee: 0.0008,
      makerFee: 0,
    })
    expect((await get('account/tiered_fee_rate', { symbol: 'COIN_USDT' })).data.takerFee).toBe(0.0002)
    expect((await open('detail?symbol=COIN_USDT')).data).toMatchObject({ makerFeeRate: 0, takerFeeRate: 0.0002 })
  })

  test('risk limits by symbol and side; the level cannot be changed', async () => {
    const { get, post } = await opened()
    const { data } = await get('account/risk_limit', { symbol: 'COIN_USDT' })
    expect(data.COIN_USDT).toHaveLength(4)
    expect(data.COIN_USDT[0]).toEqual({
      level: 1,
      maxVol: 50_000,
      mmr: 0.01,
      imr: 0.02,
      maxLeverage: 50,
      symbol: 'COIN_USDT',
      positionType: 1,
    })
    expect((await post('account/change_risk_level')).code).toBe(8817)
  })

  test('funding records, paged; positive was received', async () => {
    const { create, get, exchange, open } = await opened()
    await create()
    exchange.control.settleFunding(coin.id, 0.0001)
    const { data } = await get('position/funding_records', { symbol: 'COIN_USDT', page_num: 1, page_size: 10 })
    expect(data).toMatchObject({ pageSize: 10, totalCount: 1, totalPage: 1, currentPage: 1 })
    expect(data.resultList).toMatchObject([{ symbol: 'COIN_USDT', positionType: 1, rate: 0.0001, funding: -0.01 }])
    expect(data.resultList[0].positionValue).toBeCloseTo(100, 6)
    const history = (await open('funding_rate/history?symbol=COIN_USDT')).data
    expect(history.resultList).toMatchObject([{ fundingRate: 0.0001, collectCycle: 8 }])
    expect((await get('position/open_positions')).data[0].holdFee).toBeCloseTo(-0.01, 8)
  })

  test('transfers are paged', async () => {
    const { get, exchange, one } = await opened()
    exchange.control.transfer(one, 'USDT', toMoney(-50))
    const { resultList } = (await get('account/transfer_record')).data
    expect(resultList).toMatchObject([
      { amount: 50, type: 'OUT' },
      { amount: 10_000, type: 'IN' },
    ])
  })

  test('a liquidation is category 2, ADL category 4', async () => {
    const { create, get, exchange, one } = await opened()
    await create()
    exchange.control.deleverage(one, coin.id, 'long', 0.5)
    exchange.control.liquidate(one, coin.id, 'long')
    const orders = (await get('order/list/history_orders')).data
    expect(orders.map(({ category, side, dealVol }: Record<string, number>) => [category, side, dealVol])).toEqual([
      [2, 4, 50],
      [4, 4, 50],
      [1, 1, 100],
    ])
    expect((await get('position/list/history_positions')).data).toMatchObject([{ state: 3, closeVol: 100, holdVol: 0 }])
  })

  test('reverse turns a position around; close_all leaves nothing', async () => {
    const { create, get, post } = await opened()
    await create()
    const [{ positionId }] = (await get('position/open_positions')).data
    expect(await post('position/reverse', { symbol: 'COIN_USDT', positionId, vol: 100 })).toEqual({
      success: true,
      code: 0,
    })
    expect((await get('position/open_positions')).data).toMatchObject([{ positionType: 2, holdVol: 100 }])
    await create({ type: 1, price: 95 })
    await post('position/close_all')
    expect((await get('position/open_positions')).data).toEqual([])
    expect((await get('order/list/open_orders')).data).toEqual([])
  })
})
