import { instrumentId } from '#model/ids.ts'
import type { Feed, MarketEvent } from '#model/market.ts'
import type { FeedStatus, MarketWatch } from '#model/venue.ts'
import { until } from '#test/until.ts'
import { afterEach, expect, test } from 'vitest'
import { openMexc } from './mexc.ts'
import { exampleDetail, exampleRate, failure, startScriptedMexc, time } from '#test/scripted-mexc.ts'

const btc = instrumentId('BTC_USDT')
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function opened(routes: Parameters<typeof startScriptedMexc>[0] = {}) {
  const script = await startScriptedMexc(routes)
  const venue = openMexc({ hosts: script.hosts })
  closing.push(
    () => script.close(),
    () => venue.close(),
  )
  return { script, venue }
}

async function watching(feeds: readonly Feed[], routes: Parameters<typeof startScriptedMexc>[0] = {}) {
  const { script, venue } = await opened(routes)
  const events: MarketEvent[] = []
  const statuses: FeedStatus[] = []
  const watch: MarketWatch = venue.watch([{ instrumentId: btc, feeds }], {
    onEvent: (event) => void events.push(event),
    onStatus: (status) => void statuses.push(status),
  })
  const subscribed = (channel: string, times = 1): Promise<void> =>
    until(() => script.ws.received.flat().filter((frame) => frame.includes(`"sub.${channel}"`)).length >= times)
  return { script, events, statuses, watch, subscribed }
}

test('a contract becomes an instrument in coins, with API fees and tiers as notional', async () => {
  const { venue } = await opened()
  expect(await venue.instruments()).toEqual([
    {
      id: 'BTC_USDT',
      venue: 'mexc',
      symbol: 'BTC_USDT',
      kind: 'perpetual',
      base: 'BTC',
      quote: 'USDT',
      tickSize: 0.1,
      lotSize: 0.0001,
      contractSize: 0.0001,
      minQuantity: 0.0001,
      minNotional: 0,
      maxLeverage: 500,
      makerFeeRate: 0.0006,
      takerFeeRate: 0.0008,
      marginTiers: [
        { notionalCap: 380_000, maintenanceRate: 0.001, deduction: 0, maxLeverage: 500 },
        { notionalCap: Infinity, maintenanceRate: 0.004, deduction: 0, maxLeverage: 200 },
      ],
      liquidationFeeRate: 0.0004,
      fundingIntervalMs: 28_800_000,
    },
  ])
})

test('tiers that increase by steps follow the formula, and one object is as good as a list', async () => {
  const increasing = exampleDetail({
    riskLimitMode: 'INCREASE',
    riskLimitCustom: null,
    maintenanceMarginRate: 0.004,
    initialMarginRate: 0.008,
    riskBaseVol: 150_000,
    riskIncrVol: 150_000,
    riskIncrMmr: 0.004,
    riskIncrImr: 0.004,
    riskLevelLimit: 3,
    maxLeverage: 200,
  })
  const { venue } = await opened({ 'GET /contract/detail': () => increasing })
  const [{ marginTiers, maxLeverage }] = await venue.instruments()
  expect(marginTiers).toEqual([
    { notionalCap: 1_140_000, maintenanceRate: 0.004, deduction: 0, maxLeverage: 125 },
    { notionalCap: 2_280_000, maintenanceRate: 0.008, deduction: 0, maxLeverage: 83 },
    { notionalCap: Infinity, maintenanceRate: 0.012, deduction: 0, maxLeverage: 62 },
  ])
  expect(maxLeverage).toBe(125)
})

test('what cannot be traded by API, is inverse, delivered, hidden or unreadable is left out', async () => {
  const symbols = ['A_USDT', 'B_USDT', 'C_USD', 'D_USDT', 'E_USDT', 'F_USDT']
  const { venue } = await opened({
    'GET /contract/detail': () => [
      exampleDetail(),
      exampleDetail({ symbol: 'A_USDT', apiAllowed: false }),
      exampleDetail({ symbol: 'B_USDT', state: 3 }),
      exampleDetail({ symbol: 'C_USD', quoteCoin: 'USD', settleCoin: 'BTC' }),
      exampleDetail({ symbol: 'D_USDT', futureType: 2 }),
      exampleDetail({ symbol: 'E_USDT', isHidden: true }),
      exampleDetail({ symbol: 'F_USDT', contractSize: 0 }),
    ],
    'GET /contract/funding_rate': () => [exampleRate(), ...symbols.map((symbol) => exampleRate({ symbol }))],
  })
  expect((await venue.instruments()).map(({ id }) => id)).toEqual(['BTC_USDT'])
})

test('bars are those that are over, in coins, page after page', async () => {
  const open = time - 3 * 60_000
  const seconds = [0, 1, 2, 3].map((minute) => (open + minute * 60_000) / 1_000)
  const column = (first: number): number[] => seconds.map((_, row) => first + row)
  const { venue } = await opened({
    'GET /contract/kline/*': () => ({
      time: seconds,
      open: column(10),
      close: column(11),
      high: column(12),
      low: column(9),
      vol: column(1_000),
      amount: column(1),
      realOpen: column(10),
    }),
  })
  const bars = []
  const range = { instrumentId: btc, from: open, to: time + 60_000, intervalMs: 60_000 }
  for await (const page of venue.bars(range)) bars.push(...page)
  // the fourth one is still forming at the venue's time
  expect(bars.map(({ time: at, open, volume }) => [at, open, volume])).toEqual([
    [open + 60_000, 10, 0.1],
    [open + 120_000, 11, 0.1001],
    [open + 180_000, 12, 0.1002],
  ])
  await expect(async () => {
    for await (const _ of venue.bars({ ...range, intervalMs: 180_000 })) break
  }).rejects.toThrow('has no bars of 180000 ms')
})

test('trades of the past are the newest prints, ascending, with the taker as their side', async () => {
  const { venue } = await opened({
    'GET /contract/deals/*': () => [
      { p: 3, v: 30, T: 2, O: 3, M: 1, t: time + 2 },
      { p: 2, v: 20, T: 1, O: 1, M: 2, t: time + 1 },
      { p: 1, v: 10, T: 1, O: 1, M: 2, t: time - 1 },
    ],
  })
  const pages = []
  for await (const page of venue.trades({ instrumentId: btc, from: time, to: time + 10 })) pages.push(...page)
  expect(pages).toEqual([
    { type: 'trade', instrumentId: 'BTC_USDT', time: time + 1, price: 2, quantity: 0.002, side: 'buy' },
    { type: 'trade', instrumentId: 'BTC_USDT', time: time + 2, price: 3, quantity: 0.003, side: 'sell' },
  ])
})

test('an unknown instrument is refused with the code of the venue', async () => {
  const { venue } = await opened()
  await expect(async () => {
    for await (const _ of venue.trades({ instrumentId: instrumentId('NOPE_USDT'), from: 0, to: 1 })) break
  }).rejects.toMatchObject({ name: 'VenueError', fate: 'refused', code: '1001' })
})

const deal = (t: number, p: number): unknown => ({ p, v: 10, T: 1, O: 3, M: 2, t })

test('the tape goes on over a lost connection: what was missed is fetched, nothing is doubled', async () => {
  const { script, events, subscribed } = await watching(['trade'])
  await subscribed('deal')
  script.push('push.deal', 'BTC_USDT', [deal(time, 1), deal(time + 1, 2)])
  await until(() => events.length === 2)
  script.answer('GET /contract/deals/*', () => [deal(time + 3, 4), deal(time + 2, 3), deal(time + 1, 2), deal(time, 1)])
  for (const socket of script.ws.sockets) socket.terminate()
  await subscribed('deal', 2)
  script.push('push.deal', 'BTC_USDT', [deal(time + 3, 4), deal(time + 4, 5)])
  await until(() => events.filter(({ type }) => type === 'trade').length === 5)
  const trades = events.filter((event) => event.type === 'trade')
  expect(trades.map(({ price }) => price)).toEqual([1, 2, 3, 4, 5])
  expect(events.some(({ type }) => type === 'feedGap')).toBe(false)
  expect(events.filter((event) => event.type === 'feedStale').map(({ stale }) => stale)).toEqual([true, false])
})

test('where the venue tells no more, the hole in the tape is told', async () => {
  const { script, events, subscribed, watch } = await watching(['trade'])
  await subscribed('deal')
  script.push('push.deal', 'BTC_USDT', [deal(time, 1)])
  await until(() => events.length === 1)
  script.answer('GET /contract/deals/*', () => Array.from({ length: 100 }, (_, at) => deal(time + 1_000 + at, 9)))
  for (const socket of script.ws.sockets) socket.terminate()
  await until(() => events.some(({ type }) => type === 'feedGap'))
  expect(events.find(({ type }) => type === 'feedGap')).toEqual({
    type: 'feedGap',
    instrumentId: 'BTC_USDT',
    from: time,
    time: time + 1_000,
  })
  expect(watch.stats()).toMatchObject({ gaps: 1, reconnects: 1 })
})

const depth = (version: number, rows: object = {}): unknown => ({
  cts: null,
  asks: [[101, 20, 1]],
  bids: [[100, 10, 1]],
  version,
  timestamp: time,
  ...rows,
})

/** Twenty levels a side around 100. */
const top = (version: number): unknown => ({
  asks: Array.from({ length: 20 }, (_, at) => [101 + at, 10, 1]),
  bids: Array.from({ length: 20 }, (_, at) => [100 - at, 10, 1]),
  version,
  cts: time,
})

test('quotes begin with the top by the stream, the book is told once the deep snapshot has completed it', async () => {
  let answer = failure(510)
  const { script, events, subscribed } = await watching(['book', 'quote'], { 'GET /contract/depth/*': () => answer })
  await subscribed('depth.full')
  script.push('push.depth.full', 'BTC_USDT', top(7))
  await until(() => events.some(({ type }) => type === 'quote'))
  script.push('push.depth', 'BTC_USDT', {
    asks: [
      [101, 0, 0],
      [130, 3, 1],
    ],
    bids: [],
    begin: 8,
    end: 9,
    version: 9,
    cts: time + 5,
  })
  await until(() => events.filter(({ type }) => type === 'quote').length === 2)
  expect(events.some(({ type }) => type === 'bookUpdate')).toBe(false)
  const { asks, bids } = top(7) as { asks: unknown[]; bids: unknown[] }
  answer = depth(8, { asks: [...asks, [121, 7, 1], [130, 4, 1]], bids: [...bids, [70, 5, 1]] })
  await until(() => events.some(({ type }) => type === 'bookUpdate'))
  const updates = events.filter((event) => event.type === 'bookUpdate')
  expect(updates).toMatchObject([{ snapshot: true, time: time + 5 }])
  expect(updates[0].bids.map(([price]) => price)).toEqual([...Array.from({ length: 20 }, (_, at) => 100 - at), 70])
  // 101 is gone since, and 130 is another
  expect(updates[0].asks.at(-1)).toEqual([130, 0.0003])
  expect(updates[0].asks.map(([price]) => price)).toEqual([...Array.from({ length: 20 }, (_, at) => 102 + at), 130])
  expect(events.filter((event) => event.type === 'quote')).toMatchObject([
    { bid: 100, ask: 101, bidSize: 0.001, askSize: 0.001 },
    { bid: 100, ask: 102, askSize: 0.001, time: time + 5 },
  ])
})

test('where no top comes, the book begins with the snapshot', async () => {
  const { events } = await watching(['book'], { 'GET /contract/depth/*': () => depth(7) })
  await until(() => events.length > 0)
  expect(events).toMatchObject([{ type: 'bookUpdate', snapshot: true, bids: [[100, 0.001]], asks: [[101, 0.002]] }])
})

test('a top that contradicts the snapshot is not trusted again', async () => {
  const wrong = depth(7, { bids: [[100, 77, 1]], asks: [[101, 10, 1]] })
  const { script, events, subscribed, watch } = await watching(['book'], { 'GET /contract/depth/*': () => wrong })
  await subscribed('depth.full')
  script.push('push.depth.full', 'BTC_USDT', top(7))
  await until(() => events.length === 1)
  expect(events.at(-1)).toMatchObject({ snapshot: true, bids: [[100, 0.0077]], asks: [[101, 0.001]] })
  expect(watch.stats().resyncs).toBe(1)
})

test('a break in the versions makes the book anew', async () => {
  const { script, events, subscribed, watch } = await watching(['book'], { 'GET /contract/depth/*': () => depth(7) })
  await subscribed('depth.full')
  script.push('push.depth.full', 'BTC_USDT', depth(7))
  await until(() => events.length === 1)
  script.push('push.depth', 'BTC_USDT', { asks: [], bids: [[99, 5, 1]], cts: null, begin: 10, end: 12, version: 12 })
  script.answer('GET /contract/depth/*', () => depth(12))
  await subscribed('depth.full', 2)
  script.push('push.depth.full', 'BTC_USDT', depth(12))
  await until(() => events.filter(({ type }) => type === 'bookUpdate').length === 2)
  expect(events.at(-1)).toMatchObject({ type: 'bookUpdate', snapshot: true })
  expect(watch.stats()).toMatchObject({ gaps: 1, resyncs: 1 })
})

test('quotes without a book come from whole tops, and a version that goes back is dropped', async () => {
  const { script, events, subscribed } = await watching(['quote'])
  await subscribed('depth.full')
  const topAt = (version: number, bid: number): unknown => ({
    asks: [[bid + 2, 3, 1]],
    bids: [
      [bid - 1, 1, 1],
      [bid, 2, 1],
    ],
    version,
  })
  script.push('push.depth.full', 'BTC_USDT', topAt(5, 100))
  script.push('push.depth.full', 'BTC_USDT', topAt(4, 90))
  script.push('push.depth.full', 'BTC_USDT', topAt(6, 101))
  await until(() => events.length === 2)
  expect(events).toMatchObject([
    { bid: 100, ask: 102, bidSize: 0.0002 },
    { bid: 101, ask: 103 },
  ])
})

test('funding is told when it is settled, at the settled rate and the price of then', async () => {
  const settle = time + 3_600_000
  const { script, events, subscribed } = await watching(['funding', 'markPrice'], {
    'GET /contract/funding_rate/history': () => ({
      pageSize: 100,
      totalCount: 1,
      totalPage: 1,
      currentPage: 1,
      resultList: [{ symbol: 'BTC_USDT', fundingRate: 0.000062, settleTime: settle }],
    }),
  })
  await subscribed('funding.rate')
  script.push('push.fair.price', 'BTC_USDT', { symbol: 'BTC_USDT', price: 76_000 })
  script.push('push.funding.rate', 'BTC_USDT', { symbol: 'BTC_USDT', rate: 0.000072, nextSettleTime: settle })
  script.push('push.funding.rate', 'BTC_USDT', {
    symbol: 'BTC_USDT',
    rate: 0.00001,
    nextSettleTime: settle + 28_800_000,
  })
  await until(() => events.some(({ type }) => type === 'funding'))
  expect(events).toEqual([
    { type: 'markPrice', instrumentId: 'BTC_USDT', time, price: 76_000 },
    { type: 'funding', instrumentId: 'BTC_USDT', time: settle, rate: 0.000062, markPrice: 76_000 },
  ])
})

test('a changed contract is told, and one taken off is down', async () => {
  const { script, events, statuses, subscribed } = await watching(['trade'])
  await subscribed('contract')
  script.push('push.contract', undefined, exampleDetail({ priceUnit: 0.5 }))
  script.push('push.contract', undefined, exampleDetail({ priceUnit: 0.5, state: 3 }))
  await until(() => events.length === 2)
  expect(events[0]).toMatchObject({ type: 'instrumentChanged', instrument: { tickSize: 0.5 } })
  expect(statuses.at(-1)).toMatchObject({ state: 'down', detail: 'no longer tradable: state 3' })
})

test('what does not parse is counted with its reason and dropped', async () => {
  const { script, events, subscribed, watch } = await watching(['trade'])
  await subscribed('deal')
  script.push('push.deal', 'BTC_USDT', [{ p: -1, v: 1, T: 1, t: time }])
  script.push('push.nothing.known', 'BTC_USDT', {})
  for (const socket of script.ws.sockets) socket.send('{"channel":')
  script.push('push.deal', 'BTC_USDT', [deal(time, 1)])
  await until(() => events.length === 1)
  expect(watch.stats().rejected).toEqual({ 'push.deal: p': 1, 'push: unknown channel': 1, 'frame: not JSON': 1 })
})

test('an instrument that the venue does not list is down with the reason', async () => {
  const { venue } = await opened({ 'GET /contract/detail': () => failure(1001, 'Contract not exists') })
  const statuses: FeedStatus[] = []
  venue.watch([{ instrumentId: btc, feeds: ['trade'] }], {
    onEvent: () => {},
    onStatus: (status) => void statuses.push(status),
  })
  await until(() => statuses.length > 0)
  expect(statuses[0]).toMatchObject({ instrumentId: 'BTC_USDT', feed: 'trade', state: 'down' })
})
