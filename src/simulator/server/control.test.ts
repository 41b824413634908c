import { expect, test } from 'vitest'
import { instrumentId } from '#model/ids.ts'
import { toMoney } from '#model/money.ts'
import { coin, exampleExchange, order, recordingOf } from '#test/example-exchange.ts'

test('a delisted market cancels orders, settles positions at the mark and empties; its last state stays', async () => {
  const { exchange, one, buy } = await exampleExchange()
  buy(one, 2)
  buy(one, 1, 99)
  exchange.control.delist(coin.id)
  expect(exchange.openOrders(one)).toEqual([])
  expect(exchange.positions(one)).toEqual([])
  expect(exchange.fills(one).at(-1)).toMatchObject({ origin: 'settlement', fee: 0n })
  expect(exchange.instruments()).toEqual([])
  expect(exchange.market(coin.id)).toMatchObject({ state: 'delisted' })
  expect(exchange.market(coin.id)?.book().bids).toEqual([])
  expect(buy(one, 1)).toMatchObject({ ok: false, refusal: { code: 'delisted' } })
})

test('nobody trades in a halted market, and its orders stay', async () => {
  const source = recordingOf(
    [
      [0, 100, 1, 1],
      [5_000, 98, 50, -1],
    ],
    [[0, 99.9, 100.1, 10]],
  )
  const { exchange, timers, one, buy, events } = await exampleExchange({ source })
  buy(one, 1, 99)
  exchange.control.halt(coin.id)
  await timers.advance(6_000)
  expect(buy(one, 1)).toMatchObject({ ok: false, refusal: { code: 'halted' } })
  expect(exchange.fills(one)).toEqual([])
  exchange.control.resume(coin.id)
  expect(exchange.openOrders(one)).toHaveLength(1)
  expect(buy(one, 1)).toMatchObject({ ok: true })
  expect(events.flatMap((event) => (event.type === 'instrument' ? [event.state] : []))).toEqual(['halted', 'trading'])
})

test('a new tick cancels what rests off it, and the book is told on the new grid', async () => {
  const { exchange, one, buy } = await exampleExchange()
  buy(one, 1, 99.5)
  buy(one, 1, 99)
  exchange.control.change(coin.id, { tickSize: 1 })
  expect(exchange.orders(one)).toMatchObject([{ status: 'canceled', reason: 'tickChange' }, { status: 'new' }])
  expect(buy(one, 1, 98.5)).toMatchObject({ ok: false, refusal: { code: 'tickSize' } })
  const book = exchange.market(coin.id)?.book()
  for (const { price } of [...(book?.bids ?? []), ...(book?.asks ?? [])]) expect(price % 1).toBe(0)
})

test('a new listing trades at once', async () => {
  const { exchange, one, events } = await exampleExchange()
  const id = instrumentId('NEW_USDT')
  await exchange.control.list({ ...coin, id, base: 'NEW', symbol: 'NEWUSDT' }, { price: 5 })
  expect(exchange.instruments().map((instrument) => instrument.id)).toEqual([coin.id, id])
  expect(exchange.place(one, { ...order('buy', 10), instrumentId: id })).toMatchObject({
    ok: true,
    value: { status: 'filled' },
  })
  expect(events.some((event) => event.type === 'instrument' && event.change === 'listed')).toBe(true)
})

test('ADL takes part of a position at the mark price, without a fee', async () => {
  const { exchange, one, buy } = await exampleExchange()
  buy(one, 4)
  expect(exchange.control.deleverage(one, coin.id, 'net', 0.5)).toBe(true)
  expect(exchange.fills(one).at(-1)).toMatchObject({ origin: 'adl', quantity: 2, fee: 0n })
  expect(exchange.positions(one)).toMatchObject([{ quantity: 2 }])
})

test('a trade by hand carries no client id', async () => {
  const { exchange, one, buy } = await exampleExchange()
  buy(one, 4)
  exchange.control.trade(one, coin.id, {})
  expect(exchange.positions(one)).toEqual([])
  expect(exchange.orders(one).at(-1)).toMatchObject({ origin: 'manual', clientId: null })
})

test('a transfer moves the wallet and is told', async () => {
  const { exchange, one, events } = await exampleExchange()
  exchange.control.transfer(one, 'USDT', -toMoney(50))
  expect(exchange.balances(one)[0].wallet).toBe(toMoney(9_950))
  expect(events.at(-1)).toMatchObject({ type: 'account', reason: 'transfer', positions: [] })
})

test('keys are made for each exchange anew, and their rights can be changed', async () => {
  const [a, b] = [await exampleExchange(), await exampleExchange()]
  const keyOf = ({ exchange }: typeof a) => exchange.control.accounts()[0].keys[0]
  expect(keyOf(a).apiKey).not.toBe(keyOf(b).apiKey)
  expect(keyOf(a).secret).toMatch(/^[0-9a-f]{32}$/)
  a.exchange.control.setPermissions(keyOf(a).apiKey, { trade: false })
  expect(a.exchange.key(keyOf(a).apiKey)?.permissions).toMatchObject({ read: true, trade: false, withdraw: false })
})

test('a clock that jumps or drifts is told, and what is planned goes by the real one', async () => {
  const { exchange, timers } = await exampleExchange()
  exchange.control.jumpClock(-5_000)
  expect(exchange.now() - timers.now()).toBe(-5_000)
  exchange.control.setDrift(100)
  await timers.advance(100_000)
  expect(exchange.now() - timers.now()).toBe(-4_990)
  let rang = 0
  exchange.after(1_000, () => void rang++)
  await timers.advance(1_000)
  expect(rang).toBe(1)
})

test('a paused market stands still, a faster one plays its recording in less time', async () => {
  const source = recordingOf(
    [
      [0, 100, 1, 1],
      [10_000, 101, 1, 1],
      [20_000, 102, 1, 1],
    ],
    [[0, 99.9, 100.1, 10]],
  )
  const { exchange, timers } = await exampleExchange({ source })
  const last = () => exchange.market(coin.id)?.last()?.price
  exchange.control.pause()
  await timers.advance(15_000)
  expect(last()).toBe(100)
  exchange.control.play()
  exchange.control.setSpeed(10)
  await timers.advance(1_100)
  expect(last()).toBe(101)
  await timers.advance(1_000)
  expect(last()).toBe(102)
})

test('a recording plays again from its start when looping', async () => {
  const source = recordingOf(
    [
      [0, 100, 1, 1],
      [10_000, 101, 1, 1],
    ],
    [],
  )
  const { exchange, timers } = await exampleExchange({ source, play: { loop: true } })
  await timers.advance(60_000)
  const prices =
    exchange
      .market(coin.id)
      ?.trades(100)
      .map(({ price }) => price) ?? []
  expect(prices.length).toBeGreaterThan(6)
  expect(prices.slice(0, 4)).toEqual([100, 101, 100, 101])
})

test('the start of the recording can be told as the past', async () => {
  const source = recordingOf(
    [
      [0, 90, 1, 1],
      [60_000, 95, 2, 1],
      [125_000, 100, 1, 1],
    ],
    [[0, 99.9, 100.1, 10]],
  )
  const { exchange } = await exampleExchange({ source, play: { loop: false, historyMs: 120_000 } })
  const market = exchange.market(coin.id)
  const bars = market?.bars(60_000) ?? []
  expect(bars.map(({ open, close, volume, closed }) => [open, close, volume, closed])).toEqual([
    [90, 90, 1, true],
    [95, 95, 2, true],
    [95, 95, 0, false],
  ])
  expect(market?.day()).toMatchObject({ open: 90, high: 95, low: 90, last: 95, volume: 3 })
})
