import type { InstrumentId, UnixMs } from '#model/ids.ts'
import { UserError } from '#model/failure.ts'
import { lowerBound } from '#model/block.ts'
import { BlockHasher } from '../checksum.ts'
import { matchesGlobs } from '../glob.ts'
import { readParquet } from './duck.ts'
import { Inspector, type Oddity } from './inspector.ts'
import { blockOf, type Columns, type Day, type SeriesKind, sliceColumns } from './kinds.ts'
import { dayPath, readManifest, type StoredDay } from './manifest.ts'
import { checkSize } from './read-day.ts'
import { groupOf } from './recordings.ts'

export interface VerifyOptions {
  /** Globs over instrument ids or symbols; absent or empty = all. */
  readonly instruments?: readonly string[]
  readonly onDay?: (label: string, number: number, count: number) => void
  readonly signal?: AbortSignal
}

/** Something found. Errors mean that the data is not what was imported; oddities may be how the market was. */
export interface Finding {
  readonly severity: 'error' | 'oddity'
  readonly type: 'damaged' | 'checksum' | Oddity['type']
  readonly instrumentId: InstrumentId
  readonly kind: SeriesKind
  readonly day: Day
  readonly at?: UnixMs
  /** How long the gap is. */
  readonly durationMs?: number
  /** How many rows or bars are concerned. */
  readonly count?: number
  readonly message: string
}

export interface VerifyReport {
  readonly ok: boolean
  readonly days: number
  readonly rows: number
  readonly findings: readonly Finding[]
}

/** Reads everything stored and compares it with the manifest; also looks for gaps, missing bars, repeated rows and spikes. */
export async function verifySeries(dataDir: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { instruments } = await readManifest(dataDir)
  const chosen = instruments.filter(({ instrument }) => matchesGlobs(instrument, options.instruments))
  const count = chosen.reduce((sum, { days }) => sum + days.length, 0)
  const findings: Finding[] = []
  let done = 0
  let rows = 0
  for (const { instrument, days, recordings } of chosen) {
    for (const [kind, group] of Map.groupBy(days, ({ kind }) => kind)) {
      const inspector = new Inspector(kind)
      const starts = recordings.filter((recording) => recording.group === groupOf(kind)).map(({ from }) => from)
      for (const day of [...group].sort((a, b) => a.from - b.from)) {
        options.signal?.throwIfAborted()
        rows += day.rows
        findings.push(...(await verifyDay(dataDir, instrument.id, day, inspector, starts)))
        options.onDay?.(`${instrument.id} ${kind} ${day.day}`, ++done, count)
      }
    }
  }
  return { ok: findings.every(({ severity }) => severity !== 'error'), days: count, rows, findings }
}

async function verifyDay(
  dataDir: string,
  instrumentId: InstrumentId,
  day: StoredDay,
  inspector: Inspector,
  starts: readonly UnixMs[],
): Promise<readonly Finding[]> {
  const place = { instrumentId, kind: day.kind, day: day.day }
  const path = dayPath(dataDir, instrumentId, day)
  const findings: Finding[] = []
  const hasher = new BlockHasher()
  try {
    await checkSize(path, day)
    for await (const columns of readParquet(path, day.kind)) {
      hasher.add(blockOf(instrumentId, day.kind, columns))
      for (const part of between(columns, day.kind, starts)) {
        if (starts.includes(part.time[0])) inspector.restart()
        inspector.add(part)
      }
    }
  } catch (error) {
    const message = error instanceof UserError ? error.message : `${path}: cannot be read (${(error as Error).message})`
    return [{ severity: 'error', type: 'damaged', ...place, message }]
  }
  if (hasher.digest() !== day.checksum)
    findings.push({
      severity: 'error',
      type: 'checksum',
      ...place,
      message: `${path}: the content differs from what was imported`,
    })
  for (const oddity of inspector.take()) {
    const severity = oddity.type === 'order' ? 'error' : 'oddity'
    findings.push({ severity, ...place, ...oddity })
  }
  return findings
}

/** Cuts rows where a recording starts. */
function between(columns: Columns, kind: SeriesKind, starts: readonly UnixMs[]): readonly Columns[] {
  const { time } = columns
  const cuts = starts
    .filter((start) => start > time[0] && start <= time[time.length - 1])
    .map((start) => lowerBound(time, start))
  const edges = [0, ...cuts, time.length]
  return edges.slice(1).map((end, index) => sliceColumns(kind, columns, edges[index], end))
}
