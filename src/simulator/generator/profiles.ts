import type { Liquidity } from './options.ts'

/** What a market of a liquidity class is like on an ordinary day. */
export interface Profile {
  /** Standard deviation of a day's log return. */
  readonly dailyVolatility: number
  /** Share of the market's moves it takes part in. */
  readonly beta: number
  /** Ask minus bid as a fraction of the price. */
  readonly spread: number
  /** Median taker order and mean size resting at one level, in quote units. */
  readonly orderNotional: number
  readonly levelNotional: number
  /** Distance of neighboring book levels as a fraction of the price. */
  readonly levelStep: number
  /** Scales the orders an event attracts, and how often pumps pick it. */
  readonly crowd: number
  readonly pumpWeight: number
}

export const profiles: Readonly<Record<Liquidity, Profile>> = {
  liquid: {
    dailyVolatility: 0.035,
    beta: 0.8,
    spread: 0.0003,
    orderNotional: 180,
    levelNotional: 3_000,
    levelStep: 0.0002,
    crowd: 1.6,
    pumpWeight: 0.4,
  },
  mid: {
    dailyVolatility: 0.055,
    beta: 0.6,
    spread: 0.0009,
    orderNotional: 80,
    levelNotional: 800,
    levelStep: 0.0005,
    crowd: 1,
    pumpWeight: 1.1,
  },
  thin: {
    dailyVolatility: 0.075,
    beta: 0.4,
    spread: 0.003,
    orderNotional: 35,
    levelNotional: 250,
    levelStep: 0.0012,
    crowd: 0.5,
    pumpWeight: 1.3,
  },
}

/** Mean rows of an ordinary order, from which rates of orders are computed. */
export const rowsPerOrder = 1.25
/** Share of ordinary orders that an earlier order set off (branching ratio of the self-excitation). */
export const branching = 0.55
/** A second: how fast that excitation fades. */
export const excitationRate = 0.4
