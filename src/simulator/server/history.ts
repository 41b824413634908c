import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { HistoryQuery } from './types.ts'

interface Entry {
  readonly id: string
  readonly time: UnixMs
  readonly instrumentId: InstrumentId | null
}

/** The part of an ascending history a query asks for. */
export function select<T>(items: readonly T[], query: HistoryQuery, entry: (item: T) => Entry): readonly T[] {
  const { instrumentId, from = -Infinity, to = Infinity, afterId, limit = Infinity, newest = false } = query
  const after = afterId === undefined ? -1n : BigInt(afterId)
  const found = items.filter((item) => {
    const { id, time, instrumentId: of } = entry(item)
    return (
      time >= from &&
      time <= to &&
      (instrumentId === undefined || of === instrumentId) &&
      (afterId === undefined || BigInt(id) > after)
    )
  })
  if (found.length <= limit) return found
  return newest ? found.slice(found.length - limit) : found.slice(0, limit)
}
