import { readdirSync, readFileSync } from 'node:fs'
import { describeShared, sharedPath } from '#test/shared.ts'
import { mutated } from '#test/mutated.ts'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import * as account from './account.ts'
import { decimalOf } from './fields.ts'
import { type Frame, readFrame } from './frames.ts'
import * as market from './market.ts'
import * as orders from './orders.ts'
import { futuresBook, recordedTexts, spotBook } from '#test/recorded-binance.ts'
import { readUserFrame } from './user-frames.ts'
import { userSamples } from './user-samples.ts'

const tally = (texts: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const text of texts) {
    const frame = readFrame(JSON.parse(text))
    const key = frame.channel === 'rejected' ? `rejected ${frame.reason}` : frame.channel
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

describeShared('recordings of the exchange', () => {
  test('the futures recording of 2024 is read to the last message but its snapshot', () => {
    expect(tally(recordedTexts(...futuresBook))).toEqual({
      depthUpdate: 6_551,
      bookTicker: 66_089,
      trade: 21_313,
      'rejected frame: no event': 1,
    })
  })

  test('the spot recording of 2024 as well, whose best prices carry no event', () => {
    expect(tally(recordedTexts(...spotBook))).toEqual({
      depthUpdate: 3_451,
      bookTicker: 28_040,
      trade: 9_757,
      'rejected frame: no event': 1,
    })
  })

  test('the snapshots in them are depths', () => {
    for (const name of [futuresBook, spotBook]) {
      const texts = recordedTexts(...name).filter((text) => text.includes('"lastUpdateId"'))
      expect(texts).toHaveLength(1)
      expect(market.depth.safeParse(JSON.parse(texts[0])).success).toBe(true)
    }
  })

  test('the captures of 2021, futures and spot, with klines and aggregate trades', () => {
    const captures = 'wire-samples/cryptofeed/sample_data'
    expect(tally(recordedTexts(captures, 'BINANCE_FUTURES.ws.1.0'))).toEqual({
      aggTrade: 91,
      bookTicker: 613,
      depthUpdate: 764,
      kline: 67,
    })
    expect(tally(recordedTexts('data/market/book_ws_captures', 'binance_usdm_20210722_ws.txt.gz'))).toEqual(
      tally(recordedTexts(captures, 'BINANCE_FUTURES.ws.1.0')),
    )
    const spot = tally(recordedTexts(captures, 'BINANCE.ws.1.0'))
    expect(Object.keys(spot).toSorted()).toEqual(['aggTrade', 'bookTicker', 'depthUpdate', 'kline'])
    for (const name of ['BINANCE_FUTURES.http.0.0', 'BINANCE.http.0.0'])
      expect(
        recordedTexts(captures, name)
          .filter((text) => text.includes('lastUpdateId'))
          .filter((text) => !market.depth.safeParse(JSON.parse(text)).success),
      ).toEqual([])
  })

  test('the listings of 2021 are read whole', () => {
    const futures = recordedTexts('wire-samples/cryptofeed/sample_data', 'BINANCE_FUTURES.0')
      .map((text) => market.exchangeInfo.safeParse(JSON.parse(text)))
      .find(({ success }) => success)
    const rows = futures?.data?.symbols ?? []
    expect(rows.length).toBeGreaterThan(100)
    expect(rows.filter((row) => !market.futuresSymbol.safeParse(row).success)).toEqual([])
    const spotText = readFileSync(sharedPath('wire-samples/cryptofeed/sample_data/BINANCE.0.trimmed.json'), 'utf8')
    const spot = market.exchangeInfo.parse(JSON.parse(spotText))
    expect(spot.symbols.filter((row) => !market.spotSymbol.safeParse(row).success)).toEqual([])
  })
})

const folder = 'wire-samples/binance-connector-js'
const futuresApi = `${folder}/derivatives-trading-usds-futures/rest-api`
const sampleOf = (path: string): unknown =>
  (JSON.parse(readFileSync(sharedPath(path), 'utf8')) as { readonly sample: unknown }).sample

const replies: readonly (readonly [path: string, schema: z.ZodType])[] = [
  [`${futuresApi}/TradeApi/newOrder.json`, orders.order],
  [`${futuresApi}/TradeApi/queryOrder.json`, orders.order],
  [`${futuresApi}/TradeApi/cancelOrder.json`, orders.order],
  [`${futuresApi}/TradeApi/currentAllOpenOrders.json`, orders.order.array()],
  [`${futuresApi}/TradeApi/allOrders.json`, orders.order.array()],
  [`${futuresApi}/TradeApi/newAlgoOrder.json`, orders.algoOrder],
  [`${futuresApi}/TradeApi/queryAlgoOrder.json`, orders.algoOrder],
  [`${futuresApi}/TradeApi/currentAllAlgoOpenOrders.json`, orders.algoOrder.array()],
  [`${futuresApi}/TradeApi/queryAllAlgoOrders.json`, orders.algoOrder.array()],
  [`${futuresApi}/TradeApi/cancelAlgoOrder.json`, orders.acknowledgement],
  [`${futuresApi}/TradeApi/cancelAllOpenOrders.json`, orders.acknowledgement],
  [`${futuresApi}/TradeApi/cancelAllAlgoOpenOrders.json`, orders.acknowledgement],
  [`${futuresApi}/TradeApi/accountTradeList.json`, orders.userTrade.array()],
  [`${futuresApi}/TradeApi/positionInformationV3.json`, account.positionRisk.array()],
  [`${futuresApi}/TradeApi/changeInitialLeverage.json`, account.changedLeverage],
  [`${futuresApi}/TradeApi/changeMarginType.json`, orders.acknowledgement],
  [`${futuresApi}/AccountApi/futuresAccountBalanceV3.json`, account.balance.array()],
  [`${futuresApi}/AccountApi/symbolConfiguration.json`, account.symbolConfig.array()],
  [`${futuresApi}/AccountApi/futuresAccountConfiguration.json`, account.accountConfig],
  [`${futuresApi}/AccountApi/getCurrentPositionMode.json`, account.positionMode],
  [`${futuresApi}/AccountApi/userCommissionRate.json`, account.commissionRate],
  [`${futuresApi}/AccountApi/notionalAndLeverageBrackets.json`, account.leverageBrackets],
  [`${futuresApi}/AccountApi/getIncomeHistory.json`, account.income.array()],
  [`${futuresApi}/UserDataStreamsApi/startUserDataStream.json`, account.listenKey],
  [`${futuresApi}/UserDataStreamsApi/keepaliveUserDataStream.json`, account.listenKey],
  [`${futuresApi}/MarketDataApi/checkServerTime.json`, market.serverTime],
  [`${futuresApi}/MarketDataApi/compressedAggregateTradesList.json`, market.aggTrades],
  [`${futuresApi}/MarketDataApi/orderBook.json`, market.depth],
  [`${futuresApi}/MarketDataApi/markPrice.json`, market.premiumIndex],
  [`${futuresApi}/MarketDataApi/getFundingRateHistory.json`, market.settledFunding.array()],
  [`${futuresApi}/MarketDataApi/getFundingRateInfo.json`, market.fundingInfo.array()],
  [`${futuresApi}/MarketDataApi/symbolOrderBookTicker.json`, market.bookTicker],
  [`${futuresApi}/MarketDataApi/exchangeInformation.json`, market.exchangeInfo],
  [`${folder}/spot/rest-api/GeneralApi/time.json`, market.serverTime],
  [`${folder}/spot/rest-api/GeneralApi/exchangeInfo.json`, market.exchangeInfo],
  [`${folder}/spot/rest-api/MarketApi/aggTrades.json`, market.aggTrades],
  [`${folder}/spot/rest-api/MarketApi/depth.json`, market.depth],
]

describeShared('one reply of each kind, as the official connector documents it', () => {
  test.each(replies)('%s', (path, schema) => {
    const parsed = schema.safeParse(sampleOf(path))
    expect(parsed.error?.issues).toBeUndefined()
  })

  test('every documented stream is understood, or put aside by name', () => {
    const names = ['derivatives-trading-usds-futures/websocket-streams/MarketApi', 'spot/websocket-streams/Api']
    const unread: Record<string, string> = {}
    for (const name of [...names, 'derivatives-trading-usds-futures/websocket-streams/PublicApi'])
      for (const file of readdirSync(sharedPath(folder, name))) {
        const sample = sampleOf(`${folder}/${name}/${file}`)
        for (const json of Array.isArray(sample) ? (sample as unknown[]) : [sample]) {
          const frame = readFrame(json)
          if (frame.channel === 'rejected') unread[file] = frame.reason
        }
      }
    // nested arrays are cut to one value there, spot samples have lost their prices, and a partial book of spot has no event
    expect(unread).toEqual({
      'aggTrade.json': 'aggTrade: p',
      'bookTicker.json': 'bookTicker: bid',
      'diffBookDepthStreams.json': 'depthUpdate: b',
      'kline.json': 'kline: k.o invalid_type',
      'klineOffset.json': 'kline: k.o invalid_type',
      'partialBookDepth.json': 'frame: no event',
      'partialBookDepthStreams.json': 'depthUpdate: b',
      'rpiDiffBookDepthStreams.json': 'depthUpdate: b',
      'trade.json': 'trade: p',
    })
  })
})

test('each event of the user data stream is read', () => {
  expect(userSamples.map((json) => readUserFrame(json).channel)).toEqual([
    'order',
    'order',
    'algo',
    'account',
    'ignored',
    'leverage',
    'ignored',
    'listenKeyExpired',
  ])
  expect(userSamples.map((data) => readUserFrame({ stream: 'key', data }).channel)).not.toContain('rejected')
})

test('a fee in another coin is exact to its last digit', () => {
  const frame = readUserFrame(userSamples[1])
  expect(frame.channel === 'order' && [frame.order.n, frame.order.N]).toEqual([4_512n, 'BNB'])
})

const marketSamples: readonly unknown[] = [
  { e: 'aggTrade', E: 5, s: 'A', a: 1, p: '1.5', q: '3', nq: '3', f: 1, l: 2, T: 4, m: true, st: 1 },
  { e: 'trade', E: 5, T: 4, s: 'A', t: 1, p: '1.5', q: '3', X: 'MARKET', m: false },
  { e: 'depthUpdate', E: 5, T: 4, s: 'A', U: 7, u: 9, pu: 6, b: [['1.5', '2']], a: [['1.6', '0.000']], st: 1 },
  { e: 'bookTicker', u: 9, E: 5, T: 4, s: 'A', b: '1.5', B: '2', a: '1.6', A: '4', ps: 'A', st: 1 },
  { u: 9, s: 'A', b: '1.5', B: '2', a: '1.6', A: '4' },
  { e: 'markPriceUpdate', E: 5, s: 'A', p: '1.5', ap: '1.5', i: '1.5', P: '1.5', r: '0.0001', T: 8, st: 1 },
  {
    e: 'kline',
    E: 5,
    s: 'A',
    k: { t: 0, T: 59_999, s: 'A', i: '1m', o: '1', c: '2', h: '3', l: '1', v: '4', n: 9, x: true, q: '8' },
  },
  { e: 'contractInfo', E: 5, s: 'A', ps: 'A', ct: 'PERPETUAL', dt: 9, ot: 1, cs: 'TRADING', bks: [], st: 1 },
  { stream: 'a@aggTrade', data: { e: 'aggTrade', E: 5, s: 'A', a: 1, p: '1.5', q: '3', T: 4, m: true } },
  { result: null, id: 1 },
  { error: { code: 2, msg: 'Invalid request' }, id: 3 },
]

test('whatever is done to a frame, it is understood or dropped with a reason, and never crashes', () => {
  const reasons = new Set<string>()
  fc.assert(
    fc.property(mutated([...marketSamples, ...userSamples]), (json) => {
      const [frame, user] = [readFrame(json), readUserFrame(json)]
      expect(isSound(frame)).toBe(true)
      for (const one of [frame, user]) if (one.channel === 'rejected') reasons.add(one.reason)
    }),
    { numRuns: 5_000 },
  )
  expect(reasons.size).toBeGreaterThan(10)
  expect(reasons.size).toBeLessThan(300)
})

test('anything at all is a frame or a reason', () => {
  fc.assert(
    fc.property(fc.anything(), (json) => {
      expect(isSound(readFrame(json))).toBe(true)
      expect(readUserFrame(json).channel).toMatch(/rejected|ignored/)
    }),
    { numRuns: 3_000 },
  )
})

test('amounts that are no plain decimals are dropped', () => {
  const trade = (p: unknown): Frame => readFrame({ e: 'aggTrade', E: 5, s: 'A', a: 1, p, q: '3', T: 4, m: true })
  for (const p of ['', ' 1', '1e5', '0x10', '-1', '0', '1.2.3', '.', 'NaN', 1.5, null, '9'.repeat(41)])
    expect(trade(p)).toEqual({ channel: 'rejected', reason: 'aggTrade: p' })
  expect(trade('0.00000001')).toMatchObject({ trade: { p: 1e-8 } })
})

test('an amount is the number nearest to its text, whatever its digits', () => {
  const digits = fc.stringMatching(/^-?\d{1,18}(\.\d{0,18})?$/)
  fc.assert(
    fc.property(digits, (text) => {
      expect(decimalOf(text)).toBe(Number(text))
    }),
    { numRuns: 20_000 },
  )
  expect(decimalOf('.5')).toBe(0.5)
})

test('prints of the insurance fund and events of inverse contracts are put aside', () => {
  expect(readFrame({ e: 'trade', E: 5, T: 4, s: 'A', t: 1, p: '0', q: '0', X: 'INSURANCE_FUND', m: true })).toEqual({
    channel: 'ignored',
  })
  expect(readFrame({ e: 'bookTicker', u: 9, s: 'A', b: '1', B: '1', a: '2', A: '1', st: 2 })).toEqual({
    channel: 'ignored',
  })
})

/** Understood with every price and size a finite number, or dropped with a reason. */
function isSound(frame: Frame): boolean {
  switch (frame.channel) {
    case 'rejected':
      return /^[\w. :[\]-]{4,100}$/.test(frame.reason)
    case 'aggTrade':
      return frame.trade.p > 0 && frame.trade.q > 0 && Number.isFinite(frame.trade.p * frame.trade.q)
    case 'trade':
      return frame.print.p > 0 && frame.print.q > 0
    case 'depthUpdate':
      return [...frame.bids, ...frame.asks].every(([price, size]) => price > 0 && Number.isFinite(price * size))
    case 'bookTicker':
      return Number.isFinite(frame.bid * frame.bidSize) && Number.isFinite(frame.ask * frame.askSize)
    case 'markPriceUpdate':
      return frame.price > 0 && Number.isFinite(frame.price)
    default:
      return true
  }
}
