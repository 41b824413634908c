import { expect, test } from 'vitest'
import { toMoney } from '#model/money.ts'
import { coin, exampleExchange, order, recordingOf, rules, type QuoteRow, type Row } from '#test/example-exchange.ts'

/** A market that falls (or rises) to `price` after five seconds and stays. */
const moving = (price: number) =>
  recordingOf(
    [
      [0, 100, 1, 1],
      [5_000, price, 1, -1],
    ] satisfies Row[],
    [
      [0, 99.9, 100.1, 10_000],
      [4_900, price - 0.1, price + 0.1, 10_000],
    ] satisfies QuoteRow[],
  )

test('a position holds what was bought at what it cost; closing it books the profit and both fees', async () => {
  const { exchange, one, buy, sell } = await exampleExchange()
  buy(one, 4)
  expect(exchange.positions(one)).toMatchObject([{ quantity: 4, entryPrice: 100.1, leverage: 10, marginMode: 'cross' }])
  sell(one, 4)
  expect(exchange.positions(one)).toEqual([])
  expect(exchange.income(one).map(({ kind, amount }) => [kind, amount])).toEqual([
    ['transfer', toMoney(10_000)],
    ['fee', -toMoney(0.2002)],
    ['realizedProfit', -toMoney(0.8)],
    ['fee', -toMoney(0.1998)],
  ])
  expect(exchange.balances(one)).toMatchObject([{ wallet: toMoney(9_998.8), available: toMoney(9_998.8) }])
  expect(exchange.closedPositions(one)).toMatchObject([
    { quantity: 0, closedQuantity: 4, realizedProfit: -toMoney(0.8) },
  ])
})

test('a sell beyond what is held flips the position in one-way mode', async () => {
  const { exchange, one, buy, sell } = await exampleExchange()
  buy(one, 2)
  sell(one, 5)
  expect(exchange.positions(one)).toMatchObject([{ quantity: -3, entryPrice: 99.9 }])
})

test('hedge mode holds long and short apart, and the side that closes reserves the position where the venue freezes it', async () => {
  const { exchange, one } = await exampleExchange({
    rules: { ...rules, positionMode: 'hedge', closingOrders: 'freeze' },
  })
  exchange.place(one, { ...order('buy', 4), positionSide: 'long' })
  exchange.place(one, { ...order('sell', 3), positionSide: 'short' })
  expect(exchange.positions(one)).toMatchObject([
    { positionSide: 'long', quantity: 4 },
    { positionSide: 'short', quantity: -3 },
  ])
  expect(exchange.place(one, { ...order('sell', 3, 101), positionSide: 'long' })).toMatchObject({ ok: true })
  expect(exchange.positions(one)[0].frozenQuantity).toBe(3)
  expect(exchange.place(one, { ...order('sell', 2, 101), positionSide: 'long' })).toMatchObject({
    ok: false,
    refusal: { code: 'noPosition' },
  })
})

test('a reduce-only order closes no more than there is, and leaves the book with the position', async () => {
  const { exchange, one, buy, sell } = await exampleExchange()
  buy(one, 2)
  expect(exchange.place(one, { ...order('sell', 5, 101), reduceOnly: true })).toMatchObject({ ok: true })
  expect(exchange.place(one, { ...order('sell', 5), reduceOnly: true })).toMatchObject({
    ok: true,
    value: { status: 'filled', filledQuantity: 2 },
  })
  expect(exchange.orders(one)).toContainEqual(
    expect.objectContaining({ price: 101, status: 'canceled', reason: 'positionGone' }),
  )
  sell(one, 1)
  expect(exchange.positions(one)).toMatchObject([{ quantity: -1 }])
})

test('the mode changes only without orders and positions', async () => {
  const { exchange, one, buy } = await exampleExchange()
  buy(one, 1)
  expect(exchange.setPositionMode(one, 'hedge')).toMatchObject({ ok: false, refusal: { code: 'openPosition' } })
  expect(exchange.setMarginMode(one, coin.id, 'isolated')).toMatchObject({
    ok: false,
    refusal: { code: 'openPosition' },
  })
  expect(exchange.setMarginMode(one, coin.id, 'cross')).toMatchObject({ ok: false, refusal: { code: 'noChange' } })
})

test('leverage is limited by the tier, and changes the margin of an isolated position', async () => {
  const { exchange, one } = await exampleExchange({ rules: { ...rules, marginMode: 'isolated' } })
  exchange.place(one, order('buy', 9.99))
  expect(exchange.positions(one)).toMatchObject([{ isolatedMargin: toMoney(99.9999) }])
  expect(exchange.setLeverage(one, coin.id, 51)).toMatchObject({ ok: false, refusal: { code: 'leverage' } })
  exchange.setLeverage(one, coin.id, 20)
  expect(exchange.positions(one)).toMatchObject([{ isolatedMargin: toMoney(49.99995), leverage: 20 }])
})

test('an isolated position is liquidated on the mark price, at its bankruptcy price, and loses its margin and the fees only', async () => {
  const { exchange, timers, one, buy, events } = await exampleExchange({
    source: moving(85),
    rules: { ...rules, marginMode: 'isolated' },
  })
  buy(one, 10)
  const [{ liquidationPrice }] = exchange.positions(one)
  expect(liquidationPrice).toBeCloseTo(91.05, 1)
  await timers.advance(120_000)
  expect(exchange.positions(one)).toEqual([])
  const forced = events.find((event) => event.type === 'forced')
  expect(forced?.order).toMatchObject({ origin: 'liquidation', side: 'sell', status: 'filled', price: 90 })
  const [{ wallet }] = exchange.balances(one)
  const lost = exchange.income(one).filter(({ kind }) => kind === 'realizedProfit')
  expect(lost.map(({ amount }) => amount)).toEqual([-toMoney(101)])
  expect(wallet).toBe(exchange.income(one).reduce((sum, { amount }) => sum + amount, 0n))
})

test('a cross account is liquidated tier by tier when its equity no longer carries it, orders first', async () => {
  const { exchange, timers, one, buy, events } = await exampleExchange({ source: moving(80) })
  buy(one, 600)
  buy(one, 10, 70)
  await timers.advance(120_000)
  expect(exchange.positions(one)).toEqual([])
  expect(exchange.orders(one)).toContainEqual(expect.objectContaining({ price: 70, reason: 'liquidated' }))
  expect(events.filter(({ type }) => type === 'forced').length).toBeGreaterThan(1)
  expect(exchange.balances(one)[0].wallet).toBeGreaterThanOrEqual(0n)
})

test('a warning comes before the liquidation, once', async () => {
  const { timers, one, buy, events } = await exampleExchange({
    source: moving(91.2),
    rules: { ...rules, marginMode: 'isolated' },
  })
  buy(one, 10)
  await timers.advance(120_000)
  expect(events.filter(({ type }) => type === 'liquidationRisk')).toHaveLength(1)
})

test('funding is settled at the instant of the venue: longs pay a positive rate, shorts get it', async () => {
  const { exchange, timers, one, two, buy, sell, events } = await exampleExchange({
    source: recordingOf([[0, 100, 1, 1]], [[0, 99.9, 100.1, 10_000]]),
  })
  buy(one, 10)
  sell(two, 10)
  await timers.advance(600_000)
  const [paid] = exchange.income(one).filter(({ kind }) => kind === 'funding')
  const [got] = exchange.income(two).filter(({ kind }) => kind === 'funding')
  expect(paid).toMatchObject({ amount: -toMoney(0.1), rate: 0.0001, quantity: 10, time: Date.UTC(2026, 10, 21, 16) })
  expect(got.amount).toBe(toMoney(0.1))
  expect(events.filter(({ type }) => type === 'funding')).toHaveLength(1)
})

test('a stop triggers on its price and closes the position; its life ends with its order', async () => {
  const { exchange, timers, one, buy, events } = await exampleExchange({ source: moving(95) })
  buy(one, 2)
  exchange.placeConditional(one, {
    instrumentId: coin.id,
    side: 'sell',
    kind: 'stopMarket',
    triggerPrice: 97,
    quantity: 2,
    reduceOnly: true,
    clientId: 'stop',
  })
  expect(exchange.openConditionals(one)).toMatchObject([{ status: 'new', direction: 'below' }])
  await timers.advance(6_000)
  expect(exchange.positions(one)).toEqual([])
  expect(exchange.conditional(one, { clientId: 'stop' })).toMatchObject({ status: 'finished', orderId: '2' })
  const statuses = events.flatMap((event) => (event.type === 'conditional' ? [event.order.status] : []))
  expect(statuses).toEqual(['new', 'triggered', 'finished'])
})

test('a stop by mark price does not see a single print', async () => {
  const { exchange, timers, one, buy } = await exampleExchange({
    source: recordingOf(
      [
        [0, 100, 1, 1],
        [5_000, 95, 1, -1],
      ],
      [
        [0, 99.9, 100.1, 10_000],
        [5_001, 99.9, 100.1, 10_000],
      ],
    ),
  })
  buy(one, 2)
  const stop = { instrumentId: coin.id, side: 'sell', kind: 'stopMarket', triggerPrice: 97, quantity: 1 } as const
  exchange.placeConditional(one, { ...stop, trigger: 'mark', clientId: 'mark' })
  exchange.placeConditional(one, { ...stop, trigger: 'last', clientId: 'last' })
  await timers.advance(8_000)
  expect(exchange.conditional(one, { clientId: 'mark' })?.status).toBe('new')
  expect(exchange.conditional(one, { clientId: 'last' })?.status).toBe('finished')
})

test('a stop that would trigger at once is refused where asked so', async () => {
  const { exchange, one } = await exampleExchange()
  const refused = exchange.placeConditional(one, {
    instrumentId: coin.id,
    side: 'sell',
    kind: 'stopMarket',
    triggerPrice: 101,
    quantity: 1,
    refuseReached: true,
  })
  expect(refused).toMatchObject({ ok: false, refusal: { code: 'wouldTrigger' } })
})

test('a conditional order for the whole position expires when the position is gone', async () => {
  const { exchange, one, buy, sell } = await exampleExchange()
  buy(one, 2)
  exchange.placeConditional(one, {
    instrumentId: coin.id,
    side: 'sell',
    kind: 'takeProfitMarket',
    triggerPrice: 110,
    closePosition: true,
  })
  sell(one, 2)
  expect(exchange.conditionals(one)).toMatchObject([{ status: 'expired', reason: 'positionGone' }])
})

test('the countdown cancels what is open unless it is renewed', async () => {
  const { exchange, timers, one, buy } = await exampleExchange()
  buy(one, 1, 99)
  exchange.countdown(one, coin.id, 5_000)
  await timers.advance(4_000)
  exchange.countdown(one, coin.id, 5_000)
  await timers.advance(4_000)
  expect(exchange.openOrders(one)).toHaveLength(1)
  await timers.advance(1_500)
  expect(exchange.orders(one)).toMatchObject([{ status: 'canceled', reason: 'countdown' }])
})
