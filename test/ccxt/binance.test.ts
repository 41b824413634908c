import { AuthenticationError, MarginModeAlreadySet, type Order, OrderNotFound, pro } from 'ccxt'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { toMoney } from '#model/money.ts'
import type { Door } from '#simulator/server/binance/door.ts'
import { openBinanceFutures } from '#simulator/server/binance/futures.ts'
import { binanceRules } from '#simulator/server/binance/rules.ts'
import { openBinanceSpot } from '#simulator/server/binance/spot.ts'
import { createExchange } from '#simulator/server/create-exchange.ts'
import type { Exchange } from '#simulator/server/exchange.ts'
import { pointAt } from './local.ts'
import { perpetual, walk, wallTimers } from './walk.ts'

const hour = 3_600_000
const btc = 'BTC/USDT:USDT'
const coin = 'COIN/USDT:USDT'

let exchange: Exchange
let futuresDoor: Door
let spotDoor: Door
let futures: InstanceType<typeof pro.binanceusdm>
let spot: InstanceType<typeof pro.binance>

beforeAll(async () => {
  exchange = createExchange({
    venue: 'binance',
    rules: binanceRules,
    timers: wallTimers,
    seed: 1,
    source: walk(
      [
        { instrument: perpetual('BTC'), price: 60_000 },
        {
          instrument: perpetual('COIN', { lotSize: 1, minQuantity: 1, fundingIntervalMs: 4 * hour }),
          price: 100,
        },
      ],
      4 * hour,
    ),
    accounts: [
      { name: 'one', balances: { USDT: toMoney(100_000) }, keys: [{ apiKey: 'test-key-one', secret: 'not-secret' }] },
    ],
    play: { historyMs: hour },
  })
  await exchange.start()
  futuresDoor = await openBinanceFutures(exchange)
  spotDoor = await openBinanceSpot(exchange)
  futures = new pro.binanceusdm({
    apiKey: 'test-key-one',
    secret: 'not-secret',
    options: { fetchCurrencies: false },
  })
  await pointAt(futures, futuresDoor)
  futures.urls['api']['ws'].future = `${futuresDoor.wsUrl}/ws`
  spot = new pro.binance({ options: { fetchCurrencies: false, fetchMarkets: { types: ['spot'] } } })
  await pointAt(spot, spotDoor)
  // ccxt knows a spot socket by "/stream" in its address
  spot.urls['api']['ws'].spot = `${spotDoor.wsUrl.replace('ws://', 'ws://stream@')}/ws`
  await Promise.all([futures.loadMarkets(), spot.loadMarkets()])
})

afterAll(async () => {
  await Promise.all([futures.close(), spot.close()])
  await Promise.all([futuresDoor.close(), spotDoor.close()])
  exchange.close()
})

async function lastPrice(): Promise<number> {
  const { last } = await futures.fetchTicker(btc)
  return last as number
}

/** Cancels everything and closes what is held. */
async function goFlat(): Promise<void> {
  await futures.cancelAllOrders(btc)
  await futures.cancelAllOrders(btc, { trigger: true })
  for (const { side, contracts } of await futures.fetchPositions([btc])) {
    if (contracts === undefined || contracts === 0) continue
    await futures.createOrder(btc, 'market', side === 'long' ? 'sell' : 'buy', contracts, undefined, {
      reduceOnly: true,
    })
  }
}

/** Until the client's user-data socket is there: what happens before is never told again. */
async function userStream(): Promise<void> {
  await vi.waitFor(() => expect(exchange.connections.all().some(({ kind }) => kind === 'private')).toBe(true))
}

describe('ccxt.binanceusdm at our exchange: public', () => {
  test('markets carry their grids, sizes and limits', () => {
    expect(futures.symbols).toEqual([btc, coin])
    expect(futures.market(btc)).toMatchObject({
      id: 'BTCUSDT',
      active: true,
      linear: true,
      contractSize: 1,
      precision: { price: 0.1, amount: 0.001 },
      limits: { amount: { min: 0.001 }, cost: { min: 5 } },
    })
  })

  test('time, tickers, best prices, book, trades, bars and open interest are read', async () => {
    const last = await lastPrice()
    expect(await futures.fetchTime()).toBeGreaterThan(0)
    expect(Object.keys(await futures.fetchTickers())).toEqual([btc, coin])
    const best = (await futures.fetchBidsAsks([btc]))[btc]
    expect(best.ask! - best.bid!).toBeGreaterThan(0)
    const book = await futures.fetchOrderBook(btc, 20)
    expect([book.bids.length, book.asks.length]).toEqual([20, 20])
    expect(Math.abs(book.bids[0][0]! - last)).toBeLessThan(10)
    const trades = await futures.fetchTrades(btc, undefined, 50)
    expect(trades).toHaveLength(50)
    expect(trades.every(({ price, amount }) => price! > 59_990 && amount! > 0)).toBe(true)
    const bars = await futures.fetchOHLCV(btc, '1m', undefined, 30)
    expect(bars).toHaveLength(30)
    expect(bars[1][0]! - bars[0][0]!).toBe(60_000)
    expect((await futures.fetchOpenInterest(btc)).openInterestAmount).toBeGreaterThan(0)
  })

  test('funding: the predicted rate, its interval where it is not eight hours, the settled past', async () => {
    expect((await futures.fetchFundingRate(btc)).nextFundingTimestamp ?? 0).toBe(0)
    expect(Object.keys(await futures.fetchFundingRates())).toEqual([btc, coin])
    expect((await futures.fetchFundingIntervals())[coin]).toMatchObject({ interval: '4h' })
    exchange.control.settleFunding(exchange.instruments()[0].id, 0.0003)
    expect(await futures.fetchFundingRateHistory(btc)).toMatchObject([{ symbol: btc, fundingRate: 0.0003 }])
  })

  test('leverage tiers', async () => {
    const [first, second] = (await futures.fetchLeverageTiers([btc]))[btc]
    expect(first).toMatchObject({ maxLeverage: 125, maintenanceMarginRate: 0.004, maxNotional: 50_000 })
    expect(second).toMatchObject({ maxLeverage: 100, minNotional: 50_000 })
  })
})

describe('ccxt.binanceusdm at our exchange: account', () => {
  test('leverage, margin mode, position mode and fees', async () => {
    await goFlat()
    await futures.setLeverage(7, btc)
    await futures.setMarginMode('isolated', btc)
    expect(await futures.fetchLeverage(btc)).toMatchObject({ longLeverage: 7, marginMode: 'isolated' })
    await expect(futures.setMarginMode('isolated', btc)).rejects.toBeInstanceOf(MarginModeAlreadySet)
    await futures.setMarginMode('cross', btc)
    await futures.setLeverage(20, btc)
    expect(await futures.fetchPositionMode(btc)).toMatchObject({ hedged: false })
    await futures.setPositionMode(true)
    expect(await futures.fetchPositionMode(btc)).toMatchObject({ hedged: true })
    await futures.setPositionMode(false)
    expect(await futures.fetchTradingFee(btc)).toMatchObject({ maker: 0.0002, taker: 0.0005 })
  })

  test('balance, position, my trades and ledger follow a market order', async () => {
    await goFlat()
    const before = await futures.fetchBalance()
    const order = await futures.createOrder(btc, 'market', 'buy', 0.5)
    expect(order).toMatchObject({ status: 'closed', type: 'market', side: 'buy', filled: 0.5, remaining: 0 })
    // the answer has no average price since July 2026; the order has
    const fetched = await futures.fetchOrder(order.id!, btc)
    expect(fetched.average).toBeGreaterThan(59_990)
    const fills = (await futures.fetchMyTrades(btc)).filter((fill) => fill.order === order.id)
    expect(fills.reduce((sum, { amount }) => sum + amount!, 0)).toBeCloseTo(0.5, 9)
    expect(fills[0]).toMatchObject({ takerOrMaker: 'taker', fee: { currency: 'USDT' } })
    const [position] = await futures.fetchPositions([btc])
    expect(position).toMatchObject({ symbol: btc, side: 'long', contracts: 0.5, hedged: false })
    const fee = fills.reduce((sum, fill) => sum + fill.fee!.cost!, 0)
    const after = await futures.fetchBalance()
    // its totals carry the unrealized profit; the wallet does not
    expect(Number(before.info.totalWalletBalance) - Number(after.info.totalWalletBalance)).toBeCloseTo(fee, 6)
    const ledger = await futures.fetchLedger('USDT')
    expect(ledger.at(-1)).toMatchObject({ direction: 'out', currency: 'USDT' })
    await goFlat()
    expect(await futures.fetchPositions([btc])).toEqual([])
  })

  test('a resting limit order is found by every list, amended, and canceled', async () => {
    await goFlat()
    const price = (await lastPrice()) - 500
    const order = await futures.createOrder(btc, 'limit', 'buy', 0.01, price, { clientOrderId: 'mine-1' })
    expect(order).toMatchObject({ status: 'open', clientOrderId: 'mine-1', price, amount: 0.01, timeInForce: 'GTC' })
    expect(ids(await futures.fetchOpenOrders(btc))).toEqual([order.id])
    expect((await futures.fetchOrder('', btc, { clientOrderId: 'mine-1' })).id).toBe(order.id)
    expect(ids(await futures.fetchOrders(btc))).toContain(order.id)
    const amended = await futures.editOrder(order.id!, btc, 'limit', 'buy', 0.02, price - 10)
    expect(amended).toMatchObject({ id: order.id, amount: 0.02, price: price - 10, status: 'open' })
    expect(await futures.cancelOrder(order.id!, btc)).toMatchObject({ id: order.id, status: 'canceled' })
    expect(await futures.fetchOpenOrders(btc)).toEqual([])
    await expect(futures.cancelOrder(order.id!, btc)).rejects.toBeInstanceOf(OrderNotFound)
    await expect(futures.fetchOrder('999', btc)).rejects.toBeInstanceOf(OrderNotFound)
  })

  test('a post-only order rests, and is refused where it would take', async () => {
    await goFlat()
    const last = await lastPrice()
    const order = await futures.createOrder(btc, 'limit', 'buy', 0.01, last - 400, { postOnly: true })
    expect(order).toMatchObject({ status: 'open', timeInForce: 'PO', postOnly: true })
    await expect(futures.createOrder(btc, 'limit', 'buy', 0.01, last + 400, { postOnly: true })).rejects.toThrow(
      '-5022',
    )
  })

  test('IOC and FOK fill at once or are gone', async () => {
    await goFlat()
    const last = await lastPrice()
    const ioc = await futures.createOrder(btc, 'limit', 'buy', 0.01, last + 100, { timeInForce: 'IOC' })
    expect(ioc).toMatchObject({ status: 'closed', filled: 0.01, timeInForce: 'IOC' })
    const away = await futures.createOrder(btc, 'limit', 'buy', 0.01, last - 300, { timeInForce: 'IOC' })
    expect(away).toMatchObject({ status: 'expired', filled: 0 })
    const fok = await futures.createOrder(btc, 'limit', 'sell', 0.01, last - 100, { timeInForce: 'FOK' })
    expect(fok).toMatchObject({ status: 'closed', filled: 0.01, timeInForce: 'FOK' })
    await expect(futures.createOrder(btc, 'limit', 'buy', 0.01, last - 300, { timeInForce: 'FOK' })).rejects.toThrow(
      '-5021',
    )
  })

  test('a reduce-only order needs something to reduce', async () => {
    await goFlat()
    const sell = () => futures.createOrder(btc, 'market', 'sell', 0.02, undefined, { reduceOnly: true })
    await expect(sell()).rejects.toThrow('-2022')
    await futures.createOrder(btc, 'market', 'buy', 0.02)
    expect(await sell()).toMatchObject({ status: 'closed', reduceOnly: true })
    expect(await futures.fetchPositions([btc])).toEqual([])
  })

  test('stop-market and take-profit orders live under their own ids', async () => {
    await goFlat()
    const last = await lastPrice()
    await futures.createOrder(btc, 'market', 'buy', 0.02)
    const stop = await futures.createOrder(btc, 'market', 'sell', 0.02, undefined, {
      stopLossPrice: last - 900,
      reduceOnly: true,
    })
    const take = await futures.createOrder(btc, 'market', 'sell', 0.02, undefined, {
      takeProfitPrice: last + 900,
      reduceOnly: true,
    })
    expect([stop, take]).toMatchObject([
      { status: 'open', reduceOnly: true, triggerPrice: last - 900 },
      { status: 'open', reduceOnly: true, triggerPrice: last + 900 },
    ])
    expect(ids(await futures.fetchOpenOrders(btc, undefined, undefined, { trigger: true }))).toEqual([stop.id, take.id])
    expect(await futures.fetchOpenOrders(btc)).toEqual([])
    expect((await futures.fetchOrder(stop.id!, btc, { trigger: true })).status).toBe('open')
    await futures.cancelOrder(stop.id!, btc, { trigger: true })
    expect(ids(await futures.fetchOpenOrders(btc, undefined, undefined, { trigger: true }))).toEqual([take.id])
    await expect(
      futures.createOrder(btc, 'market', 'sell', 0.02, undefined, { stopLossPrice: last + 900 }),
    ).rejects.toThrow('-2021')
  })

  test('orders the venue would refuse are refused in its words', async () => {
    await goFlat()
    const last = await lastPrice()
    await expect(futures.createOrder(btc, 'limit', 'buy', 0.001, 1_000)).rejects.toThrow('-4164')
    await expect(futures.createOrder(btc, 'limit', 'buy', 1_000, last)).rejects.toThrow('-2019')
    const wrong = new pro.binanceusdm({
      apiKey: 'test-key-one',
      secret: 'wrong',
      options: { fetchCurrencies: false },
    })
    await pointAt(wrong, futuresDoor)
    await expect(wrong.fetchBalance()).rejects.toBeInstanceOf(AuthenticationError)
    const unknown = new pro.binanceusdm({ apiKey: 'nobody', secret: 'x', options: { fetchCurrencies: false } })
    await pointAt(unknown, futuresDoor)
    await expect(unknown.fetchBalance()).rejects.toBeInstanceOf(AuthenticationError)
  })
})

describe('ccxt.pro.binanceusdm at our exchange: streams', () => {
  test('trades, book, best prices, tickers, mark prices and bars are pushed', async () => {
    const trades = await futures.watchTrades(btc)
    expect(trades[0]).toMatchObject({ symbol: btc })
    const book = await futures.watchOrderBook(btc)
    const first = book.nonce!
    await vi.waitFor(async () => expect((await futures.watchOrderBook(btc)).nonce).toBeGreaterThan(first))
    expect(book.bids[0][0]!).toBeLessThan(book.asks[0][0]!)
    expect((await futures.watchBidsAsks([btc]))[btc].bid).toBeGreaterThan(0)
    expect((await futures.watchTicker(btc)).last).toBeGreaterThan(0)
    expect((await futures.watchMarkPrice(btc)).markPrice).toBeGreaterThan(0)
    expect((await futures.watchOHLCV(btc, '1m'))[0]).toHaveLength(6)
  })

  test('orders, my trades, positions and balance are pushed as they change', async () => {
    await goFlat()
    const opened = futures.watchOrders(btc)
    await userStream()
    const order = await futures.createOrder(btc, 'limit', 'buy', 0.01, (await lastPrice()) - 500)
    expect((await opened)[0]).toMatchObject({ id: order.id, status: 'open', amount: 0.01 })
    const canceled = futures.watchOrders(btc)
    await futures.cancelOrder(order.id!, btc)
    expect((await canceled).at(-1)).toMatchObject({ id: order.id, status: 'canceled' })
    const fill = futures.watchMyTrades(btc)
    const position = futures.watchPositions([btc])
    const balance = futures.watchBalance()
    const bought = await futures.createOrder(btc, 'market', 'buy', 0.01)
    expect((await fill).at(-1)).toMatchObject({ order: bought.id, amount: 0.01, takerOrMaker: 'taker' })
    expect((await position).at(-1)).toMatchObject({ symbol: btc, side: 'long', contracts: 0.01 })
    expect((await balance)['USDT'].total).toBeGreaterThan(0)
    await goFlat()
  })
})

describe('ccxt.binance (spot) at our exchange', () => {
  const pair = 'BTC/USDT'

  test('markets, ticker, book, trades and bars are read', async () => {
    expect(spot.symbols).toEqual([pair, 'COIN/USDT'])
    expect(spot.market(pair)).toMatchObject({ spot: true, precision: { price: 0.1, amount: 0.001 } })
    expect((await spot.fetchTicker(pair)).last).toBeGreaterThan(0)
    expect((await spot.fetchOrderBook(pair, 10)).asks).toHaveLength(10)
    expect(await spot.fetchTrades(pair, undefined, 5)).toHaveLength(5)
    expect(await spot.fetchOHLCV(pair, '5m', undefined, 5)).toHaveLength(5)
  })

  test('trades, book, ticker, best prices and bars are pushed', async () => {
    expect((await spot.watchTrades(pair))[0]).toMatchObject({ symbol: pair })
    expect((await spot.watchOrderBook(pair)).bids.length).toBeGreaterThan(0)
    expect((await spot.watchTicker(pair)).last).toBeGreaterThan(0)
    expect((await spot.watchBidsAsks([pair]))[pair].ask).toBeGreaterThan(0)
    expect((await spot.watchOHLCV(pair, '1m'))[0]).toHaveLength(6)
  })
})

function ids(orders: readonly Order[]): readonly Order['id'][] {
  return orders.map(({ id }) => id)
}
