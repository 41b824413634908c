import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely, sql, SqliteAdapter, SqliteDialect, type Dialect } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import { sha256 } from '../checksum.ts'
import { fileProblem, ioProblem } from '../problems.ts'
import { type LedgerMigration, migrations } from './migrations.ts'
import type { LedgerTables } from './schema.ts'

export type LedgerDatabase = Kysely<LedgerTables>

/** Path of the ledger in a data folder. */
export function ledgerPath(dataDir: string): string {
  return join(dataDir, 'riptide.sqlite')
}

/** Opens the ledger and brings its schema up to date. Throws `UserError` when it cannot be written or does not fit this version. */
export async function openDatabase(
  dataDir: string,
  steps: readonly LedgerMigration[] = migrations,
): Promise<LedgerDatabase> {
  const path = ledgerPath(dataDir)
  const file = openFile(dataDir, path)
  const database = new Kysely<LedgerTables>({ dialect: transactional(file) })
  try {
    await migrate(database, path, steps)
    return database
  } catch (error) {
    await database.destroy()
    throw ioProblem(error, path, 'write')
  }
}

function openFile(dataDir: string, path: string): Database.Database {
  try {
    mkdirSync(dataDir, { recursive: true })
    const file = new Database(path, { timeout: 10_000 })
    file.pragma('journal_mode = WAL')
    file.pragma('synchronous = FULL')
    file.pragma('foreign_keys = ON')
    return file
  } catch (error) {
    if ((error as { code?: string }).code === 'SQLITE_NOTADB') throw notOurs(path, error)
    throw ioProblem(error, path, 'write')
  }
}

/** SQLite changes its schema within transactions, so that a migration happens in whole or not at all; Kysely does without by default. */
function transactional(file: Database.Database): Dialect {
  const dialect = new SqliteDialect({ database: file })
  const adapter = new SqliteAdapter()
  Object.defineProperty(adapter, 'supportsTransactionalDdl', { value: true })
  dialect.createAdapter = () => adapter
  return dialect
}

async function migrate(database: LedgerDatabase, path: string, steps: readonly LedgerMigration[]): Promise<void> {
  await sql`CREATE TABLE IF NOT EXISTS applied_migrations (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP) STRICT`.execute(
    database,
  )
  const checksums = new Map(steps.map((step) => [step.name, sha256(step.statements.join(';\n'))]))
  for (const { name, checksum } of await database
    .selectFrom('applied_migrations')
    .select(['name', 'checksum'])
    .execute()) {
    const known = checksums.get(name)
    if (known === undefined) {
      throw fileProblem(
        'ledgerNewer',
        { path },
        `it was written by a newer version (${name})`,
        'update Riptide, or choose another data folder',
      )
    }
    if (known !== checksum) {
      throw fileProblem(
        'ledgerChanged',
        { path },
        `its schema was made by another text of ${name}`,
        'restore the file from a backup, or choose another data folder',
      )
    }
  }
  const provider = {
    getMigrations: async () =>
      Object.fromEntries(steps.map((step) => [step.name, migrationOf(step, checksums.get(step.name)!)])),
  }
  const { error } = await new Migrator({ db: database, provider }).migrateToLatest()
  if (error !== undefined) throw error
}

function migrationOf({ name, statements }: LedgerMigration, checksum: string): Migration {
  return {
    async up(transaction) {
      for (const statement of statements) await sql.raw(statement).execute(transaction)
      await sql`INSERT INTO applied_migrations (name, checksum) VALUES (${name}, ${checksum})`.execute(transaction)
    },
  }
}

function notOurs(path: string, cause: unknown): Error {
  return fileProblem(
    'notALedger',
    { path },
    'it is not a database',
    'move the file away, or choose another data folder',
    cause,
  )
}
