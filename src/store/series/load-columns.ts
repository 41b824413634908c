import type { InstrumentId } from '#model/ids.ts'
import { fileProblem } from '../problems.ts'
import { type Columns, concatColumns, type SeriesKind } from './kinds.ts'
import { readManifest, seriesFolder } from './manifest.ts'
import { daysWithin, readDay } from './read-day.ts'

export interface LoadedColumns {
  readonly columns: Columns
  readonly rows: number
}

export interface LoadOptions {
  readonly kind?: SeriesKind
  /** Off = from Parquet. */
  readonly cache?: boolean
}

/** Everything stored of one instrument and kind in memory, one array per column; `trade` when no kind is given. */
export async function loadColumns(
  dataDir: string,
  id: InstrumentId,
  { kind = 'trade', cache = true }: LoadOptions = {},
): Promise<LoadedColumns> {
  const stored = (await readManifest(dataDir)).instruments.find(({ instrument }) => instrument.id === id)
  const days = daysWithin(stored?.days ?? [], kind, -Infinity, Infinity)
  if (days.length === 0) {
    throw fileProblem(
      'noSeries',
      { path: seriesFolder(dataDir) },
      `the series store has no ${kind} of ${id}`,
      'run "riptide data import <files>"',
    )
  }
  const parts: Columns[] = []
  for (const day of days)
    for await (const columns of readDay(dataDir, id, day, -Infinity, Infinity, cache)) parts.push(columns)
  const columns = concatColumns(kind, parts)
  return { columns, rows: columns.time.length }
}
