import type { PositionId, UnixMs } from '#model/ids.ts'
import { type Money, toNumber } from '#model/money.ts'
import type { RoundTrip } from '#model/order.ts'
import { meanOf, medianOf, ratioOf, sumOf } from './sums.ts'

/** One round trip worth naming. */
export interface NamedTrade {
  readonly positionId: PositionId
  readonly instrumentId: string
  readonly closedAt: UnixMs
  readonly netProfit: Money
  /** Net profit ÷ entry notional. */
  readonly netFraction: number | null
}

/** What the closed round trips earned. Fractions of entry notional unless the name says otherwise; null = undefined. */
export interface Outcome {
  readonly trades: number
  readonly wins: number
  readonly draws: number
  readonly losses: number
  /** Wins ÷ closed; breakeven counted apart in `draws`. */
  readonly winRate: number | null
  readonly netProfit: Money
  readonly grossProfit: Money
  readonly sumOfWins: Money
  /** Positive. */
  readonly sumOfLosses: Money
  /** Σ wins ÷ Σ |losses|; null without losses, and `profitFactorNote` says so. */
  readonly profitFactor: number | null
  readonly profitFactorNote: 'noTrades' | 'noLosses' | null
  /** Mean net profit per trade, quote. */
  readonly expectancy: number | null
  /** Expectancy ÷ average loss. */
  readonly expectancyRatio: number | null
  readonly averageWin: number | null
  /** Positive. */
  readonly averageLoss: number | null
  /** Average win ÷ average loss. */
  readonly payoff: number | null
  readonly averageFraction: number | null
  readonly medianFraction: number | null
  readonly averageDurationMs: number | null
  readonly averageWinnerMs: number | null
  readonly averageLoserMs: number | null
  /** Longest run of wins and of losses in order of closing; a breakeven ends both. */
  readonly longestWinStreak: number
  readonly longestLossStreak: number
  readonly largestWin: NamedTrade | null
  readonly largestLoss: NamedTrade | null
  /** Mean and extreme of the best and the worst price move while open, fractions of the entry price. */
  readonly averageMfe: number | null
  readonly averageMae: number | null
  readonly largestMfe: number | null
  readonly largestMae: number | null
  /** Entry and exit notional, quote. */
  readonly volume: Money
  readonly averageNotional: number | null
}

/** Outcome of closed round trips, in any order. */
export function outcomeOf(trips: readonly RoundTrip[]): Outcome {
  const winners = trips.filter((trip) => trip.netProfit > 0n)
  const losers = trips.filter((trip) => trip.netProfit < 0n)
  const netProfit = sumOf(trips, (trip) => trip.netProfit)
  const sumOfWins = sumOf(winners, (trip) => trip.netProfit)
  const sumOfLosses = -sumOf(losers, (trip) => trip.netProfit)
  const fractions = trips.map(netFractionOf).filter((fraction) => fraction !== null)
  const averageWin = per(sumOfWins, winners.length)
  const averageLoss = per(sumOfLosses, losers.length)
  const expectancy = per(netProfit, trips.length)
  const favorable = trips.map((trip) => trip.maxFavorable)
  const adverse = trips.map((trip) => trip.maxAdverse)
  return {
    trades: trips.length,
    wins: winners.length,
    draws: trips.length - winners.length - losers.length,
    losses: losers.length,
    winRate: trips.length === 0 ? null : winners.length / trips.length,
    netProfit,
    grossProfit: sumOf(trips, (trip) => trip.grossProfit),
    sumOfWins,
    sumOfLosses,
    profitFactor: ratioOf(sumOfWins, sumOfLosses),
    profitFactorNote: trips.length === 0 ? 'noTrades' : sumOfLosses === 0n ? 'noLosses' : null,
    expectancy,
    expectancyRatio: divide(expectancy, averageLoss),
    averageWin,
    averageLoss,
    payoff: divide(averageWin, averageLoss),
    averageFraction: meanOf(fractions),
    medianFraction: medianOf(fractions),
    averageDurationMs: meanOf(trips.map(durationOf)),
    averageWinnerMs: meanOf(winners.map(durationOf)),
    averageLoserMs: meanOf(losers.map(durationOf)),
    ...streaksOf(trips),
    largestWin: extremeOf(winners, (a, b) => a.netProfit > b.netProfit),
    largestLoss: extremeOf(losers, (a, b) => a.netProfit < b.netProfit),
    averageMfe: meanOf(favorable),
    averageMae: meanOf(adverse),
    largestMfe: largestOf(favorable, 1),
    largestMae: largestOf(adverse, -1),
    volume: sumOf(trips, volumeOf),
    averageNotional: per(
      sumOf(trips, (trip) => trip.notional),
      trips.length,
    ),
  }
}

/** Net profit ÷ entry notional; null when nothing was held. */
export const netFractionOf = (trip: RoundTrip): number | null => ratioOf(trip.netProfit, trip.notional)

/** Time held, ms. */
export const durationOf = (trip: RoundTrip): number => trip.closedAt - trip.openedAt

/** Entry plus exit notional: a long's gross is exit − entry, a short's entry − exit. */
export function volumeOf(trip: RoundTrip): Money {
  return 2n * trip.notional + (trip.side === 'long' ? trip.grossProfit : -trip.grossProfit)
}

/** By time of closing, then of opening, then by id: one order for everything that depends on it. */
export function inClosingOrder(trips: readonly RoundTrip[]): readonly RoundTrip[] {
  return [...trips].sort(
    (a, b) =>
      a.closedAt - b.closedAt ||
      a.openedAt - b.openedAt ||
      (a.positionId < b.positionId ? -1 : a.positionId > b.positionId ? 1 : 0),
  )
}

function streaksOf(trips: readonly RoundTrip[]): Pick<Outcome, 'longestWinStreak' | 'longestLossStreak'> {
  let wins = 0
  let losses = 0
  let longestWinStreak = 0
  let longestLossStreak = 0
  for (const trip of inClosingOrder(trips)) {
    wins = trip.netProfit > 0n ? wins + 1 : 0
    losses = trip.netProfit < 0n ? losses + 1 : 0
    longestWinStreak = Math.max(longestWinStreak, wins)
    longestLossStreak = Math.max(longestLossStreak, losses)
  }
  return { longestWinStreak, longestLossStreak }
}

function extremeOf(trips: readonly RoundTrip[], better: (a: RoundTrip, b: RoundTrip) => boolean): NamedTrade | null {
  let best: RoundTrip | undefined
  for (const trip of inClosingOrder(trips)) if (best === undefined || better(trip, best)) best = trip
  if (best === undefined) return null
  const { positionId, instrumentId, closedAt, netProfit } = best
  return { positionId, instrumentId, closedAt, netProfit, netFraction: netFractionOf(best) }
}

function largestOf(values: readonly number[], sign: 1 | -1): number | null {
  let best: number | null = null
  for (const value of values) if (best === null || sign * value > sign * best) best = value
  return best
}

const per = (amount: Money, count: number): number | null => (count === 0 ? null : toNumber(amount) / count)
const divide = (a: number | null, b: number | null): number | null =>
  a === null || b === null || b === 0 ? null : a / b
