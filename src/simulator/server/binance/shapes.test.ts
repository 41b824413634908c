import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { clientOf, type Json, openExample } from '#test/binance-client.ts'
import { differences } from '#test/shape.ts'
import { describeShared, sharedPath } from '#test/shared.ts'
import { until } from '#test/until.ts'
import { openBinanceSpot } from './spot.ts'

const symbol = 'COINUSDT'

let close = async (): Promise<void> => {}
afterEach(() => close())

/** A published example of one operation. */
function example(product: 'derivatives-trading-usds-futures' | 'spot', file: string): Json {
  const path = sharedPath('wire-samples', 'binance-connector-js', product, `${file}.json`)
  return (JSON.parse(readFileSync(path, 'utf8')) as { sample: Json }).sample
}

/** Recorded frames, newest field set of their time, by event. */
function recorded(file: string): ReadonlyMap<string, Json> {
  const frames = new Map<string, Json>()
  const lines = readFileSync(sharedPath('wire-samples', 'cryptofeed', 'sample_data', file), 'utf8')
    .split('\n')
    .slice(1)
  for (const line of lines) {
    const at = line.indexOf(': ')
    if (at < 0) continue
    const { data } = JSON.parse(line.slice(at + 2)) as { data: Json }
    const name = data.e ?? 'bookTicker'
    const full = (data.b?.length ?? 1) > 0 && (data.a?.length ?? 1) > 0
    if (full && !frames.has(name)) frames.set(name, data)
  }
  return frames
}

async function opened() {
  const example = await openExample()
  close = example.close
  return example
}

const limit = { symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: 1, price: 95 }
const stop = { algoType: 'CONDITIONAL', symbol, side: 'SELL', type: 'STOP', triggerPrice: 95, price: 94, quantity: 1 }

/** Of an order: the examples are of trailing stops, which have lived elsewhere since December 2025. */
const trailing = (path: string): readonly string[] => [
  `${path}.activatePrice is missing`,
  `${path}.priceRate is missing`,
]
/** `"null"` in the examples, null in the documentation they were made of. */
const iceberg = (path: string): readonly string[] => [`${path}.icebergQuantity is null, not text`]

/** What examples show that is not so any more, or cannot be. */
const known: Readonly<Record<string, readonly string[]>> = {
  // the one filter of the example is all filters in one
  'MarketDataApi/exchangeInformation': [
    '.exchangeFilters is empty',
    '.symbols[].underlyingSubType is empty',
    ...['maxQty', 'minQty', 'stepSize', 'limit', 'notional', 'multiplierUp', 'multiplierDown', 'multiplierDecimal'].map(
      (field) => `.symbols[].filters[].${field} is missing`,
    ),
  ],
  'TradeApi/queryOrder': trailing(''),
  'TradeApi/queryCurrentOpenOrder': trailing(''),
  'TradeApi/currentAllOpenOrders': trailing('[]'),
  'TradeApi/allOrders': trailing('[]'),
  'TradeApi/testOrder': trailing(''),
  'TradeApi/cancelOrder': trailing(''),
  'TradeApi/newAlgoOrder': iceberg(''),
  'TradeApi/queryAlgoOrder': iceberg(''),
  'TradeApi/currentAllAlgoOpenOrders': iceberg('[]'),
  'TradeApi/queryAllAlgoOrders': iceberg('[]'),
  // only of markets whose tiers are scaled
  'AccountApi/notionalAndLeverageBrackets': ['[].notionalCoef is missing'],
}

describeShared('shapes of REST answers', () => {
  test('every answer has the fields of the published example, in the same types', async () => {
    const { open, signed, keyed, send, exchange, buy, one } = await opened()
    await signed('POST', '/fapi/v1/marginType', { symbol, marginType: 'ISOLATED' })
    buy(one, 2)
    exchange.control.settleFunding(exchange.instruments()[0].id, 0.001)
    await signed('POST', '/fapi/v1/positionMargin', { symbol, amount: 5, type: 1 })
    const placed = (await signed('POST', '/fapi/v1/order', limit)).body
    const algo = (await signed('POST', '/fapi/v1/algoOrder', stop)).body
    const changed = (await signed('PUT', '/fapi/v1/order', { ...limit, orderId: placed.orderId, price: 94 })).body
    const { orderId } = placed
    const { algoId } = algo
    const answers: Readonly<Record<string, Json>> = {
      'MarketDataApi/checkServerTime': (await open('/fapi/v1/time')).body,
      'MarketDataApi/exchangeInformation': (await open('/fapi/v1/exchangeInfo')).body,
      'MarketDataApi/orderBook': (await open('/fapi/v1/depth', { symbol })).body,
      'MarketDataApi/rpiOrderBook': (await open('/fapi/v1/rpiDepth', { symbol })).body,
      'MarketDataApi/recentTradesList': (await open('/fapi/v1/trades', { symbol })).body,
      'MarketDataApi/oldTradesLookup': (
        await send('GET', '/fapi/v1/historicalTrades', `symbol=${symbol}`, { 'X-MBX-APIKEY': 'test-key-one' })
      ).body,
      'MarketDataApi/compressedAggregateTradesList': (await open('/fapi/v1/aggTrades', { symbol })).body,
      'MarketDataApi/klineCandlestickData': (await open('/fapi/v1/klines', { symbol, interval: '1m' })).body,
      'MarketDataApi/continuousContractKlineCandlestickData': (
        await open('/fapi/v1/continuousKlines', { pair: symbol, contractType: 'PERPETUAL', interval: '1m' })
      ).body,
      'MarketDataApi/markPrice': (await open('/fapi/v1/premiumIndex', { symbol })).body,
      'MarketDataApi/getFundingRateHistory': (await open('/fapi/v1/fundingRate', { symbol })).body,
      'MarketDataApi/ticker24hrPriceChangeStatistics': (await open('/fapi/v1/ticker/24hr', { symbol })).body,
      'MarketDataApi/symbolPriceTicker': (await open('/fapi/v1/ticker/price', { symbol })).body,
      'MarketDataApi/symbolPriceTickerV2': (await open('/fapi/v2/ticker/price', { symbol })).body,
      'MarketDataApi/symbolOrderBookTicker': (await open('/fapi/v1/ticker/bookTicker', { symbol })).body,
      'MarketDataApi/openInterest': (await open('/fapi/v1/openInterest', { symbol })).body,
      'AccountApi/futuresAccountBalanceV3': (await signed('GET', '/fapi/v3/balance')).body,
      'AccountApi/futuresAccountBalanceV2': (await signed('GET', '/fapi/v2/balance')).body,
      'AccountApi/accountInformationV3': (await signed('GET', '/fapi/v3/account')).body,
      'AccountApi/accountInformationV2': (await signed('GET', '/fapi/v2/account')).body,
      'AccountApi/futuresAccountConfiguration': (await signed('GET', '/fapi/v1/accountConfig')).body,
      'AccountApi/symbolConfiguration': (await signed('GET', '/fapi/v1/symbolConfig')).body,
      'AccountApi/getCurrentPositionMode': (await signed('GET', '/fapi/v1/positionSide/dual')).body,
      'AccountApi/getCurrentMultiAssetsMode': (await signed('GET', '/fapi/v1/multiAssetsMargin')).body,
      'AccountApi/getBnbBurnStatus': (await signed('GET', '/fapi/v1/feeBurn')).body,
      'AccountApi/notionalAndLeverageBrackets': (await signed('GET', '/fapi/v1/leverageBracket')).body,
      'AccountApi/userCommissionRate': (await signed('GET', '/fapi/v1/commissionRate', { symbol })).body,
      'AccountApi/getIncomeHistory': (await signed('GET', '/fapi/v1/income')).body,
      'AccountApi/queryUserRateLimit': (await signed('GET', '/fapi/v1/rateLimit/order')).body,
      'TradeApi/newOrder': placed,
      'TradeApi/modifyOrder': changed,
      'TradeApi/testOrder': (await signed('POST', '/fapi/v1/order/test', limit)).body,
      'TradeApi/queryOrder': (await signed('GET', '/fapi/v1/order', { symbol, orderId })).body,
      'TradeApi/queryCurrentOpenOrder': (await signed('GET', '/fapi/v1/openOrder', { symbol, orderId })).body,
      'TradeApi/currentAllOpenOrders': (await signed('GET', '/fapi/v1/openOrders')).body,
      'TradeApi/allOrders': (await signed('GET', '/fapi/v1/allOrders', { symbol })).body,
      'TradeApi/accountTradeList': (await signed('GET', '/fapi/v1/userTrades', { symbol })).body,
      'TradeApi/getOrderModifyHistory': (await signed('GET', '/fapi/v1/orderAmendment', { symbol, orderId })).body,
      'TradeApi/positionInformationV3': (await signed('GET', '/fapi/v3/positionRisk')).body,
      'TradeApi/positionInformationV2': (await signed('GET', '/fapi/v2/positionRisk')).body,
      'TradeApi/getPositionMarginChangeHistory': (await signed('GET', '/fapi/v1/positionMargin/history', { symbol }))
        .body,
      'TradeApi/positionAdlQuantileEstimation': (await signed('GET', '/fapi/v1/adlQuantile')).body,
      'TradeApi/newAlgoOrder': algo,
      'TradeApi/queryAlgoOrder': (await signed('GET', '/fapi/v1/algoOrder', { algoId })).body,
      'TradeApi/currentAllAlgoOpenOrders': (await signed('GET', '/fapi/v1/openAlgoOrders')).body,
      'TradeApi/queryAllAlgoOrders': (await signed('GET', '/fapi/v1/allAlgoOrders', { symbol })).body,
      'TradeApi/cancelAlgoOrder': (await signed('DELETE', '/fapi/v1/algoOrder', { algoId })).body,
      'TradeApi/cancelOrder': (await signed('DELETE', '/fapi/v1/order', { symbol, orderId })).body,
      'TradeApi/cancelAllOpenOrders': (await signed('DELETE', '/fapi/v1/allOpenOrders', { symbol })).body,
      'TradeApi/cancelAllAlgoOpenOrders': (await signed('DELETE', '/fapi/v1/algoOpenOrders', { symbol })).body,
      'TradeApi/changeInitialLeverage': (await signed('POST', '/fapi/v1/leverage', { symbol, leverage: 5 })).body,
      'TradeApi/autoCancelAllOpenOrders': (
        await signed('POST', '/fapi/v1/countdownCancelAll', { symbol, countdownTime: 0 })
      ).body,
      'UserDataStreamsApi/startUserDataStream': (await keyed('POST', '/fapi/v1/listenKey')).body,
      'UserDataStreamsApi/keepaliveUserDataStream': (await keyed('PUT', '/fapi/v1/listenKey')).body,
    }
    const found = Object.entries(answers).map(([name, answer]): [string, readonly string[]] => [
      name,
      differences(example('derivatives-trading-usds-futures', `rest-api/${name}`), answer),
    ])
    expect(Object.fromEntries(found.filter(([, wrong]) => wrong.length > 0))).toEqual(known)
  })
})

describeShared('shapes of frames', () => {
  test('futures streams have the fields of the published examples and of the recordings', async () => {
    const { stream, buy, sell, one, exchange, timers } = await opened()
    const names = {
      public: ['depth@100ms', 'depth5@100ms', 'rpiDepth@500ms', 'bookTicker'],
      market: ['aggTrade', 'kline_1m', 'markPrice@1s', 'ticker', 'miniTicker', 'forceOrder'],
    }
    const arrays = [
      '!markPrice@arr@1s',
      '!ticker@arr',
      '!miniTicker@arr',
      '!contractInfo',
      'coinusdt_perpetual@continuousKline_1m',
    ]
    const books = await stream(
      `/public/stream?streams=${[...names.public.map((name) => `coinusdt@${name}`), '!bookTicker'].join('/')}`,
    )
    const others = await stream(
      `/market/stream?streams=${[...names.market.map((name) => `coinusdt@${name}`), ...arrays].join('/')}`,
    )
    buy(one, 1)
    sell(one, 0.5)
    buy(one, 1, 99.5)
    exchange.control.liquidate(one, exchange.instruments()[0].id)
    exchange.control.change(exchange.instruments()[0].id, { minNotional: 6 })
    await timers.advance(5_000)
    const latest = new Map<string, Json>()
    const all = (): readonly Json[] => [...books.frames, ...others.frames]
    await until(() => new Set(all().map((frame: Json) => frame.stream)).size === 16)
    for (const { stream: name, data } of all()) {
      const full = (data.b?.length ?? 1) > 0 && (data.a?.length ?? 1) > 0
      if (full || !latest.has(name)) latest.set(name, data)
    }
    const of = (name: string): Json => latest.get(name)
    const pairs: readonly (readonly [file: string, frame: Json])[] = [
      ['PublicApi/diffBookDepthStreams', of('coinusdt@depth@100ms')],
      ['PublicApi/partialBookDepthStreams', of('coinusdt@depth5@100ms')],
      ['PublicApi/rpiDiffBookDepthStreams', of('coinusdt@rpiDepth@500ms')],
      ['PublicApi/individualSymbolBookTickerStreams', of('coinusdt@bookTicker')],
      ['PublicApi/allBookTickersStream', of('!bookTicker')],
      ['MarketApi/aggregateTradeStreams', of('coinusdt@aggTrade')],
      ['MarketApi/klineCandlestickStreams', of('coinusdt@kline_1m')],
      ['MarketApi/continuousContractKlineCandlestickStreams', of('coinusdt_perpetual@continuousKline_1m')],
      ['MarketApi/markPriceStream', of('coinusdt@markPrice@1s')],
      ['MarketApi/markPriceStreamForAllMarket', of('!markPrice@arr@1s')],
      ['MarketApi/individualSymbolTickerStreams', of('coinusdt@ticker')],
      ['MarketApi/allMarketTickersStreams', of('!ticker@arr')],
      ['MarketApi/individualSymbolMiniTickerStream', of('coinusdt@miniTicker')],
      ['MarketApi/allMarketMiniTickersStream', of('!miniTicker@arr')],
      ['MarketApi/liquidationOrderStreams', of('coinusdt@forceOrder')],
      ['MarketApi/contractInfoStream', of('!contractInfo')],
    ]
    for (const [file, frame] of pairs) {
      const sample = example('derivatives-trading-usds-futures', `websocket-streams/${file}`)
      expect([file, ...differences(sample, frame)]).toEqual([file])
    }
    const seen = recorded('BINANCE_FUTURES.ws.1.0')
    expect([...seen.keys()].toSorted()).toEqual(['aggTrade', 'bookTicker', 'depthUpdate', 'kline'])
    expect(differences(seen.get('aggTrade'), of('coinusdt@aggTrade'))).toEqual([])
    expect(differences(seen.get('bookTicker'), of('coinusdt@bookTicker'))).toEqual([])
    expect(differences(seen.get('depthUpdate'), of('coinusdt@depth@100ms'))).toEqual([])
    expect(differences(seen.get('kline'), of('coinusdt@kline_1m'))).toEqual([])
  })

  test('spot streams and answers have the fields of the published examples and of the recordings', async () => {
    const { exchange, buy, sell, one, timers } = await opened()
    const door = await openBinanceSpot(exchange)
    const { stream, open, hangUp } = clientOf(door, () => exchange.now())
    const names = [
      'depth@100ms',
      'depth5@100ms',
      'bookTicker',
      'trade',
      'aggTrade',
      'kline_1m',
      'ticker',
      'miniTicker',
      'avgPrice',
    ]
    const socket = await stream(
      `/stream?streams=${[...names.map((name) => `coinusdt@${name}`), '!miniTicker@arr'].join('/')}`,
    )
    buy(one, 1)
    sell(one, 0.5)
    buy(one, 1, 99.5)
    await timers.advance(3_000)
    await until(() => new Set(socket.frames.map((frame: Json) => frame.stream)).size === 10)
    const of = (name: string): Json => socket.frames.findLast((frame: Json) => frame.stream === name).data
    const frames: Readonly<Record<string, Json>> = {
      'websocket-streams/Api/diffBookDepth': of('coinusdt@depth@100ms'),
      'websocket-streams/Api/partialBookDepth': of('coinusdt@depth5@100ms'),
      'websocket-streams/Api/bookTicker': of('coinusdt@bookTicker'),
      'websocket-streams/Api/trade': of('coinusdt@trade'),
      'websocket-streams/Api/aggTrade': of('coinusdt@aggTrade'),
      'websocket-streams/Api/kline': of('coinusdt@kline_1m'),
      'websocket-streams/Api/ticker': of('coinusdt@ticker'),
      'websocket-streams/Api/miniTicker': of('coinusdt@miniTicker'),
      'websocket-streams/Api/avgPrice': of('coinusdt@avgPrice'),
      'websocket-streams/Api/allMiniTicker': of('!miniTicker@arr'),
      'rest-api/GeneralApi/time': (await open('/api/v3/time')).body,
      'rest-api/MarketApi/depth': (await open('/api/v3/depth', { symbol })).body,
      'rest-api/MarketApi/getTrades': (await open('/api/v3/trades', { symbol })).body,
      'rest-api/MarketApi/historicalTrades': (await open('/api/v3/historicalTrades', { symbol })).body,
      'rest-api/MarketApi/aggTrades': (await open('/api/v3/aggTrades', { symbol })).body,
      'rest-api/MarketApi/klines': (await open('/api/v3/klines', { symbol, interval: '1m' })).body,
      'rest-api/MarketApi/avgPrice': (await open('/api/v3/avgPrice', { symbol })).body,
      'rest-api/MarketApi/ticker24hr': (await open('/api/v3/ticker/24hr', { symbol })).body,
      'rest-api/MarketApi/tickerPrice': (await open('/api/v3/ticker/price', { symbol })).body,
      'rest-api/MarketApi/tickerBookTicker': (await open('/api/v3/ticker/bookTicker', { symbol })).body,
    }
    for (const [file, frame] of Object.entries(frames)) {
      expect([file, ...differences(example('spot', file), frame)]).toEqual([file])
    }
    const seen = recorded('BINANCE.ws.1.0')
    expect(differences(seen.get('aggTrade'), of('coinusdt@aggTrade'))).toEqual([])
    expect(differences(seen.get('bookTicker'), of('coinusdt@bookTicker'))).toEqual([])
    expect(differences(seen.get('depthUpdate'), of('coinusdt@depth@100ms'))).toEqual([])
    expect(differences(seen.get('kline'), of('coinusdt@kline_1m'))).toEqual([])
    // no event name, no time: told apart by the stream
    expect(Object.keys(of('coinusdt@bookTicker'))).toEqual(['u', 's', 'b', 'B', 'a', 'A'])
    hangUp()
    await door.close()
  })
})
