import { afterEach, describe, expect, test } from 'vitest'
import { type Json, openExample } from '#test/binance-client.ts'

const symbol = 'COINUSDT'
const market = { symbol, side: 'BUY', type: 'MARKET', quantity: 2 }

let close = async (): Promise<void> => {}
afterEach(() => close())

async function opened() {
  const example = await openExample()
  close = example.close
  return { ...example, read: async (path: string, fields = {}) => (await example.signed('GET', path, fields)).body }
}

describe('account', () => {
  test('lists only what is in use: nothing, an order, a position', async () => {
    const { read, signed } = await opened()
    expect(await read('/fapi/v3/positionRisk')).toEqual([])
    const order = { symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: 1, price: 95 }
    await signed('POST', '/fapi/v1/order', order)
    expect(await read('/fapi/v3/positionRisk')).toMatchObject([{ symbol, positionAmt: '0.00', bidNotional: '95' }])
    await signed('POST', '/fapi/v1/order', market)
    const [position] = await read('/fapi/v3/positionRisk')
    expect(position).toMatchObject({
      positionSide: 'BOTH',
      positionAmt: '2.00',
      entryPrice: '100.1',
      notional: '200.00000000',
      unRealizedProfit: '-0.20000000',
      positionInitialMargin: '10.00000000',
      maintMargin: '2.00000000',
      marginAsset: 'USDT',
    })
    // leverage and margin type are elsewhere since v3
    expect(position).not.toHaveProperty('leverage')
    expect(await read('/fapi/v1/symbolConfig', { symbol })).toMatchObject([{ leverage: 20, marginType: 'CROSSED' }])
    expect((await read('/fapi/v3/account')).positions).toHaveLength(1)
    expect(await read('/fapi/v2/positionRisk')).toMatchObject([{ leverage: '20', marginType: 'cross' }])
  })

  test('balances add up: wallet, margin, what is left', async () => {
    const { read, signed } = await opened()
    await signed('POST', '/fapi/v1/order', market)
    const [row] = await read('/fapi/v3/balance')
    expect(row).toMatchObject({ asset: 'USDT', balance: '9999.89990000', crossUnPnl: '-0.20000000' })
    const account = await read('/fapi/v3/account')
    expect(account).toMatchObject({
      totalWalletBalance: '9999.89990000',
      totalUnrealizedProfit: '-0.20000000',
      totalMarginBalance: '9999.69990000',
      totalPositionInitialMargin: '10.00000000',
      availableBalance: '9989.69990000',
    })
  })

  test('income is every posting by kind', async () => {
    const { read, signed, exchange } = await opened()
    await signed('POST', '/fapi/v1/order', market)
    exchange.control.settleFunding(exchange.instruments()[0].id, 0.01)
    await signed('POST', '/fapi/v1/order', { ...market, side: 'SELL' })
    const rows = await read('/fapi/v1/income')
    expect(rows.map(({ incomeType, income }: Json) => [incomeType, income])).toEqual([
      ['TRANSFER', '10000.00000000'],
      ['COMMISSION', '-0.10010000'],
      ['FUNDING_FEE', '-2.00000000'],
      ['REALIZED_PNL', '-0.40000000'],
      ['COMMISSION', '-0.09990000'],
    ])
    expect(await read('/fapi/v1/income', { incomeType: 'FUNDING_FEE', symbol })).toHaveLength(1)
    const week = 7 * 86_400_000
    const wide = { startTime: exchange.now() - 2 * week, endTime: exchange.now() }
    expect((await read('/fapi/v1/income', wide)).code).toBe(-4165)
  })

  test('brackets carry the deduction that makes them continuous', async () => {
    const { read } = await opened()
    const [{ brackets }] = await read('/fapi/v1/leverageBracket', { symbol })
    expect(brackets).toMatchObject([
      { bracket: 1, initialLeverage: 50, notionalFloor: 0, notionalCap: 50_000, maintMarginRatio: 0.01, cum: 0 },
      { bracket: 2, initialLeverage: 10, notionalFloor: 50_000, maintMarginRatio: 0.05, cum: 2_000 },
    ])
    const { notionalFloor, maintMarginRatio, cum } = brackets[1]
    expect(cum).toBe(brackets[0].cum + notionalFloor * (maintMarginRatio - brackets[0].maintMarginRatio))
  })

  test('margin is added to isolated positions only', async () => {
    const { read, signed } = await opened()
    await signed('POST', '/fapi/v1/order', market)
    const add = { symbol, amount: '5', type: 1 }
    expect((await signed('POST', '/fapi/v1/positionMargin', add)).status).toBe(400)
    await signed('POST', '/fapi/v1/order', { ...market, side: 'SELL' })
    await signed('POST', '/fapi/v1/marginType', { symbol, marginType: 'ISOLATED' })
    await signed('POST', '/fapi/v1/order', market)
    expect((await signed('POST', '/fapi/v1/positionMargin', add)).body).toMatchObject({ amount: 5, code: 200, type: 1 })
    expect(await read('/fapi/v3/positionRisk')).toMatchObject([{ isolatedWallet: '15.01000000' }])
    expect(await read('/fapi/v1/positionMargin/history', { symbol })).toMatchObject([{ amount: '5.00000000', type: 1 }])
  })

  test('a halted market takes no orders, a delisted one is settled and gone from the lists', async () => {
    const { exchange, signed, open } = await opened()
    const [{ id }] = exchange.instruments()
    const status = async () => (await open('/fapi/v1/exchangeInfo')).body.symbols[0].status
    expect(await status()).toBe('TRADING')
    exchange.control.halt(id)
    expect(await status()).toBe('PENDING_TRADING')
    expect((await signed('POST', '/fapi/v1/order', market)).body.code).toBe(-4140)
    exchange.control.resume(id)
    exchange.control.delist(id)
    expect(await status()).toBe('SETTLING')
    expect((await signed('POST', '/fapi/v1/order', market)).body.code).toBe(-4141)
    expect((await open('/fapi/v1/ticker/price')).body).toEqual([])
  })
})
