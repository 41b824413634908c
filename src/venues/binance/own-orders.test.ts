import { instrumentId, orderId } from '#model/ids.ts'
import type { VenueEvent } from '#model/order.ts'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { toFutures } from './instruments.ts'
import { createOwnOrders, type OwnOrders } from './own-orders.ts'
import { futuresSymbol } from './wire/market.ts'
import { algoUpdate, order, orderUpdate, userTrade } from './wire/orders.ts'

const contract = toFutures(
  futuresSymbol.parse({
    symbol: 'BTCUSDT',
    contractType: 'PERPETUAL',
    status: 'TRADING',
    baseAsset: 'BTC',
    quoteAsset: 'USDT',
    marginAsset: 'USDT',
    maintMarginPercent: '2.5',
    requiredMarginPercent: '5',
    filters: [
      { filterType: 'PRICE_FILTER', tickSize: '0.1' },
      { filterType: 'LOT_SIZE', minQty: '0.001', stepSize: '0.001' },
    ],
  }),
)!
const ours = orderId('7-o12')
const btc = instrumentId('BTC_USDT')

function tracked(type: 'limit' | 'stopMarket' = 'limit') {
  const events: VenueEvent[] = []
  const asked = { fills: 0, ghosts: 0, triggered: 0 }
  const own = createOwnOrders({
    emit: (event) => void events.push(event),
    contract: () => contract,
    now: () => 1_000,
    onMissingFills: () => void (asked.fills += 1),
    onGhost: () => void (asked.ghosts += 1),
    onTriggered: () => void (asked.triggered += 1),
  })
  const mine = own.register({ orderId: ours, instrumentId: btc, type }, 'BTCUSDT')
  return { own, mine, events, asked, types: () => events.map((event) => event.type) }
}

const update = (changes: Readonly<Record<string, unknown>>) =>
  orderUpdate.parse({
    s: 'BTCUSDT',
    c: ours,
    S: 'BUY',
    o: 'LIMIT',
    f: 'GTC',
    x: 'NEW',
    X: 'NEW',
    i: 55,
    l: '0',
    z: '0',
    L: '0',
    T: 1_000,
    t: 0,
    m: true,
    ...changes,
  })
const fill = (t: number, l: string, z: string, X: string, changes: object = {}) =>
  update({ x: 'TRADE', X, l, z, L: '76000.1', t, n: '0.01520002', N: 'USDT', ...changes })
const record = (status: string, executedQty: string) =>
  order.parse({
    orderId: 55,
    symbol: 'BTCUSDT',
    status,
    clientOrderId: ours,
    price: '76000.1',
    origQty: '0.003',
    executedQty,
    timeInForce: 'GTC',
    type: 'LIMIT',
    reduceOnly: false,
    side: 'BUY',
    updateTime: 1_000,
  })
const trade = (id: number, qty: string) =>
  userTrade.parse({
    id,
    orderId: 55,
    symbol: 'BTCUSDT',
    side: 'BUY',
    price: '76000.1',
    qty,
    commission: '0.01520002',
    commissionAsset: 'USDT',
    maker: true,
    time: 1_000,
  })
const algo = (changes: object) => algoUpdate.parse({ caid: ours, aid: 900, s: 'BTCUSDT', X: 'NEW', ai: '', ...changes })

test('an order is accepted, filled by parts, and done, with each part once', () => {
  const { own, mine, events } = tracked()
  own.onOrderUpdate(update({}), 1)
  own.onOrderUpdate(fill(1, '0.001', '0.001', 'PARTIALLY_FILLED'), 2)
  own.onOrderUpdate(fill(2, '0.002', '0.003', 'FILLED'), 3)
  expect(events).toMatchObject([
    { type: 'orderAccepted', venueOrderId: '55' },
    { type: 'orderFilled', tradeId: '1', quantity: 0.001, fee: 1_520_002n, liquidity: 'maker' },
    { type: 'orderFilled', tradeId: '2', quantity: 0.002 },
  ])
  expect(mine.state).toBe('ended')
})

test('an end that speaks of fills not seen yet waits for them, and asks', () => {
  const { own, types, asked } = tracked()
  own.onOrder(record('CANCELED', '0.001'))
  expect(types()).toEqual(['orderAccepted'])
  expect(asked.fills).toBe(1)
  own.onTrade(trade(1, '0.001'), false)
  expect(types()).toEqual(['orderAccepted', 'orderFilled', 'orderCanceled'])
})

test('the fills of a triggered stop are the stop’s own, whichever is told first', () => {
  for (const fillFirst of [true, false]) {
    const { own, events, types } = tracked('stopMarket')
    own.onAlgoUpdate(algo({}), 1)
    const filled = () => own.onOrderUpdate(fill(1, '0.003', '0.003', 'FILLED', { c: 'x9y8z7', i: 77 }), 2)
    if (fillFirst) filled()
    own.onAlgoUpdate(algo({ X: 'TRIGGERED', ai: '77' }), 3)
    if (!fillFirst) filled()
    expect(types()).toEqual(['orderAccepted', 'orderFilled'])
    expect(events[1]).toMatchObject({ orderId: ours, tradeId: '1' })
  }
})

test('a stop that is done is looked up: that proves nothing about the position', () => {
  const { own, mine, asked } = tracked('stopMarket')
  own.onAlgoUpdate(algo({ X: 'FINISHED', ai: '77' }), 3)
  expect(mine.state).toBe('accepted')
  expect(asked.triggered).toBe(1)
})

test('a stop that fails when it triggers ends with the venue’s reason', () => {
  const { own, events } = tracked('stopMarket')
  own.onAlgoUpdate(algo({ X: 'REJECTED', rm: 'margin is insufficient' }), 3)
  expect(events.at(-1)).toMatchObject({ type: 'orderRejected', code: 'triggerRejected' })
})

test('a fee in BNB is told in BNB and not as quote', () => {
  const { own, events } = tracked()
  own.onOrderUpdate(fill(1, '0.001', '0.001', 'PARTIALLY_FILLED', { n: '0.00004512', N: 'BNB' }), 2)
  expect(events[1]).toMatchObject({ fee: 0n, feeElsewhere: { currency: 'BNB', amount: 4_512n } })
})

test('what the venue closes by force is told as such, once, also without a trade id', () => {
  const { own, events } = tracked()
  const forced = (c: string, changes: object = {}) =>
    own.onOrderUpdate(fill(9, '0.003', '0.003', 'FILLED', { c, i: 66, ...changes }), 2)
  forced('autoclose-1596107620040000020')
  forced('autoclose-1596107620040000020')
  forced('adl_autoclose', { t: 0, x: 'CALCULATED', T: 5 })
  expect(events).toMatchObject([
    { type: 'liquidated', tradeId: '9', quantity: 0.003 },
    { type: 'liquidated', tradeId: '66-5' },
  ])
})

test('orders of other hands are nobody’s news', () => {
  const { own, events } = tracked()
  own.onOrderUpdate(fill(1, '0.001', '0.001', 'FILLED', { c: 'web_abc', i: 88 }), 2)
  expect(events).toEqual([])
})

test('one that was told to be absent and exists all the same is accepted and canceled', () => {
  const { own, mine, types, asked } = tracked()
  own.uncertain(mine, 'timeout')
  own.absent(mine)
  own.onOrderUpdate(update({}), 5)
  expect(types()).toEqual(['orderUncertain', 'orderRejected', 'orderAccepted'])
  expect(asked.ghosts).toBe(1)
})

test('in any order and any number, by stream and by REST, the same is known in the end', () => {
  const news: readonly ((own: OwnOrders) => void)[] = [
    (own) => own.onOrderUpdate(update({}), 1),
    (own) => own.onOrderUpdate(fill(1, '0.001', '0.001', 'PARTIALLY_FILLED'), 2),
    (own) => own.onOrderUpdate(fill(2, '0.001', '0.002', 'PARTIALLY_FILLED'), 3),
    (own) => own.onOrderUpdate(update({ x: 'CANCELED', X: 'CANCELED', z: '0.002' }), 4),
    (own) => own.onOrder(record('NEW', '0')),
    (own) => own.onOrder(record('PARTIALLY_FILLED', '0.001')),
    (own) => own.onOrder(record('CANCELED', '0.002')),
    (own) => void own.onTrade(trade(1, '0.001'), false),
    (own) => void own.onTrade(trade(2, '0.001'), false),
  ]
  fc.assert(
    fc.property(
      fc.array(fc.nat(news.length - 1), { maxLength: 30 }),
      fc.shuffledSubarray([...news.keys()]),
      (some, all) => {
        const { own, mine, events } = tracked()
        const rest = [...news.keys()].filter((at) => !all.includes(at))
        for (const at of [...some, ...all, ...rest]) news[at](own)
        const told = events.filter((event) => event.type === 'orderFilled')
        expect(told.map(({ tradeId }) => tradeId).toSorted()).toEqual(['1', '2'])
        expect(events.filter(({ type }) => type === 'orderCanceled')).toHaveLength(1)
        expect(events.filter(({ type }) => type === 'orderAccepted')).toHaveLength(1)
        expect(events[0].type).toBe('orderAccepted')
        expect(mine.state).toBe('ended')
      },
    ),
    { numRuns: 500 },
  )
})
