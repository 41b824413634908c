import { AuthenticationError, BadSymbol, InsufficientFunds, type Order, pro } from 'ccxt'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { toMoney } from '#model/money.ts'
import { createExchange } from '#simulator/server/create-exchange.ts'
import type { DoorServer } from '#simulator/server/door-server.ts'
import type { Exchange } from '#simulator/server/exchange.ts'
import { listedAs } from '#simulator/server/listed-as.ts'
import { openMexc } from '#simulator/server/mexc/open.ts'
import { mexcRules } from '#simulator/server/mexc/rules.ts'
import { perpetual, walk, wallTimers } from './walk.ts'

const hour = 3_600_000
const btc = 'BTC/USDT:USDT'
const coin = 'COIN/USDT:USDT'
/** A contract of BTC is 0.001, as its lot; of COIN 1. */
const isolated = { marginMode: 'isolated', openType: 1, leverage: 20 }

let exchange: Exchange
let door: DoorServer
let mexc: InstanceType<typeof pro.mexc>

/** What the door prints for anyone who points ccxt at it; the order limit is a matter of its own tests. */
async function client(keys: { readonly apiKey: string; readonly secret: string }) {
  const made = new pro.mexc({ ...keys, options: { defaultType: 'swap' } })
  made.urls = JSON.parse(
    JSON.stringify(made.urls)
      .replaceAll('https://api.mexc.com', `http://127.0.0.1:${door.port}`)
      .replaceAll('wss://contract.mexc.com/edge', `ws://127.0.0.1:${door.port}/edge`),
  ) as typeof made.urls
  made.enableRateLimit = false
  // it waits for 25 frames of the book before it asks for the snapshot otherwise
  made.options['watchOrderBook'] = { snapshotDelay: 1, snapshotMaxRetries: 3 }
  await made.loadHttpProxyAgent()
  return made
}

beforeAll(async () => {
  const source = walk(
    [
      { instrument: perpetual('BTC'), price: 60_000 },
      { instrument: perpetual('COIN', { lotSize: 1, minQuantity: 1, fundingIntervalMs: 4 * hour }), price: 100 },
    ],
    4 * hour,
  )
  exchange = createExchange({
    venue: 'mexc',
    rules: mexcRules,
    timers: wallTimers,
    seed: 1,
    source,
    instruments: source.instruments.map((instrument) => listedAs('mexc', instrument)),
    accounts: [
      { name: 'one', balances: { USDT: toMoney(100_000) }, keys: [{ apiKey: 'test-key-one', secret: 'not-secret' }] },
    ],
    play: { historyMs: hour },
  })
  await exchange.start()
  door = await openMexc(exchange, { port: 0, limits: false })
  mexc = await client({ apiKey: 'test-key-one', secret: 'not-secret' })
  await mexc.loadMarkets()
})

afterAll(async () => {
  await mexc.close()
  await door.close()
  exchange.close()
})

async function lastPrice(): Promise<number> {
  return (await mexc.fetchTicker(btc)).last as number
}

/** Cancels everything and closes what is held; the side of the order says which position it closes. */
async function goFlat(): Promise<void> {
  await mexc.cancelAllOrders(btc)
  await mexc.cancelAllOrders(btc, { method: 'contractPrivatePostPlanorderCancelAll' })
  for (const { side, contracts, info } of await mexc.fetchPositions([btc])) {
    const mode = { openType: (info as { openType: number }).openType, leverage: 20, reduceOnly: true }
    await mexc.createOrder(btc, 'market', side === 'long' ? 'sell' : 'buy', contracts as number, undefined, mode)
  }
}

const ids = (orders: readonly Order[]) => orders.map(({ id }) => id)
const raw = (order: Pick<Order, 'info'>) => order.info as Record<string, unknown>

describe('ccxt.mexc at our exchange: public', () => {
  test('markets carry their grids in contracts and the fees of the web', () => {
    expect(mexc.symbols).toEqual([btc, coin])
    expect(mexc.market(btc)).toMatchObject({
      id: 'BTC_USDT',
      active: true,
      linear: true,
      swap: true,
      contractSize: 0.001,
      precision: { price: 0.1, amount: 1 },
      limits: { amount: { min: 1 }, leverage: { min: 1, max: 125 } },
      maker: 0,
      taker: 0.0002,
    })
  })

  test('time, status, tickers, book, trades and bars are read', async () => {
    const last = await lastPrice()
    expect(Math.abs(((await mexc.fetchTime()) as number) - Date.now())).toBeLessThan(5_000)
    expect((await mexc.fetchStatus()).status).toBe('ok')
    expect(Object.keys(await mexc.fetchTickers())).toEqual([btc, coin])
    const ticker = await mexc.fetchTicker(btc)
    expect((ticker.ask as number) - (ticker.bid as number)).toBeGreaterThan(0)
    const book = await mexc.fetchOrderBook(btc, 20)
    expect([book.bids.length, book.asks.length]).toEqual([20, 20])
    expect(Math.abs((book.bids[0][0] as number) - last)).toBeLessThan(10)
    const trades = await mexc.fetchTrades(btc, undefined, 50)
    expect(trades).toHaveLength(50)
    expect(trades.every(({ price, amount }) => (price as number) > 59_990 && (amount as number) >= 1)).toBe(true)
    const bars = await mexc.fetchOHLCV(btc, '1m', undefined, 30)
    expect(bars).toHaveLength(30)
    expect((bars[1][0] as number) - (bars[0][0] as number)).toBe(60_000)
    expect(await mexc.fetchOHLCV(btc, '1h')).not.toHaveLength(0)
    await vi.waitFor(async () =>
      expect(await mexc.fetchOHLCV(btc, '1m', undefined, 1, { price: 'mark' })).toHaveLength(1),
    )
    expect(await mexc.fetchOHLCV(btc, '1m', undefined, 1, { price: 'index' })).toHaveLength(1)
  })

  test('funding: the predicted rate, its interval, the settled past', async () => {
    expect(await mexc.fetchFundingRate(coin)).toMatchObject({ symbol: coin, interval: '4h' })
    expect((await mexc.fetchFundingInterval(btc)).interval).toBe('8h')
    exchange.control.settleFunding(exchange.instruments()[0].id, 0.0003)
    expect(await mexc.fetchFundingRateHistory(btc)).toMatchObject([{ symbol: btc, fundingRate: 0.0003 }])
  })

  test('tiers are told as custom ones, of which ccxt reads one', async () => {
    const tiers = (await mexc.fetchLeverageTiers([btc]))[btc]
    expect(tiers).toMatchObject([{ maxLeverage: 125 }])
    const { riskLimitCustom } = tiers[0].info as { riskLimitCustom: readonly unknown[] }
    expect(riskLimitCustom).toMatchObject([
      { level: 1, maxVol: 50_000, mmr: 0.004, maxLeverage: 125 },
      { level: 2, maxVol: 600_000, mmr: 0.005, maxLeverage: 100 },
      { level: 3, mmr: 0.05, maxLeverage: 20 },
    ])
  })
})

describe('ccxt.mexc at our exchange: account', () => {
  test('leverage per side, position mode', async () => {
    await goFlat()
    await mexc.setLeverage(7, btc, { openType: 1, positionType: 1 })
    await mexc.setLeverage(9, btc, { openType: 1, positionType: 2 })
    expect(await mexc.fetchLeverage(btc)).toMatchObject({
      marginMode: 'isolated',
      longLeverage: 7,
      shortLeverage: 9,
    })
    await mexc.setMarginMode('cross', btc, { leverage: 20, direction: 'long' })
    await mexc.setMarginMode('cross', btc, { leverage: 20, direction: 'short' })
    expect(await mexc.fetchLeverage(btc)).toMatchObject({ marginMode: 'cross', longLeverage: 20, shortLeverage: 20 })
    expect(await mexc.fetchPositionMode()).toMatchObject({ hedged: true })
    await mexc.setPositionMode(false)
    expect(await mexc.fetchPositionMode()).toMatchObject({ hedged: false })
    await mexc.setPositionMode(true)
  })

  test('balance, position, my trades and margin follow a market order', async () => {
    await goFlat()
    const before = await mexc.fetchBalance()
    // ccxt sends type 6 for market orders
    const { id } = await mexc.createOrder(btc, 'market', 'buy', 500, undefined, isolated)
    expect(id).toMatch(/^\d{18}$/)
    const order = await mexc.fetchOrder(id as string, btc)
    expect(order).toMatchObject({ status: 'closed', side: 'buy', filled: 500, remaining: 0, fee: { currency: 'USDT' } })
    expect(order.average as number).toBeGreaterThan(59_990)
    const fills = (await mexc.fetchMyTrades(btc)).filter((fill) => fill.order === id)
    expect(fills.reduce((sum, { amount }) => sum + (amount as number), 0)).toBe(500)
    expect(fills[0]).toMatchObject({ takerOrMaker: 'taker', side: 'buy', fee: { currency: 'USDT' } })
    expect(await mexc.fetchOrderTrades(id as string, btc)).toHaveLength(fills.length)
    const fee = fills.reduce((sum, fill) => sum + (fill.fee?.cost as number), 0)
    // the account's own rate, not the web's
    expect(fee).toBeCloseTo(0.5 * (order.average as number) * 0.0008, 4)
    const [position] = await mexc.fetchPositions([btc])
    expect(position).toMatchObject({ symbol: btc, side: 'long', contracts: 500, leverage: 20 })
    expect((await mexc.fetchPosition(btc)).entryPrice).toBe(position.entryPrice)
    const after = await mexc.fetchBalance()
    const spent = (before['USDT'].free as number) - (after['USDT'].free as number)
    expect(spent).toBeGreaterThan((0.5 * 59_990) / 20)
    const { positionId } = position.info as { positionId: number }
    await mexc.addMargin(btc, 100, { positionId })
    expect((await mexc.fetchPositions([btc]))[0].initialMargin as number).toBeCloseTo(
      (position.initialMargin as number) + 100,
      6,
    )
    exchange.control.settleFunding(exchange.instruments()[0].id, 0.0001)
    expect((await mexc.fetchFundingHistory(btc))[0].amount as number).toBeLessThan(0)
    await goFlat()
    expect(await mexc.fetchPositions([btc])).toEqual([])
    expect((await mexc.fetchPositionsHistory([btc]))[0].info).toMatchObject({ state: 3, closeVol: 500 })
  })

  test('a resting limit order is found by every list, and canceled', async () => {
    await goFlat()
    const price = (await lastPrice()) - 500
    const placed = await mexc.createOrder(btc, 'limit', 'buy', 10, price, { ...isolated, clientOrderId: 'mine-1' })
    const order = await mexc.fetchOrder(placed.id as string, btc)
    expect(order).toMatchObject({ status: 'open', price, amount: 10, filled: 0, side: 'buy' })
    expect(raw(order)).toMatchObject({ externalOid: 'mine-1', orderType: 1, state: 2, positionMode: 1 })
    expect(ids(await mexc.fetchOpenOrders(btc))).toEqual([order.id])
    expect(ids(await mexc.fetchOrders(btc))).toContain(order.id)
    expect(ids(await mexc.fetchOrdersByIds([order.id as string], btc))).toEqual([order.id])
    await mexc.cancelOrder(order.id as string, btc)
    expect(await mexc.fetchOpenOrders(btc)).toEqual([])
    expect(ids(await mexc.fetchCanceledOrders(btc))).toContain(order.id)
    await expect(mexc.cancelOrder(order.id as string, btc)).rejects.toThrow('order state cannot be cancelled')
    await expect(mexc.cancelOrder('999', btc)).rejects.toThrow('order not exist')
    await expect(
      mexc.createOrder(btc, 'limit', 'buy', 10, price, { ...isolated, clientOrderId: 'mine-1' }),
    ).rejects.toThrow('2042')
  })

  test('several orders are canceled at once, also where one of them is gone', async () => {
    await goFlat()
    const price = (await lastPrice()) - 600
    const one = await mexc.createOrder(btc, 'limit', 'buy', 1, price, isolated)
    const two = await mexc.createOrder(btc, 'limit', 'buy', 2, price, isolated)
    await mexc.cancelOrder(one.id as string, btc)
    const answers = await mexc.cancelOrders([one.id as string, two.id as string], btc)
    expect(answers.map(raw)).toEqual([
      { orderId: one.id, errorCode: 2041, errorMsg: 'order state cannot be cancelled' },
      { orderId: two.id, errorCode: 0, errorMsg: 'success' },
    ])
    expect(await mexc.fetchOpenOrders(btc)).toEqual([])
  })

  test('a post-only order rests; where it would take it is acknowledged, then invalid with code 20', async () => {
    await goFlat()
    const last = await lastPrice()
    const rests = await mexc.createOrder(btc, 'limit', 'buy', 10, last - 400, { ...isolated, postOnly: true })
    expect(raw(await mexc.fetchOrder(rests.id as string, btc))).toMatchObject({ orderType: 2, state: 2 })
    const takes = await mexc.createOrder(btc, 'limit', 'buy', 10, last + 400, { ...isolated, postOnly: true })
    expect(raw(await mexc.fetchOrder(takes.id as string, btc))).toMatchObject({ state: 5, errorCode: 20, dealVol: 0 })
  })

  test('IOC and FOK fill at once or end with codes 18 and 19', async () => {
    await goFlat()
    const last = await lastPrice()
    const state = async (type: 'limit' | number, price: number) => {
      const { id } = await mexc.createOrder(btc, type as 'limit', 'buy', 10, price, isolated)
      return raw(await mexc.fetchOrder(id as string, btc))
    }
    expect(await state(3, last + 100)).toMatchObject({ state: 3, orderType: 3, dealVol: 10 })
    expect(await state(3, last - 300)).toMatchObject({ state: 5, orderType: 3, errorCode: 18 })
    expect(await state(4, last + 100)).toMatchObject({ state: 3, orderType: 4, dealVol: 10 })
    expect(await state(4, last - 300)).toMatchObject({ state: 5, orderType: 4, errorCode: 19 })
    expect(ids(await mexc.fetchClosedOrders(btc)).length).toBeGreaterThanOrEqual(2)
  })

  test('a reduce-only order needs something to close', async () => {
    await goFlat()
    const sell = () => mexc.createOrder(btc, 'market', 'sell', 20, undefined, { ...isolated, reduceOnly: true })
    await expect(sell()).rejects.toThrow('2009')
    await mexc.createOrder(btc, 'market', 'buy', 20, undefined, isolated)
    const { id } = await sell()
    expect(raw(await mexc.fetchOrder(id as string, btc))).toMatchObject({ side: 4, state: 3 })
    expect(await mexc.fetchPositions([btc])).toEqual([])
  })

  test('long and short of one contract are held side by side in hedge mode', async () => {
    await goFlat()
    await mexc.createOrder(btc, 'market', 'buy', 20, undefined, { ...isolated, hedged: true })
    await mexc.createOrder(btc, 'market', 'sell', 30, undefined, { ...isolated, hedged: true })
    const held = (await mexc.fetchPositions([btc])).map(({ side, contracts }) => [side, contracts])
    expect(held).toEqual([
      ['long', 20],
      ['short', 30],
    ])
    await goFlat()
  })

  test('trigger orders wait, trigger and are canceled among themselves', async () => {
    await goFlat()
    const last = await lastPrice()
    const plans = () =>
      mexc.fetchOrders(btc, undefined, undefined, { method: 'contractPrivateGetPlanorderListOrders', states: '1' })
    // ccxt reads no id out of the answer
    const trigger = (triggerPrice: number, triggerType: number) =>
      mexc.createOrder(btc, 'market', 'buy', 10, undefined, { ...isolated, triggerPrice, triggerType, orderType: 5 })
    await trigger(last + 5_000, 1)
    const [waiting] = await plans()
    expect(waiting).toMatchObject({ status: '1', triggerPrice: last + 5_000, amount: 10, side: 'buy' })
    expect(await mexc.fetchOpenOrders(btc)).toEqual([])
    await mexc.cancelOrder(waiting.id as string, btc, { method: 'contractPrivatePostPlanorderCancel' })
    expect(await plans()).toEqual([])
    // reached already: it triggers at once
    await trigger(last + 5_000, 2)
    await vi.waitFor(async () => expect((await mexc.fetchPositions([btc]))[0]?.contracts).toBe(10))
    await goFlat()
  })

  test('what the venue would refuse is refused in its words', async () => {
    await goFlat()
    const last = await lastPrice()
    await expect(mexc.createOrder(btc, 'limit', 'buy', 100_000, last, isolated)).rejects.toBeInstanceOf(
      InsufficientFunds,
    )
    await expect(mexc.createOrder(btc, 'limit', 'buy', 1, last * 2, isolated)).rejects.toThrow('2003')
    await expect(mexc.createOrder(btc, 'limit', 'buy', 1, last - 10, { ...isolated, leverage: 300 })).rejects.toThrow(
      '2006',
    )
    await expect(mexc.fetchTicker(btc, { symbol: 'NOPE_USDT' })).rejects.toBeInstanceOf(BadSymbol)
    const wrong = await client({ apiKey: 'test-key-one', secret: 'wrong' })
    await expect(wrong.fetchBalance()).rejects.toBeInstanceOf(AuthenticationError)
  })
})

describe('ccxt.pro.mexc at our exchange: streams', () => {
  test('trades, book, ticker, tickers, bars and funding are pushed', async () => {
    expect((await mexc.watchTrades(btc))[0]).toMatchObject({ symbol: btc })
    const book = await mexc.watchOrderBook(btc)
    const first = book.nonce as number
    await vi.waitFor(async () => expect((await mexc.watchOrderBook(btc)).nonce).toBeGreaterThan(first))
    expect(book.bids[0][0] as number).toBeLessThan(book.asks[0][0] as number)
    const market = exchange.market(exchange.instruments()[0].id)
    expect(Math.abs((book.bids[0][0] as number) - (market?.top()?.bid as number))).toBeLessThan(5)
    expect((await mexc.watchTicker(btc)).last).toBeGreaterThan(0)
    expect((await mexc.watchTickers([btc]))[btc].last).toBeGreaterThan(0)
    expect((await mexc.watchOHLCV(btc, '1m'))[0]).toHaveLength(6)
    expect((await mexc.watchFundingRate(btc)).symbol).toBe(btc)
  })

  test('orders, my trades and balance are pushed as they change', async () => {
    await goFlat()
    const opened = mexc.watchOrders(btc)
    await vi.waitFor(() => expect(exchange.connections.all().some(({ kind }) => kind === 'private')).toBe(true))
    const order = await mexc.createOrder(btc, 'limit', 'buy', 10, (await lastPrice()) - 500, isolated)
    expect((await opened)[0]).toMatchObject({ id: order.id, status: 'open', amount: 10 })
    const canceled = mexc.watchOrders(btc)
    await mexc.cancelOrder(order.id as string, btc)
    expect((await canceled).at(-1)).toMatchObject({ id: order.id, status: 'canceled' })
    const fill = mexc.watchMyTrades(btc)
    const balance = mexc.watchBalance()
    const bought = await mexc.createOrder(btc, 'market', 'buy', 10, undefined, isolated)
    expect((await fill).at(-1)).toMatchObject({ order: bought.id, amount: 10, takerOrMaker: 'taker' })
    expect((await balance)['USDT'].free as number).toBeLessThan(100_000)
    await goFlat()
  })
})
