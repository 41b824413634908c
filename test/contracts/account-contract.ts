import type { OrderId } from '#model/ids.ts'
import { toMoney } from '#model/money.ts'
import type { Order } from '#model/order.ts'
import type { FillCursor, FillReport } from '#model/venue.ts'
import { assert } from 'vitest'
import { type AccountView, viewOf } from './account-view.ts'
import { type Bench, coinId, nextOrderId, order } from './bench.ts'
import type { Promised } from './venue.ts'

const limit = (price: number, changes: Partial<Order> = {}): Order => order({ type: 'limit', price, ...changes })
const stop = (stopPrice: number, changes: Partial<Order> = {}): Order =>
  order({
    type: 'stopMarket',
    purpose: 'stopLoss',
    side: 'sell',
    stopPrice,
    trigger: 'last',
    reduceOnly: true,
    ...changes,
  })
const known = ({ events }: Bench): AccountView => viewOf(events)
const ending = (bench: Bench, id: OrderId): string | undefined => known(bench).endings.get(id)?.ending
const position = ({ exchange, accountId }: Bench): number =>
  exchange.positions(accountId, coinId).reduce((sum, { quantity }) => sum + quantity, 0)
const filled = (bench: Bench, { orderId }: Order, quantity: number): Promise<boolean> =>
  bench.clock.until(() => known(bench).filledOf(orderId) === quantity, 20_000)
const ended = (bench: Bench, { orderId }: Order): Promise<boolean> =>
  bench.clock.until(() => ending(bench, orderId) !== undefined, 20_000)

async function open(bench: Bench, quantity = 0.5): Promise<Order> {
  const entry = order({ quantity })
  await bench.submit(entry)
  assert.isTrue(await filled(bench, entry, quantity), 'the entry was not told as filled')
  return entry
}

/** Orders and the account: what is told is what the exchange's books say. */
export const accountContract: readonly Promised[] = [
  {
    operation: 'submit market',
    expectation: 'is accepted and filled, with every trade’s price, size and fee',
    async check(bench) {
      const entry = await open(bench)
      assert.isTrue(known(bench).accepted.has(entry.orderId))
      const own = bench.exchange.fills(bench.accountId)
      const told = [...known(bench).fills.values()]
      assert.deepEqual(
        told.map(({ price, quantity, fee, liquidity }) => ({ price, quantity, fee, liquidity })),
        own.map(({ price, quantity, fee, liquidity }) => ({ price, quantity, fee, liquidity })),
      )
      assert.equal(position(bench), 0.5)
    },
  },
  {
    operation: 'submit limit',
    expectation: 'rests, and fills as maker when the market comes',
    async check(bench) {
      const resting = limit(99.5)
      await bench.submit(resting)
      assert.isTrue(known(bench).accepted.has(resting.orderId))
      assert.equal(known(bench).filledOf(resting.orderId), 0)
      bench.quote(99.2, 99.4, 20)
      assert.isTrue(await filled(bench, resting, 0.5))
      assert.isTrue([...known(bench).fills.values()].every(({ liquidity }) => liquidity === 'maker'))
    },
  },
  {
    operation: 'submit post-only',
    expectation: 'rests where it does not cross',
    async check(bench) {
      const resting = limit(99.5, { timeInForce: 'postOnly' })
      await bench.submit(resting)
      await bench.clock.run(3_000)
      assert.equal(ending(bench, resting.orderId), undefined)
      assert.equal(bench.exchange.openOrders(bench.accountId).length, 1)
    },
  },
  {
    operation: 'submit post-only',
    expectation: 'ends without a fill where it would cross',
    async check(bench) {
      const crossing = limit(100.5, { timeInForce: 'postOnly' })
      await bench.submit(crossing)
      assert.isTrue(await ended(bench, crossing))
      assert.equal(known(bench).filledOf(crossing.orderId), 0)
      assert.equal(bench.exchange.openOrders(bench.accountId).length, 0)
    },
  },
  {
    operation: 'submit IOC',
    expectation: 'takes what is there and expires with the rest',
    async check(bench) {
      bench.quote(99.9, 100.1, 2)
      const taker = limit(100.1, { timeInForce: 'ioc', quantity: 5 })
      await bench.submit(taker)
      assert.isTrue(await ended(bench, taker))
      assert.equal(ending(bench, taker.orderId), 'expired')
      assert.equal(known(bench).filledOf(taker.orderId), 2)
    },
  },
  {
    operation: 'submit FOK',
    expectation: 'fills whole or ends without a fill',
    async check(bench) {
      bench.quote(99.9, 100.1, 2)
      const whole = limit(100.1, { timeInForce: 'fok', quantity: 1 })
      await bench.submit(whole)
      assert.isTrue(await filled(bench, whole, 1))
      const tooLarge = limit(100.1, { timeInForce: 'fok', quantity: 40 })
      await bench.submit(tooLarge)
      assert.isTrue(await ended(bench, tooLarge))
      assert.equal(known(bench).filledOf(tooLarge.orderId), 0)
    },
  },
  {
    operation: 'submit reduce-only',
    expectation: 'closes a position',
    async check(bench) {
      await open(bench)
      const exit = order({ side: 'sell', purpose: 'exit', reduceOnly: true })
      await bench.submit(exit)
      assert.isTrue(await filled(bench, exit, 0.5))
      assert.equal(position(bench), 0)
    },
  },
  {
    operation: 'submit reduce-only',
    expectation: 'never opens one',
    async check(bench) {
      const exit = order({ side: 'sell', purpose: 'exit', reduceOnly: true })
      await bench.submit(exit)
      assert.isTrue(await ended(bench, exit))
      assert.equal(known(bench).filledOf(exit.orderId), 0)
      assert.equal(position(bench), 0)
    },
  },
  {
    operation: 'submit stop-market',
    expectation: 'rests, triggers, and its fill is the stop’s own',
    async check(bench) {
      await open(bench)
      const loss = stop(98)
      await bench.submit(loss)
      assert.isTrue(known(bench).accepted.has(loss.orderId))
      await bench.clock.run(2_000)
      assert.equal(known(bench).filledOf(loss.orderId), 0)
      bench.quote(97.4, 97.6)
      bench.print(97.5, 3, -1)
      assert.isTrue(await filled(bench, loss, 0.5))
      assert.equal(position(bench), 0)
    },
  },
  {
    operation: 'submit take-profit',
    expectation: 'triggers on the other side',
    async check(bench) {
      await open(bench)
      const profit = stop(103, { purpose: 'takeProfit' })
      await bench.submit(profit)
      await bench.clock.run(2_000)
      assert.equal(position(bench), 0.5)
      bench.quote(103.4, 103.6)
      bench.print(103.5, 3, 1)
      assert.isTrue(await filled(bench, profit, 0.5))
      assert.equal(position(bench), 0)
    },
  },
  {
    operation: 'submit refused',
    expectation: 'what the account cannot pay is rejected, with a code, and does not exist',
    async check(bench) {
      const huge = order({ quantity: 9_000, leverage: 2 })
      await bench.submit(huge)
      assert.isTrue(await ended(bench, huge))
      assert.equal(ending(bench, huge.orderId), 'rejected')
      assert.notEqual(known(bench).endings.get(huge.orderId)?.code, '')
      assert.equal(position(bench), 0)
    },
  },
  {
    operation: 'partial fills',
    expectation: 'are told one by one and add up',
    async check(bench) {
      const resting = limit(99.5, { quantity: 3 })
      await bench.submit(resting)
      const before = bench.exchange.fills(bench.accountId).length
      for (const price of [99.4, 99.3, 99.2]) {
        bench.print(price, 1, -1)
        await bench.clock.run(1_500)
      }
      assert.isTrue(await filled(bench, resting, 3))
      assert.equal(bench.exchange.fills(bench.accountId).length - before, 3)
      assert.equal(known(bench).fills.size, 3)
    },
  },
  {
    operation: 'cancel',
    expectation: 'of a resting order is asked for, and told when it happened',
    async check(bench) {
      const resting = limit(99)
      await bench.submit(resting)
      assert.equal(await bench.clock.wait(bench.account.cancel(resting)), 'requested')
      assert.isTrue(await ended(bench, resting))
      assert.equal(ending(bench, resting.orderId), 'canceled')
      assert.equal(bench.exchange.openOrders(bench.accountId).length, 0)
    },
  },
  {
    operation: 'cancel',
    expectation: 'of a stop cancels it',
    async check(bench) {
      await open(bench)
      const loss = stop(95)
      await bench.submit(loss)
      assert.equal(await bench.clock.wait(bench.account.cancel(loss)), 'requested')
      assert.isTrue(await ended(bench, loss))
      assert.equal(bench.exchange.openConditionals(bench.accountId).length, 0)
    },
  },
  {
    operation: 'cancel',
    expectation: 'of a filled order finds it gone',
    async check(bench) {
      const entry = await open(bench)
      await bench.clock.run(2_000)
      assert.equal(await bench.clock.wait(bench.account.cancel(entry)), 'gone')
    },
  },
  {
    operation: 'cancelAll',
    expectation: 'leaves neither orders nor stops',
    async check(bench) {
      await open(bench)
      const resting = [limit(98), limit(97), stop(90)]
      for (const one of resting) await bench.submit(one)
      await bench.clock.wait(bench.account.cancelAll(coinId))
      for (const one of resting) assert.isTrue(await ended(bench, one))
      assert.equal(bench.exchange.openOrders(bench.accountId).length, 0)
      assert.equal(bench.exchange.openConditionals(bench.accountId).length, 0)
    },
  },
  {
    operation: 'findOrder',
    expectation: 'finds open, filled and canceled ones by our id, and null for what never was',
    async check(bench) {
      const { account, clock } = bench
      const entry = await open(bench)
      const resting = limit(98)
      const withdrawn = limit(97)
      await bench.submit(resting)
      await bench.submit(withdrawn)
      await clock.wait(account.cancel(withdrawn))
      await clock.run(1_000)
      const status = async (one: Order): Promise<unknown> => (await clock.wait(account.findOrder(one)))?.status
      assert.equal(await status(entry), 'filled')
      assert.equal(await status(resting), 'accepted')
      assert.equal(await status(withdrawn), 'canceled')
      assert.equal(await clock.wait(account.findOrder(limit(96))), null)
    },
  },
  {
    operation: 'openOrders',
    expectation: 'lists resting orders and stops with our ids and base sizes',
    async check(bench) {
      await open(bench)
      const resting = limit(98, { quantity: 0.75 })
      const loss = stop(90)
      await bench.submit(resting)
      await bench.submit(loss)
      const rows = await bench.clock.wait(bench.account.openOrders(coinId))
      const row = (id: OrderId) => rows.find(({ orderId }) => orderId === id)
      assert.equal(rows.length, 2)
      assert.deepInclude(row(resting.orderId), { type: 'limit', side: 'buy', quantity: 0.75, price: 98 })
      assert.deepInclude(row(loss.orderId), { type: 'stopMarket', side: 'sell', quantity: 0.5, stopPrice: 90 })
    },
  },
  {
    operation: 'fills',
    expectation: 'by cursor are neither lost nor told twice',
    async check(bench) {
      const seen: FillReport[] = []
      let cursor: FillCursor | null = null
      const read = async (): Promise<void> => {
        for (;;) {
          const page = await bench.clock.wait(bench.account.fills(coinId, cursor))
          seen.push(...page.fills)
          cursor = page.next
          if (page.fills.length === 0) return
        }
      }
      for (let count = 0; count < 6; count++) {
        await open(bench, (1 + count) / 10)
        if (count % 2 === 0) await read()
      }
      await bench.clock.run(2_000)
      await read()
      const own = bench.exchange.fills(bench.accountId)
      assert.equal(new Set(seen.map(({ tradeId }) => tradeId)).size, seen.length)
      assert.deepEqual(
        seen.map(({ price, quantity, fee }) => ({ price, quantity, fee })),
        own.map(({ price, quantity, fee }) => ({ price, quantity, fee })),
      )
      assert.isTrue(seen.every(({ orderId }) => orderId !== null))
      const told = known(bench).fills
      assert.isTrue(seen.every(({ tradeId }) => told.has(tradeId)))
    },
  },
  {
    operation: 'positions',
    expectation: 'are signed base quantities with entry, leverage and mode',
    async check(bench) {
      await open(bench, 0.7)
      const [row] = await bench.clock.wait(bench.account.positions())
      const [own] = bench.exchange.positions(bench.accountId)
      assert.equal(row.quantity, 0.7)
      assert.closeTo(row.entryPrice, own.entryPrice, 1e-6)
      assert.equal(row.marginMode, own.marginMode)
      assert.equal(row.leverage, own.leverage)
      const short = order({ side: 'sell', purpose: 'exit', reduceOnly: true, quantity: 0.7 })
      await bench.submit(short)
      await bench.submit(order({ side: 'sell', quantity: 0.3 }))
      await bench.clock.run(2_000)
      const after = await bench.clock.wait(bench.account.positions())
      assert.equal(after.find(({ quantity }) => quantity !== 0)?.quantity, -0.3)
    },
  },
  {
    operation: 'balances',
    expectation: 'are the wallet to the last unit, after fills and fees',
    async check(bench) {
      await open(bench, 0.37)
      bench.quote(101.3, 101.5)
      const exit = order({ side: 'sell', purpose: 'exit', reduceOnly: true, quantity: 0.37 })
      await bench.submit(exit)
      assert.isTrue(await filled(bench, exit, 0.37))
      await bench.clock.run(5_000)
      const row = (await bench.clock.wait(bench.account.balances())).find(({ currency }) => currency === 'USDT')
      const [own] = bench.exchange.balances(bench.accountId)
      assert.equal(row?.wallet, own.wallet)
      assert.equal(known(bench).wallet.get('USDT'), own.wallet)
      const booked = bench.exchange.income(bench.accountId).reduce((sum, { amount }) => sum + amount, 0n)
      assert.equal(own.wallet, booked)
      const gross = toMoney(0.37 * (101.3 - 100.1))
      const fees = [...known(bench).fills.values()].reduce((sum, { fee }) => sum + fee, 0n)
      assert.equal(own.wallet, toMoney(10_000) + gross - fees)
    },
  },
  {
    operation: 'configure',
    expectation: 'sets leverage and margin mode, also twice',
    async check(bench) {
      for (let time = 0; time < 2; time++)
        await bench.clock.wait(bench.account.configure(coinId, { leverage: 7, marginMode: 'isolated' }))
      await bench.submit(order({ leverage: 7 }))
      await bench.clock.run(2_000)
      const [own] = bench.exchange.positions(bench.accountId)
      assert.deepInclude(own, { leverage: 7, marginMode: 'isolated' })
    },
  },
  {
    operation: 'fees',
    expectation: 'are the account’s own',
    async check(bench) {
      const { maker, taker } = await bench.clock.wait(bench.account.fees(coinId))
      const own = bench.exchange.fees(bench.accountId, coinId)
      assert.deepEqual({ maker, taker }, { maker: own.maker, taker: own.taker })
    },
  },
  {
    operation: 'riskTiers',
    expectation: 'are the instrument’s, ascending, without end',
    async check(bench) {
      const tiers = await bench.clock.wait(bench.account.riskTiers(coinId))
      const own = bench.exchange.tiers(coinId)
      assert.deepEqual(
        tiers.map(({ maintenanceRate, maxLeverage }) => ({ maintenanceRate, maxLeverage })),
        own.map(({ maintenanceRate, maxLeverage }) => ({ maintenanceRate, maxLeverage })),
      )
      assert.equal(tiers.at(-1)?.notionalCap, Infinity)
    },
  },
  {
    operation: 'fundingPaid',
    expectation: 'is what was booked, positive when we paid',
    async check(bench) {
      const from = bench.clock.now()
      await open(bench, 1)
      await bench.clock.run(150_000)
      const [own] = bench.exchange.income(bench.accountId).filter(({ kind }) => kind === 'funding')
      assert.isDefined(own)
      const paid = await bench.clock.wait(bench.account.fundingPaid(coinId, from))
      assert.deepEqual(
        paid.map(({ amount }) => amount),
        [-own.amount],
      )
      const wallet = (await bench.clock.wait(bench.account.balances())).find(({ currency }) => currency === 'USDT')
      assert.equal(wallet?.wallet, bench.exchange.balances(bench.accountId)[0].wallet)
    },
  },
  {
    operation: 'inspect',
    expectation: 'tells permissions and mode',
    async check(bench) {
      const report = await bench.clock.wait(bench.account.inspect())
      assert.equal(report.permissions.read, 'yes')
      assert.equal(report.permissions.trade, 'yes')
      assert.notEqual(report.permissions.withdraw, 'yes')
      assert.equal(report.positionMode, bench.exchange.positionMode(bench.accountId))
    },
  },
  {
    operation: 'submit twice',
    expectation: 'under one id makes one order',
    async check(bench) {
      const resting = limit(98)
      await bench.submit(resting)
      await bench.submit(resting)
      await bench.clock.run(20_000)
      assert.equal(bench.exchange.openOrders(bench.accountId).length, 1)
      assert.equal(ending(bench, resting.orderId), undefined)
    },
  },
  {
    operation: 'forced close',
    expectation: 'is told with its price and fee, by fills with its cause',
    async check(bench) {
      await open(bench, 1)
      bench.exchange.control.liquidate(bench.accountId, coinId)
      assert.isTrue(await bench.clock.until(() => known(bench).forced.length > 0, 5_000))
      const own = bench.exchange.fills(bench.accountId).find(({ origin }) => origin === 'liquidation')
      assert.equal(known(bench).forced[0].price, own?.price)
      assert.equal(known(bench).forced[0].quantity, 1)
      const page = await bench.clock.wait(bench.account.fills(coinId, null))
      assert.equal(page.fills.at(-1)?.forced, 'liquidation')
      await bench.clock.run(3_000)
      assert.equal(known(bench).wallet.get('USDT'), bench.exchange.balances(bench.accountId)[0].wallet)
    },
  },
  {
    operation: 'events',
    expectation: 'may come twice and in any order: what is known is the same',
    exempt: { 'in-process': 'there is no wire' },
    given: {
      faults: [
        { place: 'ws-duplicate', kind: 'duplicate', probability: 0.5, value: 2, match: { socket: 'private' } },
        { place: 'ws-reorder', kind: 'swap', probability: 0.3, match: { socket: 'private' } },
      ],
    },
    async check(bench) {
      const resting = limit(99.5, { quantity: 2, orderId: nextOrderId() })
      await open(bench)
      await bench.submit(resting)
      bench.print(99.4, 1, -1)
      await bench.clock.run(2_000)
      bench.print(99.3, 1, -1)
      assert.isTrue(await filled(bench, resting, 2))
      await bench.clock.run(5_000)
      const view = known(bench)
      assert.deepEqual(view.contradictions, [])
      assert.equal(view.fills.size, bench.exchange.fills(bench.accountId).length)
    },
  },
]
