/** One step of the ledger's schema: never edited once released, only followed by another. */
export interface LedgerMigration {
  readonly name: string
  readonly statements: readonly string[]
}

const row = 'run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, seq INTEGER NOT NULL'
const key = 'PRIMARY KEY (run_id, seq)'

/** In order. Money is decimal text or tagged JSON, times are Unix ms, bodies are `toJson`. */
export const migrations: readonly LedgerMigration[] = [
  {
    name: '0001-runs',
    statements: [
      `CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT`,
      `INSERT INTO counters (name, value) VALUES ('run', 0)`,
      `CREATE TABLE runs (
        id TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE, name TEXT NOT NULL, created_at TEXT NOT NULL, kind TEXT NOT NULL,
        status TEXT NOT NULL, strategies TEXT NOT NULL, instruments TEXT NOT NULL, currency TEXT NOT NULL, capital TEXT NOT NULL,
        seed INTEGER NOT NULL, from_time INTEGER NOT NULL, to_time INTEGER NOT NULL, code_version TEXT NOT NULL,
        fingerprint TEXT NOT NULL, output_hash TEXT NOT NULL, duration_ms REAL NOT NULL, events INTEGER NOT NULL,
        cost_fee TEXT NOT NULL, cost_spread TEXT NOT NULL, cost_impact TEXT NOT NULL, cost_delay TEXT NOT NULL,
        cost_funding TEXT NOT NULL, spec TEXT NOT NULL, counts TEXT NOT NULL, metrics TEXT NOT NULL, account TEXT NOT NULL,
        quality TEXT NOT NULL, lookahead TEXT NOT NULL
      ) STRICT`,
      `CREATE INDEX runs_fingerprint ON runs (fingerprint)`,
      `CREATE TABLE round_trips (
        ${row}, position_id TEXT NOT NULL, signal_id TEXT NOT NULL, instance_id TEXT NOT NULL, instrument_id TEXT NOT NULL,
        opened_at INTEGER NOT NULL, closed_at INTEGER NOT NULL, exit_reason TEXT NOT NULL, net_profit TEXT NOT NULL,
        body TEXT NOT NULL, ${key}
      ) STRICT`,
      `CREATE TABLE orders (
        ${row}, order_id TEXT NOT NULL, signal_id TEXT NOT NULL, instance_id TEXT NOT NULL, instrument_id TEXT NOT NULL,
        purpose TEXT NOT NULL, status TEXT NOT NULL, submitted_at INTEGER NOT NULL, body TEXT NOT NULL, ${key}
      ) STRICT`,
      `CREATE TABLE fills (
        ${row}, order_id TEXT NOT NULL, trade_id TEXT NOT NULL, time INTEGER NOT NULL, price REAL NOT NULL, quantity REAL NOT NULL,
        fee TEXT NOT NULL, body TEXT NOT NULL, ${key}
      ) STRICT`,
      `CREATE TABLE postings (
        ${row}, time INTEGER NOT NULL, kind TEXT NOT NULL, instrument_id TEXT, body TEXT NOT NULL, ${key}
      ) STRICT`,
      `CREATE TABLE decisions (
        ${row}, time INTEGER NOT NULL, type TEXT NOT NULL, signal_id TEXT, instance_id TEXT, instrument_id TEXT,
        body TEXT NOT NULL, ${key}
      ) STRICT`,
      `CREATE INDEX decisions_signal ON decisions (run_id, signal_id)`,
      `CREATE INDEX decisions_instrument ON decisions (run_id, instrument_id, time)`,
      `CREATE INDEX decisions_time ON decisions (run_id, time)`,
      `CREATE TABLE near_misses (
        ${row}, instance_id TEXT NOT NULL, instrument_id TEXT NOT NULL, group_name TEXT NOT NULL, reading TEXT NOT NULL,
        best_margin REAL, body TEXT NOT NULL, ${key}
      ) STRICT`,
      `CREATE TABLE run_columns (
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, name TEXT NOT NULL, info TEXT NOT NULL, data BLOB NOT NULL,
        PRIMARY KEY (run_id, name)
      ) STRICT`,
    ],
  },
]
