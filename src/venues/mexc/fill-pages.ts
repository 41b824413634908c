import type { UnixMs } from '#model/ids.ts'
import type { FillCursor } from '#model/venue.ts'
import { z } from 'zod'
import type { AccountApi } from './account-api.ts'
import type { WireFill } from './wire/orders.ts'

/** A range may span 90 days at most. */
const spanMs = 89 * 86_400_000
/** Fills may become readable late: so far back is read again, and what was seen there is left out by its id. */
const overlapMs = 10_000
/** After the venue's clock was set back. */
const backMs = 300_000
/** What the venue stamped before its clock was set back, or ours ahead, lies after now. */
const aheadMs = 2 * 3_600_000

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
  // the venue's clock was set back: what it stamps now comes before what it stamped then
  const isBack = time > now + overlapMs
  const begin = isBack ? now - backMs : time - overlapMs
  const known = new Set(ids)
  const rows = new Map<string, WireFill>()
  const end = now + aheadMs
  for (let from = Math.max(0, begin); from <= end; from += spanMs)
    for (const row of await api.fills(symbol, from, Math.min(end, from + spanMs - 1)))
      if (!known.has(row.id)) rows.set(row.id, row)
  const fills = [...rows.values()].sort((a, b) => a.timestamp - b.timestamp || compareIds(a.id, b.id))
  if (fills.length === 0 && cursor !== null) return { fills, next: cursor }
  const newest = fills.at(-1)?.timestamp ?? time
  const last = isBack ? newest : Math.max(time, newest)
  // what will be read again must be known again
  const recent = fills.filter(({ timestamp }) => isBack || timestamp >= last - overlapMs).map(({ id }) => id)
  const keep = [...(!isBack && last - time > overlapMs ? [] : ids), ...recent].slice(-1_000)
  return { fills, next: startAt(last, keep) }
}

/** A cursor that skips what happened before. */
export const startAt = (time: UnixMs, ids: readonly string[] = []): FillCursor =>
  JSON.stringify({ time, ids }) as FillCursor

/** Counted ids: the longer one is the later one. */
const compareIds = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1)
