import type { Money } from '#model/money.ts'
import type { Costs } from '#model/order.ts'
import { costNames, totalCost } from '../metrics/costs.ts'
import { outcomeOf } from '../metrics/outcome.ts'
import { meanOf, sumOf } from '../metrics/sums.ts'
import type { Episode, EpisodeOutcome } from './episodes.ts'

/** What some episodes earned and cost. Amounts are exact; costs are positive when paid; null = undefined, never 0. */
export interface EarningsFigures {
  /** `traded + denied + unfilled + abandoned`; `skipped` ones never became a signal of their own. */
  readonly signals: number
  readonly missed: Readonly<Record<Exclude<EpisodeOutcome, 'traded'>, number>>
  readonly trades: number
  readonly wins: number
  readonly winRate: number | null
  /** At the prices of the decisions, nothing paid: `net + every cost`. */
  readonly profitBeforeCosts: Money
  readonly costs: Costs
  readonly totalCosts: Money
  readonly netProfit: Money
  /** Entry notional of all trades. */
  readonly notional: Money
  /** Mean and median over trades of net profit ÷ entry notional. */
  readonly averageFraction: number | null
  readonly medianFraction: number | null
  /** Means over trades, see `Episode`. */
  readonly entryDelay: number | null
  readonly entryPaid: number | null
  readonly entryFilled: number | null
}

export function figuresOf(episodes: readonly Episode[]): EarningsFigures {
  const trips = episodes.flatMap((episode) => episode.trips)
  const outcome = outcomeOf(trips)
  const count = (wanted: EpisodeOutcome): number => episodes.filter((episode) => episode.outcome === wanted).length
  const mean = (of: (episode: Episode) => number | null): number | null =>
    meanOf(episodes.map(of).filter((value) => value !== null))
  const totalCosts = sumOf(trips, ({ costs }) => totalCost(costs))
  return {
    signals: episodes.length - count('skipped'),
    missed: {
      denied: count('denied'),
      unfilled: count('unfilled'),
      abandoned: count('abandoned'),
      skipped: count('skipped'),
    },
    trades: outcome.trades,
    wins: outcome.wins,
    winRate: outcome.winRate,
    profitBeforeCosts: outcome.netProfit + totalCosts,
    costs: Object.fromEntries(
      costNames.map((name) => [name, sumOf(trips, ({ costs }) => costs[name])]),
    ) as unknown as Costs,
    totalCosts,
    netProfit: outcome.netProfit,
    notional: sumOf(trips, ({ notional }) => notional),
    averageFraction: outcome.averageFraction,
    medianFraction: outcome.medianFraction,
    entryDelay: mean((episode) => episode.entryDelay),
    entryPaid: mean((episode) => episode.entryPaid),
    entryFilled: mean((episode) => episode.entryFilled),
  }
}
