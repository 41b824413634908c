import type { UnixMs } from '#model/ids.ts'
import type { RiskLimits } from '#model/limits.ts'
import type { Money } from '#model/money.ts'
import type { Latency } from '#simulator/simulator.ts'

/** Where the market comes from; plain data, so that a worker can open it by itself. */
export type SourceSpec =
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  | { readonly kind: 'series'; readonly dataDir: string }
  | { readonly kind: 'generated'; readonly seed: number; readonly instruments: number; readonly days: number }

/** Everything a run depends on besides the code and the data itself; equal specs on equal data give equal runs. */
export interface BacktestSpec {
  /** Template name or path of a strategy file. */
  readonly strategies: readonly string[]
  readonly strategyFolder: string
  readonly source: SourceSpec
  /** Globs over instrument ids or symbols; empty = all. */
  readonly instruments: readonly string[]
  readonly from?: UnixMs
  /** Exclusive. */
  readonly to?: UnixMs
  /** No entries during the first stretch of every recording; windows fill meanwhile. */
  readonly warmUpMs: number
  /** null = the default of the currency. */
  readonly capital: Money | null
  readonly limits: RiskLimits
  readonly latency: Latency
  readonly reportLatencyMs: number
  readonly participation: number
  readonly impact: number
  readonly assumedFundingRate: number
  /** Overrides what the instruments say; fractions. */
  readonly fees?: { readonly maker: number; readonly taker: number }
  readonly seed: number
  readonly gridMs: number
  /** Moments at which the look-ahead check cuts the data. */
  readonly cuts: number
}

/** Starting capital where none is given, by currency. */
export const defaultCapital: Readonly<Record<string, Money>> = {
  USDT: 10_000_00000000n,
  USDC: 10_000_00000000n,
  BUSD: 10_000_00000000n,
  FDUSD: 10_000_00000000n,
  BTC: 25000000n,
  ETH: 5_00000000n,
  BNB: 20_00000000n,
}
