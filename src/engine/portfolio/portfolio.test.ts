import { expect, test } from 'vitest'
import { instrumentId } from '#model/ids.ts'
import { toMoney } from '#model/money.ts'
import type { FundingSettled, Liquidated } from '#model/order.ts'
import {
  exampleFill as fill,
  exampleInstrument as instrument,
  exampleOrder as order,
  examplePortfolio,
  midnight,
} from './example.ts'

const context = { strategy: 'pump' }
const money = toMoney
const day = 86_400_000
const pump = order('buy').instanceId

function funding(amount: number, hours = 8): FundingSettled {
  const time = midnight + hours * 3_600_000
  return { type: 'fundingSettled', instrumentId: instrument.id, time, rate: 0.0001, amount: money(amount) }
}

function liquidated(quantity: number, price: number, fee: number, tradeId = 'liq-1'): Liquidated {
  return {
    type: 'liquidated',
    instrumentId: instrument.id,
    tradeId,
    time: midnight + 9_000,
    price,
    quantity,
    fee: money(fee),
  }
}

test('a first fill opens a position at its price, and pays the fee from cash', () => {
  const portfolio = examplePortfolio()
  const result = portfolio.applyFill(order('buy'), fill(2, 100, 0.16), context)
  expect(result).toEqual({
    opened: portfolio.position(pump),
    postings: [
      {
        kind: 'fill',
        time: midnight + 1_000,
        instrumentId: instrument.id,
        positionId: '7-p1',
        orderId: '7-o1',
        legs: [
          { account: 'position', amount: money(200) },
          { account: 'cash', amount: money(-200) },
        ],
      },
      {
        kind: 'fee',
        time: midnight + 1_000,
        instrumentId: instrument.id,
        positionId: '7-p1',
        orderId: '7-o1',
        legs: [
          { account: 'cash', amount: money(-0.16) },
          { account: 'fees', amount: money(0.16) },
        ],
      },
    ],
  })
  expect(portfolio.position(pump)).toEqual({
    positionId: '7-p1',
    instanceId: pump,
    instrumentId: instrument.id,
    signalId: '7-s1',
    quantity: 2,
    cost: money(200),
    entryPrice: 100,
    leverage: 2,
    openedAt: midnight + 1_000,
    // 50 / 0.99
    liquidationPrice: expect.closeTo(50.505050505, 9),
  })
  expect(portfolio.cash()).toBe(money(9_999.84))
  expect(portfolio.account(midnight + 1_000)).toMatchObject({ equity: 9_999.84, marginUsed: 100 })
})

test('increases average in', () => {
  const portfolio = examplePortfolio()
  portfolio.applyFill(order('buy'), fill(1, 100), context)
  const { updated } = portfolio.applyFill(order('buy'), fill(3, 104), context)
  expect(updated).toMatchObject({ quantity: 4, cost: money(412), entryPrice: 103 })
})

test('a round trip carries every cost apart, and its net profit is what cash gained', () => {
  const portfolio = examplePortfolio()
  const slippage = { delay: -0.01, spread: 0.02, impact: 0.03 }
  portfolio.applyFill(order('sell'), fill(2, 100, 0.16, { slippage }), context)
  portfolio.applyFunding(funding(0.02))
  portfolio.mark(instrument.id, 107, midnight + 30_000)
  portfolio.mark(instrument.id, 88, midnight + 40_000)
  const exit = order('buy', 'pump', { purpose: 'exit', reduceOnly: true })
  const result = portfolio.applyFill(exit, fill(2, 90, 0.144, { slippage, time: midnight + 60_000 }), {
    strategy: 'pump',
    exitReason: 'exitSignal',
  })
  expect(result.closed).toEqual({
    positionId: '7-p1',
    signalId: '7-s1',
    instanceId: pump,
    instrumentId: instrument.id,
    strategy: 'pump',
    side: 'short',
    quantity: 2,
    leverage: 2,
    entryPrice: 100,
    exitPrice: 90,
    openedAt: midnight + 1_000,
    closedAt: midnight + 60_000,
    exitReason: 'exitSignal',
    grossProfit: money(20),
    netProfit: money(19.676),
    costs: {
      fee: money(0.304),
      spread: money(0.08),
      impact: money(0.12),
      delay: money(-0.04),
      funding: money(0.02),
    },
    notional: money(200),
    maxFavorable: 0.12,
    maxAdverse: -0.07,
  })
  expect(portfolio.cash()).toBe(money(10_019.676))
  expect(portfolio.positions()).toEqual([])
  expect(portfolio.equity()).toBe(10_019.676)
})

test('a partial close realises its share of the cost, and the rest stays exact', () => {
  const portfolio = examplePortfolio()
  portfolio.applyFill(order('buy'), fill(0.1, 33.33), context)
  portfolio.applyFill(order('buy'), fill(0.2, 33.34), context)
  // cost 10.001; a third of it is 3.33366666…
  const first = portfolio.applyFill(order('sell'), fill(0.1, 40), context)
  expect(first.updated).toMatchObject({ quantity: 0.2, cost: money(6.66733333) })
  const second = portfolio.applyFill(order('sell'), fill(0.2, 40), context)
  expect(second.closed).toMatchObject({
    grossProfit: money(1.999),
    notional: money(10.001),
    quantity: 0.3,
    exitPrice: 40,
  })
  expect(portfolio.balances()).toMatchObject({ position: 0n, cash: money(10_001.999), profit: money(-1.999) })
})

test('0.1 + 0.2 − 0.3 closes the position', () => {
  const portfolio = examplePortfolio()
  portfolio.applyFill(order('buy'), fill(0.1, 10), context)
  portfolio.applyFill(order('buy'), fill(0.2, 10), context)
  expect(portfolio.applyFill(order('sell'), fill(0.3, 10), context).closed).toBeDefined()
})

test('without a reason given, the purpose of the order tells it', () => {
  for (const [purpose, reason] of [
    ['stopLoss', 'stopLoss'],
    ['takeProfit', 'takeProfit'],
    ['exit', 'manual'],
  ] as const) {
    const portfolio = examplePortfolio()
    portfolio.applyFill(order('buy'), fill(1, 100), context)
    const { closed } = portfolio.applyFill(order('sell', 'pump', { purpose }), fill(1, 100), context)
    expect(closed?.exitReason).toBe(reason)
  }
})

test('a fill that crosses zero closes, opens the rest, shares the fee, and is reported', () => {
  const portfolio = examplePortfolio()
  portfolio.applyFill(order('buy'), fill(1, 100), context)
  const result = portfolio.applyFill(order('sell'), fill(4, 110, 0.4), context)
  expect(result.closed).toMatchObject({ side: 'long', grossProfit: money(10), netProfit: money(9.9) })
  expect(result.opened).toMatchObject({ positionId: '7-p2', quantity: -3, cost: money(-330), entryPrice: 110 })
  expect(result.anomaly?.code).toBe('flipped')
  expect(result.postings.map(({ kind, positionId }) => [kind, positionId])).toEqual([
    ['fill', '7-p1'],
    ['fee', '7-p1'],
    ['fill', '7-p2'],
    ['fee', '7-p2'],
  ])
})

test('an exit that finds nothing to close is money all the same, and is reported', () => {
  const portfolio = examplePortfolio()
  const exit = order('sell', 'pump', { purpose: 'exit', reduceOnly: true })
  const result = portfolio.applyFill(exit, fill(1, 100), context)
  expect(result.anomaly?.code).toBe('openedByExit')
  expect(result.opened?.quantity).toBe(-1)
})

test('the mark moves equity, peak and drawdown', () => {
  const portfolio = examplePortfolio()
  portfolio.applyFill(order('buy'), fill(100, 100), context)
  portfolio.mark(instrument.id, 110, midnight + 2_000)
  expect(portfolio.account(midnight + 2_000)).toMatchObject({ equity: 11_000, peakEquity: 11_000, drawdown: 0 })
  portfolio.mark(instrument.id, 99, midnight + 3_000)
  portfolio.mark(instrument.id, 104.5, midnight + 4_000)
  expect(portfolio.account(midnight + 4_000)).toEqual({
    time: midnight + 4_000,
    currency: 'USDT',
    cash: money(10_000),
    equity: 10_450,
    peakEquity: 11_000,
    drawdown: 0.05,
    maxDrawdown: 1_100 / 11_000,
    dayBaseline: 10_000,
    marginUsed: 5_000,
  })
})

test('the mark of another instrument changes nothing', () => {
  const portfolio = examplePortfolio()
  portfolio.applyFill(order('buy'), fill(100, 100), context)
  portfolio.mark(instrumentId('BTC_USDT'), 64_000, midnight + 2_000)
  expect(portfolio.equity()).toBe(10_000)
  expect(portfolio.hasPositionOn(instrumentId('BTC_USDT'))).toBe(false)
  expect(portfolio.hasPositionOn(instrument.id)).toBe(true)
})

test('two strategies on one instrument hold their own positions', () => {
  const portfolio = examplePortfolio()
  portfolio.applyFill(order('buy', 'pump'), fill(1, 100), context)
  portfolio.applyFill(order('sell', 'fade'), fill(3, 100), { strategy: 'fade' })
  portfolio.mark(instrument.id, 110, midnight + 2_000)
  expect(portfolio.equity()).toBe(10_000 + 10 - 30)
  expect(portfolio.positions().map(({ quantity }) => quantity)).toEqual([1, -3])
})

test('the fill price itself counts toward the best and the worst price met', () => {
  const portfolio = examplePortfolio()
  portfolio.applyFill(order('buy'), fill(1, 100), context)
  const { closed } = portfolio.applyFill(order('sell'), fill(1, 95), context)
  expect(closed).toMatchObject({ maxFavorable: 0, maxAdverse: -0.05 })
})

test("the day's baseline is the equity carried over 00:00 UTC", () => {
  const portfolio = examplePortfolio()
  portfolio.applyFill(order('buy'), fill(100, 100), context)
  portfolio.mark(instrument.id, 102, midnight + 23 * 3_600_000)
  expect(portfolio.account(midnight + day - 1).dayBaseline).toBe(10_000)
  portfolio.mark(instrument.id, 90, midnight + day)
  expect(portfolio.account(midnight + day)).toMatchObject({ dayBaseline: 10_200, equity: 9_000 })
})

test('a new day begins with advance alone, and late events do not begin it again', () => {
  const portfolio = examplePortfolio()
  portfolio.applyFill(order('buy'), fill(100, 100), context)
  portfolio.mark(instrument.id, 101, midnight + 2_000)
  portfolio.advance(midnight + day)
  portfolio.mark(instrument.id, 120, midnight + day + 1)
  portfolio.applyFill(order('sell'), fill(100, 120, 0, { time: midnight + day - 5 }), context)
  expect(portfolio.account(midnight + day + 1)).toMatchObject({ dayBaseline: 10_100, equity: 12_000 })
})

test('a day nothing has happened in starts from the equity of now', () => {
  const portfolio = examplePortfolio()
  portfolio.applyFill(order('buy'), fill(100, 100), context)
  portfolio.mark(instrument.id, 101, midnight + 2_000)
  expect(portfolio.account(midnight + day + 5).dayBaseline).toBe(10_100)
})

test('funding is paid once per settlement, however often it is reported', () => {
  const portfolio = examplePortfolio()
  portfolio.applyFill(order('buy'), fill(100, 100), context)
  expect(portfolio.applyFunding(funding(1)).postings).toEqual([
    {
      kind: 'funding',
      time: midnight + 8 * 3_600_000,
      instrumentId: instrument.id,
      positionId: '7-p1',
      legs: [
        { account: 'cash', amount: money(-1) },
        { account: 'funding', amount: money(1) },
      ],
    },
  ])
  expect(portfolio.applyFunding(funding(1)).postings).toEqual([])
  portfolio.applyFunding(funding(-0.25, 16))
  expect(portfolio.cash()).toBe(money(9_999.25))
})

test('funding is shared by signed quantity, to the last 1e-8', () => {
  const portfolio = examplePortfolio()
  for (const name of ['a', 'b', 'c']) portfolio.applyFill(order('buy', name), fill(1, 100), { strategy: name })
  const { postings } = portfolio.applyFunding(funding(1))
  expect(postings.map(({ legs }) => legs[1]?.amount)).toEqual([33_333_333n, 33_333_333n, 33_333_334n])
})

test('funding on a position that is gone is still paid, and reported', () => {
  const portfolio = examplePortfolio()
  const { postings, anomaly } = portfolio.applyFunding(funding(1))
  expect(anomaly?.code).toBe('fundingWithoutPosition')
  expect(postings).toHaveLength(1)
  expect(portfolio.cash()).toBe(money(9_999))
})

test('a liquidation closes the position and posts its fee apart', () => {
  const portfolio = examplePortfolio()
  portfolio.applyFill(order('buy'), fill(10, 100), context)
  const { postings, closed } = portfolio.applyLiquidation(liquidated(10, 50, 5))
  expect(closed).toMatchObject([
    { exitReason: 'liquidated', grossProfit: money(-500), netProfit: money(-505), maxAdverse: -0.5 },
  ])
  expect(postings.map(({ kind }) => kind)).toEqual(['fill', 'liquidationFee'])
  expect(portfolio.cash()).toBe(money(9_495))
})

test('a liquidation reported twice is booked once', () => {
  const portfolio = examplePortfolio()
  portfolio.applyFill(order('buy'), fill(10, 100), context)
  portfolio.applyLiquidation(liquidated(4, 50, 2))
  expect(portfolio.applyLiquidation(liquidated(4, 50, 2))).toEqual({ postings: [], updated: [], closed: [] })
  expect(portfolio.position(pump)).toMatchObject({ quantity: 6, cost: money(600) })
})

test('a liquidation of two positions takes the oldest first and shares the fee', () => {
  const portfolio = examplePortfolio()
  portfolio.applyFill(order('buy', 'a'), fill(0.1, 100), { strategy: 'a' })
  portfolio.applyFill(order('buy', 'b'), fill(0.3, 100), { strategy: 'b' })
  const { closed, updated, postings } = portfolio.applyLiquidation(liquidated(0.3, 50, 3))
  expect(closed.map(({ strategy }) => strategy)).toEqual(['a'])
  expect(updated).toMatchObject([{ quantity: 0.1, cost: money(10) }])
  const fees = postings.filter(({ kind }) => kind === 'liquidationFee')
  expect(fees.map(({ legs }) => legs[1]?.amount)).toEqual([money(1), money(2)])
})

test('a liquidation of more than we hold books what we hold, and is reported', () => {
  const portfolio = examplePortfolio()
  portfolio.applyFill(order('sell'), fill(1, 100), context)
  const { closed, anomaly } = portfolio.applyLiquidation(liquidated(1.5, 150, 1))
  expect(closed).toHaveLength(1)
  expect(anomaly).toEqual({
    code: 'liquidationBeyondPosition',
    detail: 'PEPE_USDT trade liq-1: 1.5 at 150, 0.5 more than held',
  })
})

test('the deposit posting opens the ledger', () => {
  expect(examplePortfolio().deposit(midnight)).toEqual({
    time: midnight,
    kind: 'deposit',
    legs: [
      { account: 'cash', amount: money(10_000) },
      { account: 'capital', amount: money(-10_000) },
    ],
  })
})
