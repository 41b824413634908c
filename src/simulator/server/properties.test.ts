import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { snapQuantity } from '#model/instrument.ts'
import { toMoney, toNumber } from '#model/money.ts'
import { generateMarket } from '../simulator.ts'
import { coin, exampleExchange, order, recordingOf, rules, type QuoteRow, type Row } from '#test/example-exchange.ts'

type Step =
  | {
      readonly do: 'market' | 'limit'
      readonly who: 0 | 1
      readonly buy: boolean
      readonly lots: number
      readonly ticks: number
    }
  | { readonly do: 'stop'; readonly who: 0 | 1; readonly buy: boolean; readonly lots: number; readonly ticks: number }
  | { readonly do: 'cancel' | 'wait' | 'reduce' | 'adl' | 'fund'; readonly who: 0 | 1; readonly lots: number }

const who = fc.constantFrom(0 as const, 1 as const)
const lots = fc.integer({ min: 1, max: 6_000 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom('market' as const, 'limit' as const, 'stop' as const),
    who,
    buy: fc.boolean(),
    lots,
    ticks: fc.integer({ min: -60, max: 60 }),
  }),
  fc.record({
    do: fc.constantFrom('cancel' as const, 'wait' as const, 'reduce' as const, 'adl' as const, 'fund' as const),
    who,
    lots,
  }),
)

/** A walk of 40 prints, some of them far, with the quotes behind them. */
const walk = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 40, maxLength: 40 }).map((moves) => {
  const trades: Row[] = [[0, 100, 5, 1]]
  const quotes: QuoteRow[] = [[0, 99.9, 100.1, 20]]
  let ticks = 1_000
  for (const [index, move] of moves.entries()) {
    ticks = Math.max(500, ticks + move)
    const price = Number((ticks / 10).toFixed(1))
    trades.push([500 * (index + 1), price, 8, move > 0 ? 1 : -1])
    quotes.push([500 * (index + 1) + 1, Number((price - 0.1).toFixed(1)), Number((price + 0.1).toFixed(1)), 20])
  }
  return recordingOf(trades, quotes)
})

async function run(source: ReturnType<typeof recordingOf>, steps: readonly Step[], marginMode: 'cross' | 'isolated') {
  const example = await exampleExchange({ source, rules: { ...rules, marginMode, leverage: 20 } })
  const { exchange, timers } = example
  const accounts = [example.one, example.two]
  for (const step of steps) {
    const account = accounts[step.who]
    const quantity = snapQuantity(coin, step.lots * coin.lotSize)
    if (step.do === 'market') exchange.place(account, order(step.buy ? 'buy' : 'sell', quantity))
    if (step.do === 'limit' || step.do === 'stop') {
      const price = Number(((exchange.market(coin.id)?.top()?.bid ?? 100) + step.ticks / 10).toFixed(1))
      const side = step.buy ? 'buy' : 'sell'
      if (step.do === 'limit') exchange.place(account, order(side, quantity, price))
      else
        exchange.placeConditional(account, {
          instrumentId: coin.id,
          side,
          kind: 'stopMarket',
          triggerPrice: price,
          quantity,
        })
    }
    if (step.do === 'reduce') {
      const [position] = exchange.positions(account)
      if (position !== undefined)
        exchange.place(account, { ...order(position.quantity > 0 ? 'sell' : 'buy', quantity), reduceOnly: true })
    }
    if (step.do === 'cancel') exchange.cancelAll(account)
    if (step.do === 'adl') exchange.control.deleverage(account, coin.id, 'net', 0.3)
    if (step.do === 'fund') exchange.control.settleFunding(coin.id, 0.001)
    if (step.do === 'wait') await timers.advance(step.lots)
    checkBooks(example)
  }
  await timers.advance(25_000)
  checkBooks(example)
  return example
}

function checkBooks({ exchange, one, two }: Awaited<ReturnType<typeof exampleExchange>>): void {
  const top = exchange.market(coin.id)?.top()
  if (top) expect(top.ask).toBeGreaterThan(top.bid)
  for (const account of [one, two]) {
    const [balance] = exchange.balances(account)
    const fills = exchange.fills(account)
    // the wallet is the sum of what was posted, and that is what the fills and fundings say
    expect(exchange.income(account).reduce((sum, { amount }) => sum + amount, 0n)).toBe(balance.wallet)
    const traded = fills.reduce((sum, { fee, realizedProfit }) => sum + realizedProfit - fee, toMoney(10_000))
    const rest = exchange.income(account).filter(({ kind }) => kind === 'funding' || kind === 'insuranceClear')
    expect(rest.reduce((sum, { amount }) => sum + amount, traded)).toBe(balance.wallet)
    // the position is the sum of the fills
    const held = fills.reduce(
      (sum, { side, quantity }) => snapQuantity(coin, sum + (side === 'buy' ? quantity : -quantity)),
      0,
    )
    const positions = exchange.positions(account)
    expect(positions.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(held)
    // what is held carries itself: otherwise it would have been liquidated
    for (const position of positions) {
      const left =
        position.marginMode === 'isolated'
          ? toNumber(position.isolatedMargin) + toNumber(position.unrealizedProfit)
          : toNumber(balance.equity)
      expect(left).toBeGreaterThan(0)
    }
    for (const open of exchange.openOrders(account)) {
      const own = fills.filter(({ orderId }) => orderId === open.orderId)
      expect(own.reduce((sum, { quantity }) => snapQuantity(coin, sum + quantity), 0)).toBe(open.filledQuantity)
    }
  }
}

test('wallets and positions are what fills and postings say, books never cross, and nobody holds what he cannot carry', async () => {
  expect.hasAssertions()
  await fc.assert(
    fc.asyncProperty(
      walk,
      fc.array(step, { maxLength: 25 }),
      fc.constantFrom('cross' as const, 'isolated' as const),
      async (source, steps, mode) => {
        await run(source, steps, mode)
      },
    ),
    { numRuns: 60 },
  )
})

test('equal seeds and requests give equal events, books and fills', async () => {
  await fc.assert(
    fc.asyncProperty(walk, fc.array(step, { maxLength: 12 }), async (source, steps) => {
      const [a, b] = [await run(source, steps, 'cross'), await run(source, steps, 'cross')]
      expect(b.events).toEqual(a.events)
      expect(b.exchange.market(coin.id)?.book()).toEqual(a.exchange.market(coin.id)?.book())
    }),
    { numRuns: 10 },
  )
})

test('the log of level changes leads from any snapshot to the present book', async () => {
  const source = generateMarket({ seed: 3, instruments: 1, days: 1 })
  const [instrument] = source.instruments
  const { exchange, timers } = await exampleExchange({ source })
  const market = exchange.market(instrument.id)
  if (market === undefined) throw new Error('no market')
  const { version, bids, asks } = market.book()
  const levels = {
    bid: new Map(bids.map(({ price, size }) => [price, size])),
    ask: new Map(asks.map(({ price, size }) => [price, size])),
  }
  await timers.advance(120_000)
  const changes = market.changesAfter(version)
  expect(changes?.map((change) => change.version)).toEqual(changes?.map((_, index) => version + 1 + index))
  for (const { side, price, size } of changes ?? []) {
    if (size === 0) levels[side].delete(price)
    else levels[side].set(price, size)
  }
  const told = (rows: readonly { price: number; size: number }[]) => rows.map(({ price, size }) => [price, size])
  const sorted = (side: Map<number, number>, sign: number) => [...side].toSorted((a, b) => sign * (a[0] - b[0]))
  expect(sorted(levels.bid, -1)).toEqual(told(market.book().bids))
  expect(sorted(levels.ask, 1)).toEqual(told(market.book().asks))
  expect(market.staleBook(60_000).version).toBeLessThan(market.book().version)
})

test('a book as it was a while ago is the book that was told then', async () => {
  const source = generateMarket({ seed: 4, instruments: 1, days: 1 })
  const [instrument] = source.instruments
  const { exchange, timers } = await exampleExchange({ source })
  await timers.advance(30_000)
  const then = exchange.market(instrument.id)?.book()
  await timers.advance(20_000)
  expect(exchange.market(instrument.id)?.staleBook(20_000)).toEqual(then)
})
