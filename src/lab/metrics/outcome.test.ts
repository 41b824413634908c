import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { toMoney } from '#model/money.ts'
import { outcomeOf } from './outcome.ts'
import { day0, sampleTrip } from './sample-trips.ts'

// Net +30, −10, +20, 0, −40 on a notional of 1000 each, held 10, 20, 30, 40 and 60 minutes, closed in that order.
const five = [
  sampleTrip({ id: '1', net: 30, openedAt: 0, closedAt: 10, maxFavorable: 0.05, maxAdverse: -0.01 }),
  sampleTrip({ id: '2', net: -10, openedAt: 0, closedAt: 20, maxFavorable: 0.01, maxAdverse: -0.02 }),
  sampleTrip({ id: '3', net: 20, openedAt: 0, closedAt: 30, maxFavorable: 0.03, maxAdverse: 0 }),
  sampleTrip({ id: '4', net: 0, openedAt: 0, closedAt: 40 }),
  sampleTrip({ id: '5', net: -40, openedAt: 0, closedAt: 60, maxFavorable: 0, maxAdverse: -0.06 }),
]

test('wins are divided by all closed trades and a breakeven is counted apart', () => {
  // 2 wins of 5 closed.
  expect(outcomeOf(five)).toMatchObject({ trades: 5, wins: 2, draws: 1, losses: 2, winRate: 0.4 })
})

test('profit factor, payoff and expectancy match the sums done by hand', () => {
  const outcome = outcomeOf(five)
  expect(outcome.netProfit).toBe(0n) // 30 − 10 + 20 + 0 − 40
  expect(outcome.sumOfWins).toBe(toMoney(50))
  expect(outcome.sumOfLosses).toBe(toMoney(50))
  expect(outcome.profitFactor).toBe(1) // 50 / 50
  expect(outcome.averageWin).toBe(25) // 50 / 2
  expect(outcome.averageLoss).toBe(25)
  expect(outcome.payoff).toBe(1)
  expect(outcome.expectancy).toBe(0)
  expect(outcome.expectancyRatio).toBe(0)
})

test('expectancy ratio is the mean profit in units of the average loss', () => {
  // +30, −10, +10: mean 10, average loss 10.
  const outcome = outcomeOf([sampleTrip({ net: 30 }), sampleTrip({ net: -10 }), sampleTrip({ net: 10 })])
  expect(outcome.expectancy).toBe(10)
  expect(outcome.expectancyRatio).toBe(1)
  expect(outcome.payoff).toBe(2) // 20 / 10
})

test('without a loss the profit factor is undefined and says so', () => {
  const outcome = outcomeOf([sampleTrip({ net: 5 }), sampleTrip({ net: 0 })])
  expect(outcome).toMatchObject({
    profitFactor: null,
    profitFactorNote: 'noLosses',
    payoff: null,
    expectancyRatio: null,
  })
})

test('without trades every ratio is undefined, not 0', () => {
  const outcome = outcomeOf([])
  expect(outcome).toMatchObject({
    trades: 0,
    winRate: null,
    profitFactor: null,
    profitFactorNote: 'noTrades',
    expectancy: null,
    averageFraction: null,
    medianFraction: null,
    averageDurationMs: null,
    largestWin: null,
    largestMfe: null,
  })
})

test('durations of winners and losers are averaged apart', () => {
  const outcome = outcomeOf(five)
  expect(outcome.averageWinnerMs).toBe(20 * 60_000) // (10 + 30) / 2
  expect(outcome.averageLoserMs).toBe(40 * 60_000) // (20 + 60) / 2
  expect(outcome.averageDurationMs).toBe(32 * 60_000) // 160 / 5
})

test('streaks follow the order of closing and a breakeven ends them', () => {
  const nets = [1, 1, 0, 1, -1, -1, -1, 1]
  const trips = nets.map((net, index) => sampleTrip({ id: String(index), net, closedAt: index + 1 }))
  expect(outcomeOf(trips.toReversed())).toMatchObject({ longestWinStreak: 2, longestLossStreak: 3 })
})

test('largest win and loss, moves while open and middle return name the extremes', () => {
  const outcome = outcomeOf(five)
  expect(outcome.largestWin).toMatchObject({ positionId: '1-p1', netFraction: 0.03, closedAt: day0 + 600_000 })
  expect(outcome.largestLoss).toMatchObject({ positionId: '1-p5', netFraction: -0.04 })
  expect(outcome.largestMfe).toBe(0.05)
  expect(outcome.largestMae).toBe(-0.06)
  expect(outcome.averageMfe).toBeCloseTo(0.018, 12) // 0.09 / 5
  expect(outcome.medianFraction).toBe(0) // −0.04 −0.01 0 0.02 0.03
})

test('volume counts the entry and the exit of longs and shorts', () => {
  // A long from 1000 to 1030 trades 2030; a short from 1000 to 990 trades 1990. Fees do not change it.
  expect(outcomeOf([sampleTrip({ net: 28, fee: 2 })]).volume).toBe(toMoney(2030))
  expect(outcomeOf([sampleTrip({ net: 9, fee: 1, side: 'short' })]).volume).toBe(toMoney(1990))
})

const anyTrips = fc.array(
  fc.record({
    net: fc.integer({ min: -1e6, max: 1e6 }).map((cents) => cents / 100),
    closedAt: fc.integer({ min: 1, max: 10_000 }),
  }),
  { maxLength: 40 },
)

test('the order in which round trips are given never matters', () => {
  fc.assert(
    fc.property(anyTrips, fc.integer(), (given, seed) => {
      const trips = given.map((trip, index) => sampleTrip({ ...trip, id: String(index) }))
      const shuffled = trips
        .map((trip, index) => ({ trip, rank: Math.sin(seed + index) }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ trip }) => trip)
      expect(outcomeOf(shuffled)).toEqual(outcomeOf(trips))
    }),
  )
})

test('ratios do not change when every amount is multiplied', () => {
  fc.assert(
    fc.property(anyTrips, fc.constantFrom(2, 10, 1000), (given, factor) => {
      const one = outcomeOf(given.map((trip, index) => sampleTrip({ ...trip, id: String(index) })))
      const many = outcomeOf(
        given.map((trip, index) =>
          sampleTrip({ closedAt: trip.closedAt, net: trip.net * factor, notional: 1000 * factor, id: String(index) }),
        ),
      )
      expect(many.netProfit).toBe(one.netProfit * BigInt(factor))
      for (const name of ['winRate', 'profitFactor', 'payoff', 'expectancyRatio', 'averageFraction'] as const) {
        // Undefined on both sides or on neither.
        expect(many[name] ?? -1e9).toBeCloseTo(one[name] ?? -1e9, 9)
      }
    }),
  )
})
