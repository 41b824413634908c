import type { RiskLimits } from '#model/limits.ts'
import type { BacktestSpec } from '#lab/lab.ts'
import type { Capital } from './values.ts'

/** Everything that can be set in `riptide.json`, by environment or by flag, checked and in inner units. */
export interface Settings {
  /** Folder of the series store, the ledger, the user's strategies and reports. */
  readonly dataDir: string
  readonly backtest: BacktestSettings
  readonly limits: RiskLimits
}

export interface BacktestSettings {
  /** null = the default of the data's currency. */
  readonly capital: Capital | null
  /** Fractions of notional; null = what the instruments say. */
  readonly fee: number | null
  readonly makerFee: number | null
  readonly takerFee: number | null
  readonly latency: BacktestSpec['latency']
  readonly reportLatency: number
  readonly participation: number
  readonly impact: number
  readonly fundingRate: number
  readonly seed: number
  readonly warmUp: number
  readonly grid: number
  readonly cuts: number
  /** Threads for several runs. */
  readonly workers: number
}

/** One setting given on the command line, by its path, e.g. `backtest.latency`. */
export type Flags = Readonly<Record<string, { readonly value: unknown; readonly from: string }>>

export interface Config {
  readonly settings: Settings
  /** Every setting with the text it was given as, in the order of the reference. */
  readonly origins: readonly SettingOrigin[]
  /** Where a setting came from, for messages: a flag, a variable, a file, or `default`. */
  readonly originOf: (path: string) => string
  /** Of `riptide.json`, for editors. */
  readonly jsonSchema: () => unknown
}

export interface SettingOrigin {
  readonly path: string
  readonly value: unknown
  /** `default`, a file, a variable, or a flag. */
  readonly origin: string
  readonly description: string
}
