import type { Money } from '#model/money.ts'
import type { Costs, RoundTrip } from '#model/order.ts'
import { volumeOf } from './outcome.ts'
import { ratioOf, sumOf } from './sums.ts'

export const costNames = ['fee', 'spread', 'impact', 'delay', 'funding'] as const
export type CostName = (typeof costNames)[number]

export interface CostLine {
  readonly name: CostName | 'total'
  /** Positive = paid by us. */
  readonly total: Money
  /** Mean per round trip, rounded to 1e-8. */
  readonly perTrade: Money
  /** Of the profit before all costs; null when that profit is not positive. */
  readonly shareOfGross: number | null
  /** Of the traded notional, entries and exits. */
  readonly shareOfVolume: number | null
}

/** Every cost apart, and how they turn the profit before costs into the net one. */
export interface CostTable {
  readonly lines: readonly CostLine[]
  readonly total: Money
  /** At decision prices, nothing paid: `net + fee + spread + impact + delay + funding`. */
  readonly profitBeforeCosts: Money
  readonly netProfit: Money
  /** `spread + impact + delay`. */
  readonly slippage: Money
  readonly slippageShareOfVolume: number | null
}

/** Costs of closed round trips, in any order. */
export function costTableOf(trips: readonly RoundTrip[]): CostTable {
  const volume = sumOf(trips, volumeOf)
  const netProfit = sumOf(trips, (trip) => trip.netProfit)
  const total = sumOf(trips, (trip) => totalCost(trip.costs))
  const profitBeforeCosts = netProfit + total
  const line = (name: CostLine['name'], amount: Money): CostLine => ({
    name,
    total: amount,
    perTrade: trips.length === 0 ? 0n : roundedQuotient(amount, BigInt(trips.length)),
    shareOfGross: profitBeforeCosts > 0n ? ratioOf(amount, profitBeforeCosts) : null,
    shareOfVolume: ratioOf(amount, volume),
  })
  const slippage = sumOf(trips, (trip) => slippageOf(trip.costs))
  return {
    lines: [
      ...costNames.map((name) =>
        line(
          name,
          sumOf(trips, (trip) => trip.costs[name]),
        ),
      ),
      line('total', total),
    ],
    total,
    profitBeforeCosts,
    netProfit,
    slippage,
    slippageShareOfVolume: ratioOf(slippage, volume),
  }
}

/** All five costs of one round trip. */
export const totalCost = (costs: Costs): Money => costs.fee + costs.funding + slippageOf(costs)

/** What the price cost against the one at the decision. */
export const slippageOf = (costs: Costs): Money => costs.spread + costs.impact + costs.delay

/** Half away from zero. */
function roundedQuotient(amount: Money, count: bigint): Money {
  const positive = amount < 0n ? -amount : amount
  const quotient = (2n * positive + count) / (2n * count)
  return amount < 0n ? -quotient : quotient
}
