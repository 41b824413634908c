import { formatMoney } from '#model/money.ts'
import type { StoredRun } from '#model/run.ts'
import { decisionKeys } from './decision-keys.ts'
import { toJson } from './json.ts'
import type { LedgerDatabase } from './open-database.ts'
import { columnRows } from './run-columns.ts'
import type { RunRow } from './schema.ts'

/** SQLite takes 32 766 values in one statement; the widest table has ten columns. */
const rowsAtOnce = 500

/** A run that has no id yet. */
export type RunToSave = Omit<StoredRun, 'id'>

/** Stores everything of a run in one transaction and gives it the next id. */
export async function saveRun(database: LedgerDatabase, run: RunToSave): Promise<StoredRun> {
  return database.transaction().execute(async (transaction) => {
    // a counter of its own: the number of a deleted run is never given again
    const { value: number } = await transaction
      .updateTable('counters')
      .set(({ eb }) => ({ value: eb('value', '+', 1) }))
      .where('name', '=', 'run')
      .returning('value')
      .executeTakeFirstOrThrow()
    const id = `r${String(number).padStart(5, '0')}`
    await transaction
      .insertInto('runs')
      .values(runRow(id, number, run))
      .execute()
    const orders = new Map(run.orders.map((order) => [order.orderId as string, order]))
    await inChunks(
      run.roundTrips,
      (trip, seq) => ({
        run_id: id,
        seq,
        position_id: trip.positionId,
        signal_id: trip.signalId,
        instance_id: trip.instanceId,
        instrument_id: trip.instrumentId,
        opened_at: trip.openedAt,
        closed_at: trip.closedAt,
        exit_reason: trip.exitReason,
        net_profit: formatMoney(trip.netProfit),
        body: toJson(trip),
      }),
      (rows) => transaction.insertInto('round_trips').values(rows).execute(),
    )
    await inChunks(
      run.orders,
      (order, seq) => ({
        run_id: id,
        seq,
        order_id: order.orderId,
        signal_id: order.signalId,
        instance_id: order.instanceId,
        instrument_id: order.instrumentId,
        purpose: order.purpose,
        status: order.status,
        submitted_at: order.submittedAt,
        body: toJson(order),
      }),
      (rows) => transaction.insertInto('orders').values(rows).execute(),
    )
    await inChunks(
      run.fills,
      (fill, seq) => ({
        run_id: id,
        seq,
        order_id: fill.orderId,
        trade_id: fill.tradeId,
        time: fill.time,
        price: fill.price,
        quantity: fill.quantity,
        fee: formatMoney(fill.fee),
        body: toJson(fill),
      }),
      (rows) => transaction.insertInto('fills').values(rows).execute(),
    )
    await inChunks(
      run.postings,
      (posting, seq) => ({
        run_id: id,
        seq,
        time: posting.time,
        kind: posting.kind,
        instrument_id: posting.instrumentId ?? null,
        body: toJson(posting),
      }),
      (rows) => transaction.insertInto('postings').values(rows).execute(),
    )
    await inChunks(
      run.decisions,
      (output, seq) => {
        const keys = decisionKeys(output, orders)
        return {
          run_id: id,
          seq,
          time: 'time' in output ? output.time : output.posting.time,
          type: output.type,
          signal_id: keys.signalId,
          instance_id: keys.instanceId,
          instrument_id: keys.instrumentId,
          body: toJson(output),
        }
      },
      (rows) => transaction.insertInto('decisions').values(rows).execute(),
    )
    await inChunks(
      run.nearMisses,
      (miss, seq) => ({
        run_id: id,
        seq,
        instance_id: miss.instanceId,
        instrument_id: miss.instrumentId,
        group_name: miss.group,
        reading: miss.reading,
        best_margin: miss.bestMargin !== null && Number.isFinite(miss.bestMargin) ? miss.bestMargin : null,
        body: toJson(miss),
      }),
      (rows) => transaction.insertInto('near_misses').values(rows).execute(),
    )
    await inChunks(
      columnRows(run),
      (row) => ({ run_id: id, ...row }),
      (rows) => transaction.insertInto('run_columns').values(rows).execute(),
    )
    return { ...run, id }
  })
}

async function inChunks<T, Row>(
  items: readonly T[],
  toRow: (item: T, seq: number) => Row,
  insert: (rows: Row[]) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < items.length; at += rowsAtOnce) {
    await insert(items.slice(at, at + rowsAtOnce).map((item, index) => toRow(item, at + index)))
  }
}

function runRow(id: string, number: number, run: RunToSave): RunRow {
  const { spec, costs } = run
  return {
    id,
    number,
    name: run.name,
    created_at: run.createdAt,
    kind: run.kind,
    status: run.status,
    strategies: toJson(spec.strategies.map(({ name, hash }) => ({ name, hash }))),
    instruments: toJson(spec.instruments.map((instrument) => instrument.id)),
    currency: spec.currency,
    capital: formatMoney(spec.capital),
    seed: spec.seed,
    from_time: spec.from,
    to_time: spec.to,
    code_version: run.codeVersion,
    fingerprint: run.fingerprint,
    output_hash: run.outputHash,
    duration_ms: run.durationMs,
    events: run.counts.events,
    cost_fee: formatMoney(costs.fee),
    cost_spread: formatMoney(costs.spread),
    cost_impact: formatMoney(costs.impact),
    cost_delay: formatMoney(costs.delay),
    cost_funding: formatMoney(costs.funding),
    spec: toJson(spec),
    counts: toJson(run.counts),
    metrics: toJson(run.metrics),
    account: toJson(run.account),
    quality: toJson(run.quality),
    lookahead: toJson(run.lookahead),
  }
}
