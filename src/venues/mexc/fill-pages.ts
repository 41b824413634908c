import type { UnixMs } from '#model/ids.ts'
import type { FillCursor } from '#model/venue.ts'
import { z } from 'zod'
import type { AccountApi } from './account-api.ts'
import type { WireFill } from './wire/orders.ts'

/** A range may span 90 days at most. */
const spanMs = 89 * 86_400_000
/** Fills may become readable late: so far back is read again, and what was seen there is left out by its id. */
const overlapMs = 10_000

const cursorText = z.object({ time: z.int().nonnegative(), ids: z.array(z.string()) })

export interface WirePage {
  readonly fills: readonly WireFill[]
  readonly next: FillCursor | null
}

/** Fills after the cursor up to `now`, the venue's time, ascending; from nothing it goes back as far as one range does. */
export async function readFills(
  api: AccountApi,
  symbol: string,
  cursor: FillCursor | null,
  now: UnixMs,
): Promise<WirePage> {
  const { time, ids } =
    cursor === null ? { time: now - spanMs + overlapMs, ids: [] } : cursorText.parse(JSON.parse(cursor))
  const known = new Set(ids)
  const rows = new Map<string, WireFill>()
  const end = now + 1_000
  for (let from = Math.max(0, time - overlapMs); from <= end; from += spanMs)
    for (const row of await api.fills(symbol, from, Math.min(end, from + spanMs - 1)))
      if (!known.has(row.id)) rows.set(row.id, row)
  const fills = [...rows.values()].sort((a, b) => a.timestamp - b.timestamp || compareIds(a.id, b.id))
  const last = Math.max(time, fills.at(-1)?.timestamp ?? 0)
  const recent = fills.filter(({ timestamp }) => timestamp >= last - overlapMs).map(({ id }) => id)
  // ids from before stay as long as their time may be read again, which is not known of them: the newest 1 000
  const keep = [...(last - time > overlapMs ? [] : ids), ...recent].slice(-1_000)
  if (fills.length === 0 && cursor !== null) return { fills, next: cursor }
  return { fills, next: startAt(last, keep) }
}

/** A cursor that skips what happened before. */
export const startAt = (time: UnixMs, ids: readonly string[] = []): FillCursor =>
  JSON.stringify({ time, ids }) as FillCursor

/** Counted ids: the longer one is the later one. */
const compareIds = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1)
