import type { UnixMs } from '#model/ids.ts'
import type { FillCursor, FillReport } from '#model/venue.ts'
import { z } from 'zod'
import type { AccountApi } from './account-api.ts'
import { forcedBy } from './order-mapper.ts'
import type { WireTrade } from './wire/orders.ts'

const dayMs = 86_400_000
/** Told no longer than this … */
const historyMs = 89 * dayMs
/** … and by time in windows of at most a week. */
const windowMs = 7 * dayMs - 1
/** Fills may become readable late: so far back is read again while there was none. */
const overlapMs = 60_000
const fullPage = 1_000

/** After a trade, or where there was none yet, from a time on. */
const cursorText = z.union([
  z.object({ id: z.string().regex(/^\d{1,32}$/) }),
  z.object({ time: z.int().nonnegative() }),
])

export interface WirePage {
  readonly fills: readonly (WireTrade & { readonly forced: FillReport['forced'] })[]
  readonly next: FillCursor | null
}

/** A cursor that skips what happened before. */
export const startAt = (time: UnixMs): FillCursor => JSON.stringify({ time: Math.floor(time) }) as FillCursor

/**
 * Fills after the cursor, ascending, each once: from a trade on by its id, which leaves nothing out however late they are read. `isOwn` spares
 * the question whether the venue made an order that nobody here knows.
 */
export async function readFills(
  api: AccountApi,
  symbol: string,
  cursor: FillCursor | null,
  now: UnixMs,
  isOwn: (venueOrderId: string) => boolean,
): Promise<WirePage> {
  const from = cursor === null ? { time: now - historyMs } : cursorText.parse(JSON.parse(cursor))
  const rows: WireTrade[] = []
  let last = 'id' in from ? from.id : null
  if ('time' in from) {
    for (let start = from.time; start <= now && rows.length === 0; start += windowMs)
      rows.push(...(await api.trades(symbol, { startTime: start, endTime: Math.min(start + windowMs, now + 1_000) })))
    last = rows.at(-1)?.id ?? null
  }
  // a first window that was not full may have been cut at its end
  while (last !== null) {
    const page = await api.trades(symbol, { fromId: String(BigInt(last) + 1n) })
    const fresh = page.filter(({ id }) => BigInt(id) > BigInt(last ?? 0))
    rows.push(...fresh)
    last = fresh.at(-1)?.id ?? last
    if (page.length < fullPage || fresh.length === 0) break
  }
  if (rows.length === 0)
    return { fills: [], next: cursor !== null && 'id' in from ? cursor : startAt(Math.max(0, now - overlapMs)) }
  const forced = await forcedOrders(api, symbol, rows, isOwn)
  const fills = rows.map((row) => ({ ...row, forced: forced.get(row.orderId) ?? null }))
  return { fills, next: JSON.stringify({ id: last }) as FillCursor }
}

/** Which orders were the venue's own; only asked for orders that are not known here. */
async function forcedOrders(
  api: AccountApi,
  symbol: string,
  rows: readonly WireTrade[],
  isOwn: (venueOrderId: string) => boolean,
): Promise<ReadonlyMap<string, FillReport['forced']>> {
  const forced = new Map<string, FillReport['forced']>()
  const foreign = rows.filter(({ orderId }) => !isOwn(orderId))
  const [first, end] = [foreign[0], foreign.at(-1)]
  if (first === undefined || end === undefined) return forced
  for (let start = first.time - 1_000; start <= end.time; start += windowMs)
    for (const { orderId, clientOrderId } of await api.forced(
      symbol,
      start,
      Math.min(start + windowMs, end.time + 1_000),
    ))
      forced.set(orderId, forcedBy(clientOrderId) === 'adl' ? 'adl' : 'liquidation')
  return forced
}
