import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { coin, recordingOf } from '#test/example-exchange.ts'
import { type Json, openLong, openMexcExample } from '#test/mexc-client.ts'
import { differences } from '#test/shape.ts'
import { describeShared, sharedPath } from '#test/shared.ts'
import { until } from '#test/until.ts'
import { levelText } from './level-text.ts'
import { Listing } from './listings.ts'

let close = async (): Promise<void> => {}
afterEach(() => close())

const walking = recordingOf(
  Array.from({ length: 300 }, (_, at) => [at * 250, 100 + (at % 7) / 10, 0.01, at % 2 ? 1 : -1] as const),
  Array.from(
    { length: 300 },
    (_, at) => [at * 250 + 50, 99.9 + (at % 7) / 10, 100.1 + (at % 7) / 10, 10 + (at % 3)] as const,
  ),
)

/** Stands at 99.9 / 100.1. */
const standing = recordingOf([[0, 100, 1, 1]], [[0, 99.9, 100.1, 10]])

async function opened(...given: Parameters<typeof openMexcExample>) {
  const example = await openMexcExample(...given)
  close = example.close
  return example
}

async function streaming(source = walking) {
  const example = await opened({ source })
  const socket = await example.stream()
  /** Time passes, and everything told meanwhile has come. */
  const run = async (ms: number): Promise<void> => {
    await socket.caughtUp()
    await example.timers.advance(ms)
    await socket.caughtUp()
  }
  return {
    ...example,
    ...socket,
    run,
    of: (channel: string): Json[] => socket.frames.filter((frame) => frame.channel === channel),
  }
}
const symbol = 'COIN_USDT'

describe('sessions', () => {
  test('an ack names no symbol; unknown contracts are an error, unknown methods are not answered', async () => {
    const { tell, frames, caughtUp, exchange } = await streaming()
    tell('sub.deal', { symbol })
    tell('sub.deal', { symbol: 'NOPE_USDT' })
    tell('sub.nothing', { symbol })
    tell('hello')
    tell('unsub.deal', { symbol })
    await caughtUp()
    const ts = exchange.now()
    expect(frames).toEqual([
      { channel: 'rs.sub.deal', data: 'success', ts },
      { channel: 'rs.error', data: 'Contract [NOPE_USDT] not exists', ts },
      { channel: 'rs.unsub.deal', data: 'success', ts },
      { channel: 'pong', data: ts, ts },
    ])
  })

  test('a client that does not ping for 60 s is cut without a word, whatever else it sends', async () => {
    const { tell, timers, ended, caughtUp, next } = await streaming()
    tell('sub.ticker', { symbol })
    await next('rs.sub.ticker')
    await timers.advance(50_000)
    tell('sub.deal', { symbol })
    await next('rs.sub.deal')
    await timers.advance(9_999)
    expect(ended()).toBeNull()
    await caughtUp()
    await timers.advance(59_000)
    expect(ended()).toBeNull()
    await timers.advance(1_001)
    await until(() => ended() !== null)
    expect(ended()).toEqual({ code: 1006, reason: '' })
  })

  test('the sockets live under /edge only', async () => {
    const { door } = await streaming()
    const elsewhere = new WebSocket(`ws://127.0.0.1:${door.port}/ws`)
    const status = await new Promise((resolve) => {
      elsewhere.on('error', () => {})
      elsewhere.once('unexpected-response', (_request, response) => resolve(response.statusCode))
    })
    expect(status).toBe(404)
  })
})

describe('public channels', () => {
  test('deals are arrays, merged or one by one', async () => {
    const { tell, run, of, frames } = await streaming()
    tell('sub.deal', { symbol })
    await run(1_000)
    expect(of('push.deal').flatMap(({ data }) => data)).toHaveLength(4)
    expect(of('push.deal')[0]).toMatchObject({ symbol, data: [{ v: 1, M: 2 }] })
    tell('unsub.deal', { symbol })
    tell('sub.deal', { symbol, compress: false })
    await run(1)
    const before = frames.length
    await run(1_000)
    expect(frames.slice(before).filter(({ channel }) => channel === 'push.deal')).toHaveLength(4)
  })

  test('merged depth: begin to end without a hole, each price once, version = end; it leads to the book', async () => {
    const { tell, run, of, open, exchange } = await streaming()
    tell('sub.depth', { symbol })
    await run(500)
    const snapshot = (await open('depth/COIN_USDT')).data
    const book = { asks: new Map(rows(snapshot.asks)), bids: new Map(rows(snapshot.bids)) }
    await run(20_000)
    let last: number = snapshot.version
    let begin: number = of('push.depth')[0].data.begin
    for (const { data } of of('push.depth')) {
      expect(data.version).toBe(data.end)
      expect(data.begin).toBe(begin)
      begin = data.end + 1
      for (const side of [data.asks, data.bids])
        expect(new Set(side.map(([price]: number[]) => price)).size).toBe(side.length)
      if (data.end <= last) continue
      expect(data.begin).toBeLessThanOrEqual(last + 1)
      last = data.end
      for (const side of ['asks', 'bids'] as const)
        for (const [price, vol] of data[side]) {
          if (vol === 0) book[side].delete(price)
          else book[side].set(price, vol)
        }
    }
    const now = exchange.market(coin.id)?.book()
    expect(last).toBe(now?.version)
    const told = (levels: readonly { price: number; size: number }[] = []) =>
      levels.map(({ price, size }) => [price, Math.round(size * 100)])
    expect([...book.asks].toSorted(([a], [b]) => a - b)).toEqual(told(now?.asks))
    expect([...book.bids].toSorted(([a], [b]) => b - a)).toEqual(told(now?.bids))
  })

  test('with compress:false every version comes alone', async () => {
    const { tell, run, of } = await streaming()
    tell('sub.depth', { symbol, compress: false })
    await run(2_000)
    const versions: number[] = of('push.depth').map(({ data }) => data.version)
    expect(versions.length).toBeGreaterThan(20)
    expect(versions).toEqual(versions.map((_, at) => versions[0] + at))
    expect(of('push.depth').every(({ data }) => data.asks.length + data.bids.length === 1)).toBe(true)
  })

  test('depth.full is the top, sorted, of 5, 10, 20 or 50', async () => {
    const { tell, run, of, next } = await streaming()
    tell('sub.depth.full', { symbol, limit: 5 })
    await run(2_000)
    const [{ data }] = of('push.depth.full')
    expect([data.asks.length, data.bids.length, data.begin]).toEqual([5, 5, undefined])
    expect(data.asks.map(([price]: number[]) => price)).toEqual(data.asks.map(([price]: number[]) => price).toSorted())
    tell('sub.depth.full', { symbol, limit: 7 })
    expect(await next('rs.error')).toMatchObject({ data: 'Depth limit [7] not supported' })
  })

  test('a second subscription is acknowledged and doubles nothing', async () => {
    const { tell, run, of } = await streaming()
    tell('sub.deal', { symbol })
    tell('sub.deal', { symbol })
    await run(1_000)
    expect(of('rs.sub.deal')).toHaveLength(2)
    expect(of('push.deal').flatMap(({ data }) => data)).toHaveLength(4)
  })

  test('ticker, tickers, klines, fair and index price, funding', async () => {
    const { tell, run, of } = await streaming()
    for (const topic of ['ticker', 'index.price', 'fair.price', 'funding.rate']) tell(`sub.${topic}`, { symbol })
    tell('sub.kline', { symbol, interval: 'Min1' })
    tell('sub.tickers', {})
    await run(7_000)
    expect(of('push.ticker')[0].data).toMatchObject({ symbol, contractId: 1, fundingRate: expect.any(Number) })
    expect(of('push.ticker')).toHaveLength(2)
    expect(of('push.tickers')[0].data[0]).toMatchObject({ symbol, lastPrice: expect.any(Number) })
    expect(of('push.tickers')[0].data[0]).not.toHaveProperty('fundingRate')
    expect(of('push.kline')[0].data).toMatchObject({ symbol, interval: 'Min1', o: 100, q: expect.any(Number) })
    expect(of('push.fair.price').length).toBeGreaterThanOrEqual(6)
    expect(of('push.funding.rate')[0].data).toEqual({
      symbol,
      rate: expect.any(Number),
      nextSettleTime: expect.any(Number),
    })
  })

  test('changed contracts are told', async () => {
    const { tell, run, of, exchange } = await streaming()
    tell('sub.contract', {})
    await run(1)
    exchange.control.change(coin.id, { tickSize: 0.5 })
    exchange.control.delist(coin.id)
    await run(1)
    expect(of('push.contract').map(({ data }) => [data.symbol, data.priceUnit, data.state])).toEqual([
      [symbol, 0.5, 0],
      [symbol, 0.5, 3],
    ])
  })

  test('frames follow the fault plan: holes, wrong versions, drops by stream', async () => {
    const { tell, run, of, exchange } = await streaming()
    tell('sub.depth', { symbol })
    tell('sub.deal', { symbol })
    await run(500)
    exchange.faults.set([
      { place: 'market', kind: 'sequence-gap', count: 1 },
      { place: 'ws-drop', kind: 'drop', match: { stream: 'push.deal', symbol } },
    ])
    await run(3_000)
    expect(of('push.deal').length).toBeLessThan(4)
    const frames = of('push.depth').map(({ data }) => data)
    expect(frames.filter(({ begin }, at) => at > 0 && begin !== frames[at - 1].end + 1)).toHaveLength(1)
  })
})

describe('private pushes', () => {
  test('an order, its deals, the position and the assets, in that order, after the answer', async () => {
    const { login, post, frames, caughtUp } = await streaming(standing)
    await login()
    await post('order/create', openLong)
    await caughtUp()
    const channels = frames.map(({ channel }) => channel).filter((channel) => channel.startsWith('push.'))
    expect(channels).toEqual([
      'push.personal.order',
      'push.personal.order',
      'push.personal.order.deal',
      'push.personal.asset',
      'push.personal.position',
      'push.personal.adl.level',
    ])
    const [created, filled] = frames.filter(({ channel }) => channel === 'push.personal.order')
    expect(created.data).toMatchObject({ state: 2, vol: 100, remainVol: 100, dealVol: 0, version: 1 })
    expect(filled.data).toMatchObject({
      state: 3,
      remainVol: 0,
      dealVol: 100,
      orderId: expect.stringMatching(/^\d{18}$/),
    })
    const asset = frames.find(({ channel }) => channel === 'push.personal.asset').data
    expect(Object.keys(asset).toSorted()).toEqual([
      'availableBalance',
      'bonus',
      'cashBalance',
      'currency',
      'frozenBalance',
      'positionMargin',
    ])
  })

  test('a resting order freezes margin, which is told', async () => {
    const { login, post, frames, caughtUp } = await streaming(standing)
    await login()
    await post('order/create', { ...openLong, type: 1, price: 95 })
    await caughtUp()
    expect(frames.at(-2)).toMatchObject({ channel: 'push.personal.asset', data: { frozenBalance: 19 } })
  })

  test('trigger orders, stops of positions, modes, liquidations', async () => {
    const { login, post, get, caughtUp, of, exchange, one, timers } = await streaming(standing)
    await login()
    const plan = { ...openLong, orderType: 5, triggerPrice: 90, triggerType: 2, executeCycle: 1, trend: 1 }
    const { data: id } = await post('planorder/place/v2', plan)
    await post('planorder/cancel', [{ symbol, orderId: id }])
    await post('position/change_position_mode', { positionMode: 2 })
    await post('position/change_position_mode', { positionMode: 1 })
    await post('order/create', openLong)
    const [{ positionId }] = (await get('position/open_positions')).data
    await post('stoporder/place', { positionId, vol: 100, stopLossPrice: 90, volType: 1 })
    exchange.control.liquidate(one, coin.id, 'long')
    await timers.advance(1)
    await caughtUp()
    expect(of('push.personal.plan.order').map(({ data }) => [data.id, data.state])).toEqual([
      [id, 1],
      [id, 2],
    ])
    expect(of('push.personal.position.mode').map(({ data }) => data.positionMode)).toEqual([2, 1])
    expect(of('push.personal.stop.planorder')[0].data).toMatchObject({ positionId, stopLossPrice: 90, state: 1 })
    expect(of('push.personal.position').at(-1).data).toMatchObject({ positionId, state: 3, holdVol: 0 })
    expect(of('push.personal.order').at(-1).data).toMatchObject({ category: 2, state: 3 })
  })

  test('a position near its liquidation is warned of', async () => {
    const { login, post, run, of, exchange } = await streaming(standing)
    await login()
    await post('order/create', { ...openLong, vol: 2_000, leverage: 50 })
    const tape = exchange.control.tape(coin.id, { depth: false, quotes: true })
    tape.quote(99.3, 99.5, 10, 10)
    while (of('push.personal.liquidate.risk').length === 0) await run(5_000)
    const [{ data }] = of('push.personal.liquidate.risk')
    expect(data).toMatchObject({ symbol, adlLevel: 1 })
    expect(data.marginRatio).toBeGreaterThanOrEqual(0.8)
    expect(data.liquidatePrice).toBeLessThan(99.5)
  })

  test('filters choose topics and symbols, the last ones hold, none is everything', async () => {
    const { login, tell, post, caughtUp, of } = await streaming(standing)
    await login()
    tell('personal.filter', {
      filters: [
        { filter: 'order', rules: ['OTHER_USDT'] },
        { filter: 'order.deal', rules: [symbol] },
      ],
    })
    await caughtUp()
    await post('order/create', openLong)
    await caughtUp()
    expect([
      of('rs.personal.filter').length,
      of('push.personal.order').length,
      of('push.personal.order.deal').length,
    ]).toEqual([1, 0, 1])
    expect(of('push.personal.asset')).toEqual([])
    tell('personal.filter', { filters: [] })
    await caughtUp()
    await post('order/create', openLong)
    await caughtUp()
    expect(of('push.personal.order')).toHaveLength(2)
  })

  test('a login with subscribe:false is silent until it sets a filter', async () => {
    const { login, tell, post, caughtUp, of } = await streaming(standing)
    await login({ subscribe: false })
    await post('order/create', openLong)
    await caughtUp()
    expect(of('push.personal.order')).toEqual([])
    tell('personal.filter', { filters: [{ filter: 'order', rules: [] }] })
    await caughtUp()
    await post('order/create', openLong)
    await caughtUp()
    expect(of('push.personal.order')).toHaveLength(2)
  })

  test('only the account’s own are told, and none before login', async () => {
    const { tell, caughtUp, of, login, exchange, two, timers } = await streaming(standing)
    tell('personal.filter', { filters: [] })
    await caughtUp()
    expect(of('rs.error')).toMatchObject([{ data: 'Not logged in' }])
    await login()
    exchange.place(two, { instrumentId: coin.id, side: 'buy', positionSide: 'long', type: 'market', quantity: 1 })
    await timers.advance(1)
    await caughtUp()
    expect(of('push.personal.order')).toEqual([])
  })
})

describeShared('recorded frames', () => {
  const read = (name: string): Json[] =>
    readFileSync(sharedPath(`wire-samples/captures/${name}`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  const samples = [...read('mexc-public-ws-frames-2026-09-15.jsonl'), ...read('mexc-push-depth-2025-05-19.jsonl')]

  test('have the shape of ours, channel by channel', async () => {
    const { tell, run, of } = await streaming()
    const raw = await streaming()
    tell('sub.depth', { symbol })
    tell('sub.depth', { symbol: 'NOPE_USDT' })
    raw.tell('sub.depth', { symbol, compress: false })
    for (const topic of ['depth.full', 'index.price', 'fair.price', 'funding.rate']) tell(`sub.${topic}`, { symbol })
    await run(3_000)
    await raw.run(3_000)
    for (const sample of samples) {
      const from = sample.channel === 'push.depth' && sample.data.begin === undefined ? raw : { of }
      // one with rows on both sides, or on the side of the sample
      const rows = (frame: Json): boolean =>
        frame.data?.asks === undefined ||
        ['asks', 'bids'].every((side) => sample.data[side].length === 0 || frame.data[side].length > 0)
      const ours = from.of(sample.channel).find(rows)
      // the oldest capture knows no `cts`
      const more = Object.keys(ours.data).filter((name) => name !== 'cts' && !Object.hasOwn(sample.data, name))
      expect([sample.channel, differences(sample, ours), more]).toEqual([sample.channel, [], []])
    }
    await raw.close()
  })

  test('numbers are spelled as theirs: exponents and trailing zeros', async () => {
    const { exchange } = await streaming()
    const listing = new Listing(exchange.market(coin.id)!, 1)
    const text = (price: number, size: number) => levelText(listing, { price, size, orders: 58 })
    expect(text(97_500, 253.29)).toBe('[9.75E+4,25329.000000000000000000000000000000,58]')
    expect(text(103_115.4, 0.5)).toBe('[103115.40,50,58]')
    expect(text(0.0801, 1)).toBe('[0.0801,100,58]')
    expect(JSON.parse(text(97_500, 253.29))).toEqual([97_500, 25_329, 58])
  })
})

function rows(levels: readonly (readonly [number, number, number])[]): (readonly [number, number])[] {
  return levels.map(([price, vol]) => [price, vol])
}
