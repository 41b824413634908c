import type { UnixMs } from '#model/ids.ts'
import { lowerBound } from '#model/block.ts'
import { toJson } from '../ledger/json.ts'
import { arraysOf, type Columns, concatColumns, type EventColumns, type SeriesKind, sliceColumns } from './kinds.ts'

/** The merged rows, or the time of the first row that both tell differently. */
export type Merged = { readonly columns: Columns } | { readonly conflictAt: UnixMs }

/**
 * Adds a recording to what is stored of the same day. Rows both have must be equal and count once; with `replace` the
 * recording wins over its whole range. Events of different types do not speak of the same thing: they are put together by time.
 */
export function mergeDay(kind: SeriesKind, stored: Columns, added: Columns, replace: boolean): Merged {
  const first = added.time[0]
  const last = added.time[added.time.length - 1]
  const from = lowerBound(stored.time, first)
  const to = lowerBound(stored.time, last + 1)
  const before = sliceColumns(kind, stored, 0, from)
  const common = sliceColumns(kind, stored, from, to)
  const after = sliceColumns(kind, stored, to, stored.time.length)
  const join = (...middle: readonly Columns[]): Merged => ({
    columns: concatColumns(
      kind,
      [before, ...middle, after].filter(({ time }) => time.length > 0),
    ),
  })
  if (common.time.length === 0) return join(added)
  if (kind === 'event') {
    const { others, mine } = parted(common as EventColumns, added as EventColumns)
    if (others.length > 0) {
      const merged = mine.length === 0 ? { columns: added } : mergeDay(kind, eventColumns(mine), added, replace)
      if ('conflictAt' in merged) return merged
      const { events } = merged.columns as EventColumns
      if (!replace && events.length === mine.length) return join(common)
      return join(eventColumns([...others, ...events].sort((a, b) => a.time - b.time)))
    }
  }
  if (replace) return join(added)
  const conflict = conflictOf(kind, common, added)
  if (conflict === undefined) return join(added)
  // two files may part in the middle of a millisecond of trading
  const isEdge = common.time[0] === common.time[common.time.length - 1]
  if (!kind.startsWith('bar-') && isEdge && common.time[0] === first && after.time.length === 0)
    return join(common, added)
  if (!kind.startsWith('bar-') && isEdge && common.time[0] === last && before.time.length === 0)
    return join(added, common)
  return { conflictAt: conflict }
}

/** The stored events of types that the added ones tell, and the others: mark prices say nothing against depth of the same time. */
function parted({ events }: EventColumns, added: EventColumns) {
  const types = new Set(added.events.map(({ type }) => type))
  return { mine: events.filter(({ type }) => types.has(type)), others: events.filter(({ type }) => !types.has(type)) }
}

const eventColumns = (events: EventColumns['events']): EventColumns => ({
  time: Float64Array.from(events, ({ time }) => time),
  events,
})

/** Whether the stored rows are the added ones of the same time; at their last millisecond the added ones may tell more. */
function conflictOf(kind: SeriesKind, common: Columns, added: Columns): UnixMs | undefined {
  const count = common.time.length
  const end = common.time[count - 1]
  const from = lowerBound(added.time, common.time[0])
  const to = lowerBound(added.time, end + 1)
  for (let index = 0; index < count; index++) {
    if (from + index >= to || !sameRow(kind, common, index, added, from + index))
      return Math.min(common.time[index], added.time[from + index] ?? Infinity)
  }
  return from + count < to && added.time[from + count] < end ? added.time[from + count] : undefined
}

function sameRow(kind: SeriesKind, a: Columns, rowA: number, b: Columns, rowB: number): boolean {
  if (kind === 'event') return toJson((a as EventColumns).events[rowA]) === toJson((b as EventColumns).events[rowB])
  const others = arraysOf(kind, b)
  return arraysOf(kind, a).every((array, index) => array[rowA] === others[index][rowB])
}
