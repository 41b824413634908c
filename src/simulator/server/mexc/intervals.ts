import type { UnixMs } from '#model/ids.ts'
import type { ServedBar } from '../types.ts'

const minute = 60_000
const day = 1_440 * minute

/** Lengths of the interval words; a month has none. */
const lengths: Readonly<Record<string, number>> = {
  Min1: minute,
  Min5: 5 * minute,
  Min15: 15 * minute,
  Min30: 30 * minute,
  Min60: 60 * minute,
  Hour4: 240 * minute,
  Hour8: 480 * minute,
  Day1: day,
  Week1: 7 * day,
}

export const isInterval = (word: string): boolean => word === 'Month1' || Object.hasOwn(lengths, word)

/** Where bars come from: a market, or the minutes of a price. */
export interface BarSource {
  bars(intervalMs: number, range?: { readonly from?: UnixMs; readonly to?: UnixMs }): readonly ServedBar[]
}

/** Bars of an interval word, ascending, the forming one last; the word must be one. */
export function barsOf(
  source: BarSource,
  interval: string,
  range: { readonly from?: UnixMs; readonly to?: UnixMs } = {},
): readonly ServedBar[] {
  if (interval === 'Month1') return months(source.bars(day), range)
  return source.bars(lengths[interval], range)
}

function months(
  days: readonly ServedBar[],
  { from = -Infinity, to = Infinity }: { readonly from?: UnixMs; readonly to?: UnixMs },
): readonly ServedBar[] {
  const rows: ServedBar[] = []
  for (const bar of days) {
    const at = new Date(bar.openTime)
    const openTime = Date.UTC(at.getUTCFullYear(), at.getUTCMonth())
    const last = rows.at(-1)
    if (last?.openTime === openTime) {
      rows[rows.length - 1] = {
        ...last,
        high: Math.max(last.high, bar.high),
        low: Math.min(last.low, bar.low),
        close: bar.close,
        volume: last.volume + bar.volume,
        notional: last.notional + bar.notional,
      }
    } else rows.push({ ...bar, openTime })
  }
  return rows.filter(({ openTime }) => openTime >= from && openTime <= to)
}
