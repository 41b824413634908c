import { rm, stat } from 'node:fs/promises'
import type { InstrumentId, UnixMs } from '#model/ids.ts'
import { lowerBound } from '#model/block.ts'
import { cachePath, CacheWriter, openCache } from './column-cache.ts'
import { damaged } from './day-writer.ts'
import { readParquet } from './duck.ts'
import { type Columns, type SeriesKind, sliceColumns } from './kinds.ts'
import { dayPath, type StoredDay } from './manifest.ts'

/** Rows of one stored day with `from ≤ time < to`, from the column cache or from Parquet, which then fills the cache. */
export async function* readDay(
  dataDir: string,
  id: InstrumentId,
  day: StoredDay,
  from: UnixMs,
  to: UnixMs,
  useCache = true,
): AsyncGenerator<Columns, void, undefined> {
  const { kind } = day
  for await (const columns of wholeDay(dataDir, id, day, useCache)) {
    const { time } = columns
    if (time[time.length - 1] < from) continue
    if (time[0] >= to) return
    const part = sliceColumns(kind, columns, lowerBound(time, from), lowerBound(time, to))
    if (part.time.length > 0) yield part
  }
}

async function* wholeDay(
  dataDir: string,
  id: InstrumentId,
  day: StoredDay,
  useCache: boolean,
): AsyncGenerator<Columns, void, undefined> {
  const path = cachePath(dataDir, day.checksum)
  const cacheable = useCache && day.kind !== 'event'
  const cached = cacheable ? await openCache(path, day.kind) : undefined
  let rows = 0
  if (cached) {
    for await (const columns of cached) {
      if (columns === 'damaged') break
      rows += columns.time.length
      yield columns
    }
    if (rows === day.rows) return
    await rm(path, { force: true })
  }
  // where a damaged cache broke off, Parquet goes on
  yield* fromParquet(dataDir, id, day, rows, cacheable ? new CacheWriter(path, day.kind) : undefined)
}

async function* fromParquet(
  dataDir: string,
  id: InstrumentId,
  day: StoredDay,
  skip: number,
  writer: CacheWriter | undefined,
): AsyncGenerator<Columns, void, undefined> {
  const path = dayPath(dataDir, id, day)
  await checkSize(path, day)
  let rows = 0
  try {
    for await (const columns of readParquet(path, day.kind)) {
      await writer?.add(columns)
      const { length } = columns.time
      if (rows + length > skip) yield rows >= skip ? columns : sliceColumns(day.kind, columns, skip - rows, length)
      rows += length
    }
    if (rows !== day.rows) throw damaged(path, `holds ${rows} rows instead of ${day.rows}`)
    await writer?.finish()
  } finally {
    // after `finish` there is nothing left to discard
    await writer?.discard()
  }
}

/** Throws `seriesDamaged` when the file is not the one the manifest knows. */
export async function checkSize(path: string, day: StoredDay): Promise<void> {
  const size = (await stat(path).catch(() => undefined))?.size
  if (size === undefined) throw damaged(path, 'is missing')
  if (size !== day.bytes) throw damaged(path, `has ${size} bytes instead of ${day.bytes}`)
}

/** Kinds and days of one stored instrument that a range touches, in time order. */
export function daysWithin(
  days: readonly StoredDay[],
  kind: SeriesKind,
  from: UnixMs,
  to: UnixMs,
): readonly StoredDay[] {
  return days.filter((day) => day.kind === kind && day.from < to && day.to >= from).sort((a, b) => a.from - b.from)
}
