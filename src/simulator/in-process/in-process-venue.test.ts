import { instanceId, orderId, signalId, venueId } from '#model/ids.ts'
import { toMoney } from '#model/money.ts'
import type { MarketEvent } from '#model/market.ts'
import type { Order, VenueEvent } from '#model/order.ts'
import type { MarketListener, MarketVenue, Want } from '#model/venue.ts'
import { createManualTimers } from '#test/manual-timers.ts'
import { expect, test } from 'vitest'
import { coin } from '#test/example-exchange.ts'
import { openInProcessVenue } from './in-process-venue.ts'

/** A market that says what the test says. */
function scriptedMarket() {
  const listeners = new Set<MarketListener>()
  const wanted: Want[] = []
  const market: MarketVenue = {
    id: venueId('scripted'),
    instruments: async () => [coin],
    watch(wants, listener) {
      wanted.push(...wants)
      listeners.add(listener)
      return {
        add: (more) => void wanted.push(...more),
        remove: () => {},
        status: () => [],
        stats: () => ({ messages: 0, reconnects: 0, gaps: 0, resyncs: 0, rejected: {} }),
        close: async () => void listeners.delete(listener),
      }
    },
    async *bars() {},
    async *trades() {},
    close: async () => {},
  }
  const tell = (event: MarketEvent, at: number): void => listeners.forEach((listener) => listener.onEvent(event, at))
  return { market, wanted, tell }
}

const quote = (time: number, bid = 99.9, ask = 100.1): MarketEvent => ({
  type: 'quote',
  instrumentId: coin.id,
  time,
  bid,
  ask,
  bidSize: 10,
  askSize: 10,
})

const buy = (changes: Partial<Order> = {}): Order => ({
  orderId: orderId('1-o1'),
  instanceId: instanceId('pump@12345678/COIN_USDT'),
  instrumentId: coin.id,
  signalId: signalId('1-s1'),
  purpose: 'entry',
  side: 'buy',
  type: 'market',
  timeInForce: 'gtc',
  quantity: 1,
  reduceOnly: false,
  leverage: 5,
  decisionPrice: 100,
  decidedAt: 0,
  status: 'submitted',
  filledQuantity: 0,
  averagePrice: null,
  submittedAt: 0,
  updatedAt: 0,
  cancelRequested: false,
  ...changes,
})

async function opened() {
  const timers = createManualTimers()
  const script = scriptedMarket()
  const venue = await openInProcessVenue({
    market: script.market,
    timers,
    balances: { USDT: toMoney(1_000) },
    latency: { type: 'fixed', ms: 250 },
    reportLatencyMs: 50,
  })
  const events: VenueEvent[] = []
  venue.account?.subscribe((event) => void events.push(event))
  return { timers, venue, events, ...script }
}

test('an order meets the quotes of the live market, a quarter of a second later', async () => {
  const { timers, venue, events, tell } = await opened()
  venue.watch([{ instrumentId: coin.id, feeds: ['trade', 'quote'] }], { onEvent: () => {} })
  tell(quote(timers.now()), timers.now())
  const sent = venue.account?.submit(buy())
  await timers.advance(200)
  tell(quote(timers.now(), 101, 101.2), timers.now())
  await timers.advance(99)
  expect(events).toEqual([])
  await timers.advance(1)
  await sent
  expect(events.slice(0, 2)).toMatchObject([
    { type: 'orderAccepted', orderId: '1-o1' },
    { type: 'orderFilled', orderId: '1-o1', price: 101.2, quantity: 1, liquidity: 'taker', fee: toMoney(0.0506) },
  ])
})

test('an order of an instrument that nobody watches makes the venue watch it', async () => {
  const { timers, venue, events, wanted, tell } = await opened()
  const sent = venue.account?.submit(buy())
  await timers.advance(10)
  expect(wanted.map(({ instrumentId }) => instrumentId)).toEqual([coin.id])
  tell(quote(timers.now()), timers.now())
  await timers.advance(300)
  await sent
  expect(events.map(({ type }) => type)).toContain('orderFilled')
})

test('without any market the order is refused after ten seconds', async () => {
  const { timers, venue, events } = await opened()
  const sent = venue.account?.submit(buy())
  await timers.advance(10_300)
  await sent
  expect(events).toMatchObject([{ type: 'orderRejected', code: 'noMarket' }])
})

test('a watcher is told only what it wants, and before anything that follows from it', async () => {
  const { timers, venue, events, tell } = await opened()
  const order: string[] = []
  venue.account?.subscribe(({ type }) => void order.push(type))
  venue.watch([{ instrumentId: coin.id, feeds: ['trade'] }], { onEvent: ({ type }) => void order.push(type) })
  tell(quote(timers.now()), timers.now())
  const sent = venue.account?.submit(buy({ type: 'limit', price: 99.5 }))
  await timers.advance(300)
  await sent
  tell(
    { type: 'trade', instrumentId: coin.id, time: timers.now(), price: 99.3, quantity: 20, side: 'sell' },
    timers.now(),
  )
  await timers.advance(50)
  expect(events.at(1)).toMatchObject({ type: 'orderFilled', price: 99.5, quantity: 1, liquidity: 'maker' })
  expect(order.slice(0, 3)).toEqual(['orderAccepted', 'trade', 'orderFilled'])
})

test('the same market and orders give the same events', async () => {
  const run = async (): Promise<unknown> => {
    const { timers, venue, events, tell } = await opened()
    venue.watch([{ instrumentId: coin.id, feeds: ['trade', 'quote'] }], { onEvent: () => {} })
    for (let step = 0; step < 50; step++) {
      const bid = 99.9 + (step % 7) / 10
      tell(quote(timers.now(), bid, bid + 0.2), timers.now())
      if (step % 5 === 0) void venue.account?.submit(buy({ orderId: orderId(`1-o${step}`), quantity: 0.5 }))
      await timers.advance(300)
    }
    await venue.close()
    return events
  }
  expect(await run()).toEqual(await run())
})
