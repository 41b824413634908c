import type { EngineOutput } from '#model/events.ts'
import { parseMoney } from './money-text.ts'
import type { DecisionFilter, RunKind, RunStatus, RunSummary, StoredRun } from '#model/run.ts'
import { UserError } from '#model/failure.ts'
import { parseJson } from './json.ts'
import type { LedgerDatabase } from './open-database.ts'
import { columnsOfRun } from './run-columns.ts'
import type { RunRow } from './schema.ts'

/** The newest runs first. */
export async function listRuns(database: LedgerDatabase, limit: number): Promise<readonly RunSummary[]> {
  const rows = await database.selectFrom('runs').selectAll().orderBy('number', 'desc').limit(limit).execute()
  return rows.map(summaryOf)
}

/** The whole run by `last`, its id, or a beginning of the id that fits only one. */
export async function loadRun(database: LedgerDatabase, reference: string): Promise<StoredRun> {
  const row = await findRun(database, reference)
  const bodies = async (
    table: 'round_trips' | 'orders' | 'fills' | 'postings' | 'decisions' | 'near_misses',
  ): Promise<readonly unknown[]> => {
    const rows = await database.selectFrom(table).select('body').where('run_id', '=', row.id).orderBy('seq').execute()
    return rows.map(({ body }) => parseJson(body))
  }
  const columns = await database
    .selectFrom('run_columns')
    .select(['name', 'info', 'data'])
    .where('run_id', '=', row.id)
    .execute()
  const { id, name, createdAt, kind, status, durationMs, counts, metrics, fingerprint, lookahead } = summaryOf(row)
  const head = { id, name, createdAt, kind, status, durationMs, counts, metrics, fingerprint, lookahead }
  return {
    ...head,
    codeVersion: row.code_version,
    outputHash: row.output_hash,
    spec: parseJson(row.spec),
    costs: {
      fee: parseMoney(row.cost_fee),
      spread: parseMoney(row.cost_spread),
      impact: parseMoney(row.cost_impact),
      delay: parseMoney(row.cost_delay),
      funding: parseMoney(row.cost_funding),
    },
    roundTrips: await bodies('round_trips'),
    decisions: await bodies('decisions'),
    orders: await bodies('orders'),
    fills: await bodies('fills'),
    postings: await bodies('postings'),
    nearMisses: await bodies('near_misses'),
    account: parseJson(row.account),
    quality: parseJson(row.quality),
    ...columnsOfRun(columns),
    // written by `saveRun` from the same type
  } as StoredRun
}

/** Decisions of a run in order, those that fit the filter. */
export async function decisionsOf(
  database: LedgerDatabase,
  reference: string,
  filter: DecisionFilter,
): Promise<readonly EngineOutput[]> {
  const { id } = await findRun(database, reference)
  let query = database.selectFrom('decisions').select('body').where('run_id', '=', id).orderBy('seq')
  if (filter.signalId !== undefined) query = query.where('signal_id', '=', filter.signalId)
  if (filter.instrumentId !== undefined) query = query.where('instrument_id', '=', filter.instrumentId)
  if (filter.instanceId !== undefined) query = query.where('instance_id', '=', filter.instanceId)
  if (filter.types !== undefined) query = query.where('type', 'in', [...filter.types])
  if (filter.from !== undefined) query = query.where('time', '>=', filter.from)
  if (filter.to !== undefined) query = query.where('time', '<', filter.to)
  return (await query.execute()).map(({ body }) => parseJson(body) as EngineOutput)
}

/** Removes a run with everything of it; returns its id. */
export async function deleteRun(database: LedgerDatabase, reference: string): Promise<string> {
  const { id } = await findRun(database, reference)
  await database.deleteFrom('runs').where('id', '=', id).execute()
  return id
}

async function findRun(database: LedgerDatabase, reference: string): Promise<RunRow> {
  const wanted = /^\d+$/.test(reference) ? `r${reference.padStart(5, '0')}` : reference
  const query = database.selectFrom('runs').selectAll()
  const prefix = query.where('id', '>=', wanted).where('id', '<', `${wanted}\u{10ffff}`).orderBy('number', 'desc')
  const rows = await (reference === 'last' ? query.orderBy('number', 'desc').limit(1) : prefix.limit(10)).execute()
  const exact = rows.find(({ id }) => id === wanted)
  if (exact) return exact
  if (rows.length === 1) return rows[0]
  const where = `run ${reference}`
  if (rows.length > 1) {
    const message = `${where}: several runs begin like this: ${rows.map(({ id }) => id).join(', ')}`
    throw new UserError({ code: 'ambiguousRun', message, where, remedy: 'give more of the id', exit: 'notFound' })
  }
  const message = reference === 'last' ? 'there is no run yet' : `${where}: there is no such run`
  throw new UserError({
    code: 'runNotFound',
    message,
    where,
    remedy: '"riptide runs list" shows the stored runs',
    exit: 'notFound',
  })
}

function summaryOf(row: RunRow): RunSummary {
  return {
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
    kind: row.kind as RunKind,
    status: row.status as RunStatus,
    strategies: parseJson(row.strategies) as RunSummary['strategies'],
    instruments: parseJson(row.instruments) as RunSummary['instruments'],
    currency: row.currency,
    from: row.from_time,
    to: row.to_time,
    durationMs: row.duration_ms,
    counts: parseJson(row.counts) as RunSummary['counts'],
    metrics: parseJson(row.metrics) as RunSummary['metrics'],
    fingerprint: row.fingerprint,
    lookahead: parseJson(row.lookahead) as RunSummary['lookahead'],
  }
}
