import type { Order, VenueEvent } from '#model/order.ts'
import type { MarketEvent } from '#model/market.ts'
import { afterEach, expect, test } from 'vitest'
import { type Bench, type BenchOptions, coinId, openBench, order } from './contracts/bench.ts'
import { viewOf } from './contracts/account-view.ts'
import { onFetch } from './wire-clock.ts'

const benches: Bench[] = []
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close()
})

async function opened(options: BenchOptions = {}): Promise<Bench> {
  const bench = await openBench('binance-usdm', options)
  benches.push(bench)
  // connected, and compared once
  await bench.clock.run(3_000)
  return bench
}

const told = ({ events }: Bench, { orderId }: Order): string[] =>
  events.filter((event) => 'orderId' in event && event.orderId === orderId).map(({ type }) => type)
const filled = (bench: Bench, { orderId }: Order, quantity: number): Promise<boolean> =>
  bench.clock.until(() => viewOf(bench.events).filledOf(orderId) === quantity, 60_000)
const own = ({ exchange, accountId }: Bench) => exchange.orders(accountId)
const limit = (price: number, changes: Partial<Order> = {}): Order => order({ type: 'limit', price, ...changes })

test('an order that was placed although the engine timed out is found, and is one order', async () => {
  const bench = await opened({ faults: [{ place: 'order', kind: 'unknown-applied', count: 1 }] })
  const entry = order()
  await bench.submit(entry)
  expect(await filled(bench, entry, 0.5)).toBe(true)
  await bench.clock.run(20_000)
  expect(told(bench, entry)).not.toContain('orderRejected')
  expect(own(bench)).toHaveLength(1)
})

test('one that was not placed is rejected only when it cannot come any more', async () => {
  const bench = await opened({ faults: [{ place: 'order', kind: 'unknown-not-applied', count: 1 }] })
  const entry = order()
  await bench.submit(entry)
  const sentAt = bench.clock.now()
  expect(told(bench, entry)).toEqual(['orderUncertain'])
  expect(await bench.clock.until(() => told(bench, entry).includes('orderRejected'), 60_000)).toBe(true)
  expect(bench.clock.now() - sentAt).toBeGreaterThan(6_000)
  expect(own(bench)).toHaveLength(0)
})

test('one that is carried out late is never called rejected', async () => {
  const bench = await opened({ faults: [{ place: 'order', kind: 'unknown-late', delayMs: 4_000, count: 1 }] })
  const entry = order()
  await bench.submit(entry)
  await filled(bench, entry, 0.5)
  await bench.clock.run(30_000)
  const types = told(bench, entry)
  expect(types.includes('orderRejected')).toBe(own(bench).length === 0)
})

test('the answer is lost with its socket: looked up, never sent again', async () => {
  const bench = await opened({
    faults: [{ place: 'http-after-apply', kind: 'drop', count: 1, match: { path: '/fapi/v1/order', method: 'POST' } }],
  })
  const resting = limit(99)
  await bench.submit(resting)
  expect(await bench.clock.until(() => told(bench, resting).includes('orderAccepted'), 60_000)).toBe(true)
  await bench.clock.run(20_000)
  expect(bench.exchange.openOrders(bench.accountId)).toHaveLength(1)
  expect(told(bench, resting)).not.toContain('orderRejected')
})

test.each(['503', '503-internal', 'maintenance'])(
  'a %s promises that nothing was done, so it is sent again',
  async (kind) => {
    const bench = await opened({
      faults: [{ place: 'http-status', kind, count: 1, match: { path: '/fapi/v1/order', method: 'POST' } }],
    })
    const resting = limit(99)
    await bench.submit(resting)
    expect(told(bench, resting)).toEqual(['orderAccepted'])
    expect(bench.exchange.openOrders(bench.accountId)).toHaveLength(1)
  },
)

test.each([true, false])('a 503 of unknown outcome is looked up, done or not (%s)', async (applied) => {
  const bench = await opened({
    faults: [
      {
        place: 'http-status',
        kind: '503-unknown',
        applied,
        count: 1,
        match: { path: '/fapi/v1/order', method: 'POST' },
      },
    ],
  })
  const resting = limit(99)
  await bench.submit(resting)
  await bench.clock.run(60_000)
  expect(told(bench, resting)).toContain(applied ? 'orderAccepted' : 'orderRejected')
  expect(bench.exchange.openOrders(bench.accountId)).toHaveLength(applied ? 1 : 0)
})

test('our clock is wrong by a minute: measured, and the order goes through', async () => {
  const bench = await opened()
  bench.exchange.control.jumpClock(-60_000)
  const resting = limit(99)
  await bench.submit(resting)
  expect(told(bench, resting)).toEqual(['orderAccepted'])
})

test('a fill while the user stream is down is told once, and the position with it', async () => {
  const bench = await opened()
  const resting = limit(99.5, { quantity: 2 })
  await bench.submit(resting)
  bench.exchange.faults.set([{ place: 'connect', kind: 'refuse', durationMs: 5_000 }])
  bench.exchange.connections.cutAll()
  await bench.clock.run(500)
  bench.print(99.4, 1, -1)
  await bench.clock.run(500)
  bench.print(99.3, 5, -1)
  expect(await filled(bench, resting, 2)).toBe(true)
  await bench.clock.run(30_000)
  const fills = bench.events.filter((event) => event.type === 'orderFilled')
  expect(fills).toHaveLength(bench.exchange.fills(bench.accountId).length)
  const positions = bench.events.filter((event) => event.type === 'positionReported')
  expect(positions.at(-1)).toMatchObject({ quantity: 2 })
})

test('a stop that triggers while the user stream is down is told as filled', async () => {
  const bench = await opened()
  const entry = order()
  await bench.submit(entry)
  await filled(bench, entry, 0.5)
  const stop = order({
    type: 'stopMarket',
    purpose: 'stopLoss',
    side: 'sell',
    stopPrice: 98,
    trigger: 'last',
    reduceOnly: true,
  })
  await bench.submit(stop)
  bench.exchange.connections.cutAll()
  bench.quote(97.4, 97.5)
  bench.print(97.5, 1, -1)
  expect(await filled(bench, stop, 0.5)).toBe(true)
  expect(bench.exchange.positions(bench.accountId)).toEqual([])
})

test('the listen key is kept alive for hours, and made anew when it is taken away', async () => {
  let origin = ''
  const stop = onFetch({ onRequest: (url) => void (origin = new URL(url).origin) })
  const bench = await opened()
  stop()
  await bench.clock.run(100 * 60_000)
  const [{ keys }] = bench.exchange.control.accounts()
  const resting = limit(99.5)
  await bench.submit(resting)
  bench.print(99.4, 1, -1)
  expect(await bench.clock.until(() => viewOf(bench.events).filledOf(resting.orderId) === 0.5, 2_000)).toBe(true)
  await fetch(`${origin}/fapi/v1/listenKey`, { method: 'DELETE', headers: { 'X-MBX-APIKEY': keys[0].apiKey } })
  await bench.clock.run(10_000)
  const next = limit(99)
  await bench.submit(next)
  bench.print(98.9, 1, -1)
  expect(await bench.clock.until(() => viewOf(bench.events).filledOf(next.orderId) === 0.5, 30_000)).toBe(true)
}, 60_000)

test('in hedge mode an entry opens its side and an exit closes it', async () => {
  const bench = await opened()
  expect(bench.exchange.setPositionMode(bench.accountId, 'hedge').ok).toBe(true)
  const entry = order({ side: 'sell' })
  await bench.submit(entry)
  expect(await filled(bench, entry, 0.5)).toBe(true)
  expect(bench.exchange.positions(bench.accountId)).toMatchObject([{ positionSide: 'short', quantity: -0.5 }])
  const exit = order({ side: 'buy', purpose: 'exit', reduceOnly: true })
  await bench.submit(exit)
  expect(await filled(bench, exit, 0.5)).toBe(true)
  expect(bench.exchange.positions(bench.accountId)).toEqual([])
})

test('an entry brings its own leverage, isolated where nobody configured anything', async () => {
  const bench = await opened()
  const entry = order({ leverage: 3 })
  await bench.submit(entry)
  await filled(bench, entry, 0.5)
  expect(bench.exchange.positions(bench.accountId)).toMatchObject([{ leverage: 3, marginMode: 'isolated' }])
})

test('too many requests make everything silent for as long as the venue says', async () => {
  const bench = await opened({
    faults: [{ place: 'http-status', kind: '429', retryAfterS: 7, count: 1, match: { path: '/fapi/v1/order' } }],
  })
  const startedAt = bench.clock.now()
  const resting = limit(99)
  await bench.submit(resting)
  expect(told(bench, resting)).toEqual(['orderAccepted'])
  expect(bench.clock.now() - startedAt).toBeGreaterThanOrEqual(7_000)
})

test('deleveraging is told as a forced close', async () => {
  const bench = await opened()
  const entry = order({ quantity: 1 })
  await bench.submit(entry)
  await filled(bench, entry, 1)
  bench.exchange.control.deleverage(bench.accountId, coinId)
  const forced = (event: VenueEvent): boolean => event.type === 'liquidated'
  expect(await bench.clock.until(() => bench.events.some(forced), 20_000)).toBe(true)
  const page = await bench.clock.wait(bench.account.fills(coinId, null))
  expect(page.fills.at(-1)?.forced).toBe('adl')
})

test('funding that was settled is told with its amount and rate', async () => {
  const bench = await opened()
  const entry = order({ quantity: 1 })
  await bench.submit(entry)
  await filled(bench, entry, 1)
  bench.exchange.control.settleFunding(coinId, 0.0003)
  const funding = (): VenueEvent[] => bench.events.filter(({ type }) => type === 'fundingSettled')
  expect(await bench.clock.until(() => funding().length > 0, 30_000)).toBe(true)
  const [income] = bench.exchange.income(bench.accountId).filter(({ kind }) => kind === 'funding')
  expect(funding()).toMatchObject([{ instrumentId: coinId, amount: -income.amount, rate: 0.0003 }])
})

test('the tape is whole over cut connections, each trade once and in order', async () => {
  const bench = await opened()
  const events: MarketEvent[] = []
  const watch = bench.venue.watch([{ instrumentId: coinId, feeds: ['trade', 'book', 'quote'] }], {
    onEvent: (event) => void events.push(event),
  })
  await bench.clock.run(3_000)
  for (let round = 0; round < 5; round++) {
    bench.print(100 + round / 10, 1, 1)
    await bench.clock.run(400)
    bench.exchange.connections.cutAll()
    for (let print = 0; print < 7; print++) {
      bench.print(101 + print / 10, 1 + print, -1)
      await bench.clock.run(100)
    }
    await bench.clock.run(5_000)
  }
  const trades = events.filter((event) => event.type === 'trade')
  expect(events.filter(({ type }) => type === 'feedGap')).toEqual([])
  const ids = trades.map(({ tradeId }) => Number(tradeId))
  expect(ids).toEqual(Array.from(ids, (_, at) => ids[0] + at))
  expect(trades.filter(({ price }) => price >= 101 && price < 101.65)).toHaveLength(35)
  await watch.close()
})

test('lost, repeated, swapped and broken frames leave the tape whole and are counted', async () => {
  const bench = await opened({
    seed: 5,
    faults: ['drop', 'duplicate', 'swap', 'garbage'].map((kind, at) => ({
      place: ['ws-drop', 'ws-duplicate', 'ws-reorder', 'ws-corrupt'][at],
      kind,
      probability: 0.15,
      match: { socket: 'market' },
    })),
  })
  const events: MarketEvent[] = []
  const watch = bench.venue.watch([{ instrumentId: coinId, feeds: ['trade'] }], {
    onEvent: (event) => void events.push(event),
  })
  await bench.clock.run(3_000)
  for (let print = 0; print < 60; print++) {
    bench.print(100 + print, 1, 1)
    await bench.clock.run(300)
  }
  bench.exchange.faults.clear()
  bench.print(200, 1, 1)
  await bench.clock.run(10_000)
  const ids = events.filter((event) => event.type === 'trade').map(({ tradeId }) => Number(tradeId))
  expect(ids).toEqual(Array.from(ids, (_, at) => ids[0] + at))
  expect(ids.length).toBeGreaterThan(55)
  expect(events.filter(({ type }) => type === 'feedGap')).toEqual([])
  expect(Object.keys(watch.stats().rejected)).not.toEqual([])
  await watch.close()
})
