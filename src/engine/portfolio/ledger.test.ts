import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { snapQuantity } from '#model/instrument.ts'
import type { Money } from '#model/money.ts'
import { toNumber } from '#model/money.ts'
import type { LedgerAccount, Posting, RoundTrip } from '#model/order.ts'
import { exampleFill, exampleInstrument as instrument, exampleOrder, examplePortfolio, midnight } from './example.ts'
import type { Portfolio } from './portfolio.ts'

type Step =
  | { type: 'fill'; instance: string; side: 'buy' | 'sell'; lots: number; ticks: number; fee: bigint }
  | { type: 'close'; instance: string; ticks: number; fee: bigint }
  | { type: 'funding'; amount: bigint }
  | { type: 'liquidation'; lots: number; ticks: number; fee: bigint }
  | { type: 'mark'; ticks: number }

const instance = fc.constantFrom('a', 'b', 'c')
const ticks = fc.integer({ min: 1, max: 30_000 })
const fee = fc.bigInt({ min: -1_000_000n, max: 50_000_000n })
const lots = fc.integer({ min: 1, max: 500 })
const side = fc.constantFrom('buy', 'sell')

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('fill'), instance, side, lots, ticks, fee }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('close'), instance, ticks, fee }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('funding'), amount: fc.bigInt(-90_000_000n, 90_000_000n) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('liquidation'), lots, ticks, fee }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('mark'), ticks }) },
)
const steps = fc.array(step, { maxLength: 30 })

interface Outcome {
  readonly postings: readonly Posting[]
  readonly closed: readonly RoundTrip[]
}

/** Carries out one step at its own second; funding and liquidations come only while something is held. */
function carryOut(portfolio: Portfolio, given: Step, index: number): Outcome {
  const time = midnight + index * 1_000
  // a venue settles on the net position; what it settles on none has tests of its own
  const held = netOf(portfolio) !== 0
  switch (given.type) {
    case 'fill': {
      const fill = exampleFill(given.lots / 10, given.ticks / 100, 0, { fee: given.fee, time })
      const result = portfolio.applyFill(exampleOrder(given.side, given.instance), fill, { strategy: given.instance })
      return { postings: result.postings, closed: result.closed === undefined ? [] : [result.closed] }
    }
    case 'close': {
      const position = portfolio.position(exampleOrder('buy', given.instance).instanceId)
      if (position === undefined) return { postings: [], closed: [] }
      const order = exampleOrder(position.quantity > 0 ? 'sell' : 'buy', given.instance)
      const fill = exampleFill(Math.abs(position.quantity), given.ticks / 100, 0, { fee: given.fee, time })
      const result = portfolio.applyFill(order, fill, { strategy: given.instance })
      return { postings: result.postings, closed: [result.closed!] }
    }
    case 'funding':
      if (!held) return { postings: [], closed: [] }
      return portfolio.applyFunding({
        type: 'fundingSettled',
        instrumentId: instrument.id,
        time,
        rate: 0,
        amount: given.amount,
      })
    case 'liquidation':
      return held
        ? portfolio.applyLiquidation({
            type: 'liquidated',
            instrumentId: instrument.id,
            tradeId: `l${index}`,
            time,
            price: given.ticks / 100,
            quantity: given.lots / 10,
            fee: given.fee,
          })
        : { postings: [], closed: [] }
    case 'mark':
      portfolio.mark(instrument.id, given.ticks / 100, time)
      return { postings: [], closed: [] }
  }
}

const netOf = (portfolio: Portfolio): number =>
  snapQuantity(
    instrument,
    portfolio.positions().reduce((net, { quantity }) => net + quantity, 0),
  )

const sum = (amounts: readonly Money[]): Money => amounts.reduce((total, amount) => total + amount, 0n)

test('every posting sums to zero, and the balances are the sum of all of them', () => {
  fc.assert(
    fc.property(steps, (given) => {
      const portfolio = examplePortfolio()
      const postings = [
        portfolio.deposit(midnight),
        ...given.flatMap((each, at) => carryOut(portfolio, each, at).postings),
      ]
      const totals: Record<LedgerAccount, Money> = {
        cash: 0n,
        position: 0n,
        fees: 0n,
        funding: 0n,
        capital: 0n,
        profit: 0n,
      }
      for (const { legs } of postings) {
        expect(sum(legs.map(({ amount }) => amount))).toBe(0n)
        for (const { account, amount } of legs) totals[account] += amount
      }
      expect(portfolio.balances()).toEqual(totals)
      expect(totals.cash + totals.position + totals.fees + totals.funding + totals.profit).toBe(-totals.capital)
    }),
  )
})

test('the wallet is cash with the positions at cost, and equity adds what they have not realised', () => {
  fc.assert(
    fc.property(steps, ticks, (given, last) => {
      const portfolio = examplePortfolio()
      given.forEach((each, at) => carryOut(portfolio, each, at))
      portfolio.mark(instrument.id, last / 100, midnight + 60_000)
      const positions = portfolio.positions()
      expect(portfolio.balances().position).toBe(sum(positions.map(({ cost }) => cost)))
      expect(portfolio.cash()).toBe(portfolio.balances().cash + portfolio.balances().position)
      const unrealized = positions.map(({ quantity, cost }) => (quantity * last) / 100 - toNumber(cost))
      const expected = toNumber(portfolio.cash()) + unrealized.reduce((total, each) => total + each, 0)
      expect(portfolio.equity()).toBeCloseTo(expected, 6)
    }),
  )
})

test('once flat, what the account gained is the net profit of all round trips, to the last 1e-8', () => {
  fc.assert(
    fc.property(steps, (given) => {
      const portfolio = examplePortfolio()
      const closings = ['a', 'b', 'c'].map((name): Step => ({ type: 'close', instance: name, ticks: 9_999, fee: 7n }))
      const closed = [...given, ...closings].flatMap((each, at) => carryOut(portfolio, each, at).closed)
      expect(portfolio.positions()).toEqual([])
      expect(portfolio.cash() + portfolio.balances().capital).toBe(sum(closed.map(({ netProfit }) => netProfit)))
      expect(portfolio.balances().position).toBe(0n)
      expect(portfolio.equity()).toBe(toNumber(portfolio.cash()))
    }),
  )
})

test('the worst price met is no better than the exit, the best no worse, and drawdown never exceeds its maximum', () => {
  fc.assert(
    fc.property(steps, (given) => {
      const portfolio = examplePortfolio()
      for (const [at, each] of given.entries()) {
        for (const trip of carryOut(portfolio, each, at).closed) {
          const move = ((trip.side === 'long' ? 1 : -1) * (trip.exitPrice - trip.entryPrice)) / trip.entryPrice
          expect(trip.maxFavorable).toBeGreaterThanOrEqual(move - 1e-9)
          expect(trip.maxAdverse).toBeLessThanOrEqual(move + 1e-9)
        }
        const { equity, peakEquity, drawdown, maxDrawdown } = portfolio.account(midnight + at * 1_000)
        expect(peakEquity).toBeGreaterThanOrEqual(equity)
        expect(maxDrawdown).toBeGreaterThanOrEqual(drawdown)
      }
    }),
  )
})

test('a restored portfolio goes on exactly as the one it was saved from', () => {
  fc.assert(
    fc.property(steps, fc.nat(30), (given, cut) => {
      const original = examplePortfolio()
      const restored = examplePortfolio()
      given.slice(0, cut).forEach((each, at) => carryOut(original, each, at))
      restored.restore(structuredClone(original.snapshot()))
      for (const [at, each] of [...given.entries()].slice(cut)) {
        expect(carryOut(restored, each, at)).toEqual(carryOut(original, each, at))
      }
      expect(restored.snapshot()).toEqual(original.snapshot())
      expect(restored.account(midnight + 90_000)).toEqual(original.account(midnight + 90_000))
    }),
  )
})
