import type { UnixMs } from '#model/ids.ts'
import type { MarketBlock } from '#model/market.ts'
import type { MarketSegment, MarketSource } from '#model/source.ts'
import { sha256 } from '../checksum.ts'
import { matchesGlobs } from '../glob.ts'
import { mergeBlocks } from '../merge.ts'
import { fileProblem } from '../problems.ts'
import { rangeOf } from './duck.ts'
import { barKind, blockOf, type SeriesKind } from './kinds.ts'
import {
  dayPath,
  readManifest,
  type Recording,
  type RecordingGroup,
  seriesFolder,
  type StoredDay,
  type StoredInstrument,
} from './manifest.ts'
import { checkSize, daysWithin, readDay } from './read-day.ts'
import { groupOf } from './recordings.ts'

export interface SeriesOptions {
  /** Globs over instrument ids or symbols; absent or empty = all. */
  readonly instruments?: readonly string[]
  readonly from?: UnixMs
  /** Exclusive. */
  readonly to?: UnixMs
  /** Bars of this interval instead of trades; where absent, trades if there are any, else the shortest bars. */
  readonly barIntervalMs?: number
  /** Off = always read Parquet and leave the column cache alone. */
  readonly cache?: boolean
}

/** A range of the series store to replay: a segment per recording. Throws `noSeries` when nothing stored matches. */
export async function openSeries(dataDir: string, options: SeriesOptions = {}): Promise<MarketSource> {
  const manifest = await readManifest(dataDir)
  const chosen = manifest.instruments.filter(({ instrument }) => matchesGlobs(instrument, options.instruments))
  const segments: MarketSegment[] = []
  for (const stored of chosen) {
    const group = chooseGroup(stored, options.barIntervalMs)
    for (const recording of stored.recordings.filter((recording) => recording.group === group)) {
      const segment = await segmentOf(dataDir, stored, recording, options)
      if (segment) segments.push(segment)
    }
  }
  if (segments.length === 0) throw nothingStored(dataDir, manifest.instruments, options)
  const used = new Set(segments.map(({ instrumentId }) => instrumentId))
  return { instruments: chosen.map(({ instrument }) => instrument).filter(({ id }) => used.has(id)), segments }
}

function chooseGroup({ days }: StoredInstrument, barIntervalMs: number | undefined): RecordingGroup | undefined {
  if (barIntervalMs !== undefined) return `bar-${barIntervalMs}`
  if (days.some(({ kind }) => kind === 'trade')) return 'tape'
  const bars = days.filter(({ kind }) => kind.startsWith('bar-')).map(({ kind }) => Number(kind.slice(4)))
  return bars.length > 0 ? groupOf(barKind(Math.min(...bars))) : 'tape'
}

async function segmentOf(
  dataDir: string,
  { instrument, days }: StoredInstrument,
  recording: Recording,
  options: SeriesOptions,
): Promise<MarketSegment | undefined> {
  const from = Math.max(recording.from, options.from ?? -Infinity)
  const to = Math.min(recording.to + 1, options.to ?? Infinity)
  if (from >= to) return undefined
  const kinds = [...new Set(days.map(({ kind }) => kind))].filter((kind) => groupOf(kind) === recording.group)
  const used = kinds.flatMap((kind) => daysWithin(days, kind, from, to))
  const span = { rows: 0, from: Infinity, to: -Infinity }
  for (const day of used) {
    const path = dayPath(dataDir, instrument.id, day)
    await checkSize(path, day)
    const part = day.from >= from && day.to < to ? day : await rangeOf(path, from, to)
    span.rows += part.rows
    span.from = Math.min(span.from, part.from)
    span.to = Math.max(span.to, part.to)
  }
  if (span.rows === 0) return undefined
  const whole = used.every((day) => day.from >= from && day.to < to)
  return {
    instrumentId: instrument.id,
    feeds: [...new Set(used.flatMap(({ feeds }) => feeds))],
    ...span,
    label: `${instrument.id} ${iso(span.from)} – ${iso(span.to)}`,
    checksum: sha256(
      [...used.map(({ checksum }) => checksum), ...(whole ? [] : [String(from), String(to)])].join('\n'),
    ),
    read: () => {
      const tracks = kinds.map((kind) =>
        trackOf(dataDir, instrument.id, kind, daysWithin(used, kind, from, to), from, to, options.cache),
      )
      return mergeBlocks(tracks)
    },
  }
}

async function* trackOf(
  dataDir: string,
  id: MarketSegment['instrumentId'],
  kind: SeriesKind,
  days: readonly StoredDay[],
  from: UnixMs,
  to: UnixMs,
  cache = true,
): AsyncGenerator<MarketBlock, void, undefined> {
  for (const day of days) {
    for await (const columns of readDay(dataDir, id, day, from, to, cache)) yield blockOf(id, kind, columns)
  }
}

function nothingStored(
  dataDir: string,
  stored: readonly StoredInstrument[],
  { instruments, barIntervalMs }: SeriesOptions,
): Error {
  const held = stored.map(({ instrument }) => instrument.id)
  const list =
    held.length === 0 ? 'it is empty' : `it holds ${held.slice(0, 8).join(', ')}${held.length > 8 ? ', …' : ''}`
  const wanted = [...(instruments ?? []), ...(barIntervalMs === undefined ? [] : [`bars of ${barIntervalMs} ms`])].join(
    ', ',
  )
  const says = `the series store has nothing for ${wanted === '' ? 'this range' : `${wanted} in this range`}; ${list}`
  return fileProblem(
    'noSeries',
    { path: seriesFolder(dataDir) },
    says,
    'run "riptide data import <files>", or ask for what is there',
  )
}

function iso(time: UnixMs): string {
  return new Date(time).toISOString()
}
