import { expect, test } from 'vitest'
import { toMoney } from '#model/money.ts'
import { coin, exampleExchange, order, recordingOf, rules } from '#test/example-exchange.ts'

test('a market order takes what the book shows, and the book shows that it is gone', async () => {
  const { exchange, one, buy, events } = await exampleExchange()
  const before = exchange.market(coin.id)?.book(2).asks
  expect(before?.[0]).toEqual({ price: 100.1, size: 10, orders: 1 })
  const placed = buy(one, 12)
  expect(placed).toMatchObject({ ok: true, value: { status: 'filled', filledQuantity: 12 } })
  const [first, second] = exchange.fills(one)
  expect([first.price, first.quantity, first.liquidity]).toEqual([100.1, 10, 'taker'])
  expect([second.price, second.quantity]).toEqual([before?.[1].price, 2])
  expect(exchange.market(coin.id)?.top()?.ask).toBe(before?.[1].price)
  expect(events.filter(({ type }) => type === 'trade')).toHaveLength(3)
})

test('what was taken grows back within some seconds', async () => {
  const { exchange, timers, one, buy } = await exampleExchange()
  buy(one, 12)
  await timers.advance(2_000)
  expect(exchange.market(coin.id)?.top()?.ask).toBeGreaterThan(100.1)
  await timers.advance(3_000)
  expect(exchange.market(coin.id)?.top()).toMatchObject({ ask: 100.1, askSize: 10 })
})

test('two accounts trade with each other, the earlier one as maker', async () => {
  const { exchange, one, two, buy, sell } = await exampleExchange()
  buy(one, 3, 100)
  expect(exchange.market(coin.id)?.top()).toMatchObject({ bid: 100, bidSize: 3 })
  expect(sell(two, 2, 100)).toMatchObject({ ok: true, value: { status: 'filled' } })
  const [maker] = exchange.fills(one)
  const [taker] = exchange.fills(two)
  expect([maker.liquidity, maker.price, maker.fee]).toEqual(['maker', 100, toMoney(0.04)])
  expect([taker.liquidity, taker.tradeId, taker.fee]).toEqual(['taker', maker.tradeId, toMoney(0.1)])
  expect(exchange.openOrders(one)).toMatchObject([{ status: 'partiallyFilled', filledQuantity: 2 }])
})

test('a post-only order that would take is refused', async () => {
  const { exchange, one } = await exampleExchange()
  const refused = exchange.place(one, { ...order('buy', 1, 100.1), timeInForce: 'postOnly' })
  expect(refused).toMatchObject({ ok: false, refusal: { code: 'postOnlyWouldTake' } })
  expect(exchange.orders(one)).toEqual([])
})

test('where the venue acknowledges first, a post-only order that would take exists and is canceled', async () => {
  const { exchange, one } = await exampleExchange({ rules: { ...rules, acknowledgedRefusals: ['postOnlyWouldTake'] } })
  const placed = exchange.place(one, { ...order('buy', 1, 100.1), timeInForce: 'postOnly' })
  expect(placed).toMatchObject({ ok: true, value: { status: 'canceled', reason: 'postOnlyWouldTake' } })
})

test('fill-or-kill fills whole or not at all; immediate-or-cancel gives up the rest', async () => {
  const { exchange, one } = await exampleExchange()
  expect(exchange.place(one, { ...order('buy', 11, 100.1), timeInForce: 'fok' })).toMatchObject({
    ok: false,
    refusal: { code: 'fokUnfilled' },
  })
  expect(exchange.place(one, { ...order('buy', 11, 100.1), timeInForce: 'ioc' })).toMatchObject({
    ok: true,
    value: { status: 'expired', reason: 'remainder', filledQuantity: 10 },
  })
})

test('a resting order fills when the recording trades through it, at its own price', async () => {
  const source = recordingOf(
    [
      [0, 100, 1, 1],
      [5_000, 99.5, 4, -1],
    ],
    [[0, 99.9, 100.1, 10]],
  )
  const { exchange, timers, one, buy, events } = await exampleExchange({ source })
  buy(one, 3, 99.7)
  await timers.advance(6_000)
  expect(exchange.fills(one)).toMatchObject([{ price: 99.7, quantity: 3, liquidity: 'maker' }])
  const trades = events.flatMap((event) => (event.type === 'trade' ? [[event.trade.price, event.trade.quantity]] : []))
  expect(trades.slice(-2)).toEqual([
    [99.7, 3],
    [99.5, 1],
  ])
})

test('at its price a resting order waits for the size that was there first, and then gets its share', async () => {
  const source = recordingOf(
    [
      [0, 100, 1, 1],
      [5_000, 99.9, 10, -1],
      [6_000, 99.9, 5, -1],
    ],
    [
      [0, 99.9, 100.1, 10],
      [5_500, 99.9, 100.1, 10],
    ],
  )
  const { exchange, timers, one, buy } = await exampleExchange({ source, participation: 0.2 })
  buy(one, 3, 99.9)
  await timers.advance(5_700)
  expect(exchange.fills(one)).toEqual([])
  await timers.advance(1_000)
  expect(exchange.fills(one)).toMatchObject([{ price: 99.9, quantity: 1 }])
})

test('an order the quotes of the recording come to is filled, and the book is never crossed', async () => {
  const source = recordingOf(
    [[0, 100, 1, 1]],
    [
      [0, 99.9, 100.1, 10],
      [5_000, 99.2, 99.4, 10],
    ],
  )
  const { exchange, timers, one, buy } = await exampleExchange({ source })
  buy(one, 12, 99.5)
  await timers.advance(6_000)
  expect(exchange.fills(one).reduce((sum, { quantity }) => sum + quantity, 0)).toBe(12)
  const top = exchange.market(coin.id)?.top()
  expect(top && top.ask > top.bid).toBe(true)
})

test('an account that meets itself loses the resting order', async () => {
  const { exchange, one, buy, sell } = await exampleExchange()
  buy(one, 3, 100)
  sell(one, 1, 100)
  expect(exchange.orders(one)).toMatchObject([
    { status: 'expired', reason: 'selfTrade' },
    { status: 'new', price: 100 },
  ])
  expect(exchange.fills(one)).toEqual([])
})

test('a changed order keeps its id or gets a new one, by the venue, and goes to the end of its queue', async () => {
  const { exchange, one, two, buy, sell } = await exampleExchange()
  const placed = buy(one, 3, 100)
  buy(two, 1, 100)
  const orderId = placed.ok ? placed.value.orderId : ''
  expect(exchange.amend(one, { orderId }, { quantity: 4 })).toMatchObject({ ok: true, value: { orderId, quantity: 4 } })
  sell(one, 1, 100)
  expect(exchange.amend(one, { orderId }, { quantity: 4 })).toMatchObject({ ok: false, refusal: { code: 'noChange' } })
  expect(exchange.fills(two)).toMatchObject([{ quantity: 1, liquidity: 'maker' }])

  const renewing = await exampleExchange({ rules: { ...rules, amendGivesNewId: true } })
  renewing.buy(renewing.one, 3, 99)
  renewing.exchange.amend(renewing.one, { orderId: '1' }, { price: 99.5 })
  expect(renewing.exchange.orders(renewing.one)).toMatchObject([
    { orderId: '1', status: 'canceled', reason: 'amended' },
    { orderId: '2', status: 'new', price: 99.5, quantity: 3 },
  ])
})

test('a client id is taken while its order is open, or for ever, by the venue', async () => {
  const { exchange, one } = await exampleExchange()
  const request = { ...order('buy', 1, 99), clientId: 'mine' }
  expect(exchange.place(one, request)).toMatchObject({ ok: true })
  expect(exchange.place(one, request)).toMatchObject({ ok: false, refusal: { code: 'duplicateClientId' } })
  exchange.cancel(one, { clientId: 'mine' })
  expect(exchange.place(one, request)).toMatchObject({ ok: true })

  const strict = await exampleExchange({ rules: { ...rules, clientIds: 'ever' } })
  strict.exchange.place(strict.one, request)
  strict.exchange.cancel(strict.one, { clientId: 'mine' })
  expect(strict.exchange.place(strict.one, request)).toMatchObject({
    ok: false,
    refusal: { code: 'duplicateClientId' },
  })
})

test('canceling what is gone says so and shows it; what never was is unknown', async () => {
  const { exchange, one, buy } = await exampleExchange()
  buy(one, 1)
  expect(exchange.cancel(one, { orderId: '1' })).toMatchObject({
    ok: false,
    refusal: { code: 'notOpen' },
    order: { status: 'filled' },
  })
  expect(exchange.cancel(one, { orderId: '77' })).toMatchObject({ ok: false, refusal: { code: 'unknownOrder' } })
})

test.each([
  ['lotSize', order('buy', 0.015)],
  ['invalidQuantity', order('buy', 0)],
  ['minNotional', order('buy', 0.01)],
  ['tickSize', order('buy', 1, 99.95)],
  ['invalidPrice', order('buy', 1, -1)],
  ['priceBand', order('buy', 1, 120)],
  ['insufficientMargin', order('buy', 1_200)],
  ['leverage', { ...order('buy', 1), leverage: 60 }],
  ['maxPosition', { ...order('buy', 600), leverage: 20 }],
  ['positionSideMismatch', { ...order('buy', 1), positionSide: 'long' as const }],
  ['reduceOnlyRejected', { ...order('buy', 1), reduceOnly: true }],
])('an order is refused with %s and leaves nothing behind', async (code, request) => {
  const { exchange, one } = await exampleExchange()
  expect(exchange.place(one, request)).toMatchObject({ ok: false, refusal: { code } })
  expect(exchange.orders(one)).toEqual([])
})
