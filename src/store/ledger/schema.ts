import type { Generated } from 'kysely'

/** Tables of the ledger as Kysely sees them; `migrations.ts` makes them. */
export interface LedgerTables {
  readonly counters: { readonly name: string; readonly value: number }
  readonly runs: RunRow
  readonly round_trips: RowOfRun & {
    readonly position_id: string
    readonly signal_id: string
    readonly instance_id: string
    readonly instrument_id: string
    readonly opened_at: number
    readonly closed_at: number
    readonly exit_reason: string
    readonly net_profit: string
  }
  readonly orders: RowOfRun & {
    readonly order_id: string
    readonly signal_id: string
    readonly instance_id: string
    readonly instrument_id: string
    readonly purpose: string
    readonly status: string
    readonly submitted_at: number
  }
  readonly fills: RowOfRun & {
    readonly order_id: string
    readonly trade_id: string
    readonly time: number
    readonly price: number
    readonly quantity: number
    readonly fee: string
  }
  readonly postings: RowOfRun & { readonly time: number; readonly kind: string; readonly instrument_id: string | null }
  readonly decisions: RowOfRun & {
    readonly time: number
    readonly type: string
    readonly signal_id: string | null
    readonly instance_id: string | null
    readonly instrument_id: string | null
  }
  readonly near_misses: RowOfRun & {
    readonly instance_id: string
    readonly instrument_id: string
    readonly group_name: string
    readonly reading: string
    readonly best_margin: number | null
  }
  readonly run_columns: { readonly run_id: string; readonly name: string; readonly info: string; readonly data: Buffer }
  readonly applied_migrations: {
    readonly name: string
    readonly checksum: string
    readonly applied_at: Generated<string>
  }
}

interface RowOfRun {
  readonly run_id: string
  readonly seq: number
  readonly body: string
}

export interface RunRow {
  readonly id: string
  readonly number: number
  readonly name: string
  readonly created_at: string
  readonly kind: string
  readonly status: string
  readonly strategies: string
  readonly instruments: string
  readonly currency: string
  readonly capital: string
  readonly seed: number
  readonly from_time: number
  readonly to_time: number
  readonly code_version: string
  readonly fingerprint: string
  readonly output_hash: string
  readonly duration_ms: number
  readonly events: number
  readonly cost_fee: string
  readonly cost_spread: string
  readonly cost_impact: string
  readonly cost_delay: string
  readonly cost_funding: string
  readonly spec: string
  readonly counts: string
  readonly metrics: string
  readonly account: string
  readonly quality: string
  readonly lookahead: string
}
