import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { MarketSegment, MarketSource } from '#model/source.ts'
import { fileProblem, withPath } from '../problems.ts'
import { DayWriter, type WrittenDay } from './day-writer.ts'
import { withLock } from './lock.ts'
import { dayPath, type Manifest, readManifest, type StoredInstrument, syncFolder, writeManifest } from './manifest.ts'
import { addRecording, groupOf } from './recordings.ts'

export interface ImportOptions {
  /** Rows that differ from stored ones of the same time replace them, instead of being refused. */
  readonly replace?: boolean
  /** The source tells everything that traded in this range, to its quiet ends: what is stored up to it and it are one recording. */
  readonly whole?: { readonly from: UnixMs; readonly to: UnixMs }
  /** Rows that only go with others, such as mark prices: what is stored of trades stays as many recordings as it is. */
  readonly aside?: boolean
  readonly onProgress?: (progress: ImportProgress) => void
  readonly signal?: AbortSignal
}

export interface ImportProgress {
  readonly label: string
  /** Segments finished and in all. */
  readonly segments: number
  readonly of: number
  readonly rows: number
}

export interface ImportReport {
  readonly segments: number
  /** Rows read from the source. */
  readonly rows: number
  readonly daysWritten: number
  /** Days that already held the same rows. */
  readonly daysUnchanged: number
  readonly instruments: readonly InstrumentId[]
}

/**
 * Copies a source into the series store, segment by segment. Each day is written beside its place, read back and compared
 * before it counts; the manifest comes last. An interrupted import leaves the days before it and can simply be repeated.
 */
export async function importFiles(
  source: MarketSource,
  dataDir: string,
  options: ImportOptions = {},
): Promise<ImportReport> {
  return withLock(dataDir, async () => {
    let manifest = await readManifest(dataDir)
    let rows = 0
    let daysWritten = 0
    let daysUnchanged = 0
    for (const [index, segment] of source.segments.entries()) {
      const instrument = source.instruments.find(({ id }) => id === segment.instrumentId)!
      const stored = entryOf(manifest, instrument, options.replace ?? false)
      const writer = new DayWriter(dataDir, stored, options.replace ?? false)
      try {
        for await (const block of segment.read()) {
          options.signal?.throwIfAborted()
          rows += await writer.add(block)
        }
        const days = await writer.finish()
        manifest = await commit(dataDir, manifest, stored, segment, days, writer.span, options)
        daysWritten += days.filter(({ temporary }) => temporary !== undefined).length
        daysUnchanged += days.filter(({ temporary }) => temporary === undefined).length
      } catch (error) {
        await writer.discard()
        throw error
      }
      options.onProgress?.({ label: segment.label, segments: index + 1, of: source.segments.length, rows })
    }
    return {
      segments: source.segments.length,
      rows,
      daysWritten,
      daysUnchanged,
      instruments: source.instruments.map(({ id }) => id),
    }
  })
}

/** The instrument as it is stored, with what the source adds; refuses another market under the same id. */
function entryOf(manifest: Manifest, instrument: Instrument, replace: boolean): StoredInstrument {
  const stored = manifest.instruments.find((entry) => entry.instrument.id === instrument.id)
  if (!stored) return { instrument, days: [], recordings: [] }
  const before = stored.instrument
  if (before.venue !== instrument.venue || before.kind !== instrument.kind) {
    const says = `the store holds it from ${before.venue} ${before.kind}, these files are ${instrument.venue} ${instrument.kind}`
    throw fileProblem(
      'mixedMarkets',
      { path: instrument.id },
      says,
      'import them into another data folder (--data-dir)',
    )
  }
  const grid = {
    tickSize: Math.min(before.tickSize, instrument.tickSize),
    lotSize: Math.min(before.lotSize, instrument.lotSize),
    minQuantity: Math.min(before.minQuantity, instrument.minQuantity),
  }
  return { ...stored, instrument: { ...(replace ? instrument : before), ...grid } }
}

async function commit(
  dataDir: string,
  manifest: Manifest,
  stored: StoredInstrument,
  segment: MarketSegment,
  days: readonly WrittenDay[],
  spans: DayWriter['span'],
  { whole, aside = false }: ImportOptions,
): Promise<Manifest> {
  for (const { temporary, day } of days) {
    if (temporary === undefined) continue
    const path = dayPath(dataDir, segment.instrumentId, day)
    await withPath(path, 'write', () => rename(temporary, path))
    await syncFolder(dirname(path))
  }
  const keyOf = ({ kind, day }: { kind: string; day: string }): string => `${kind} ${day}`
  const merged = new Map(stored.days.map((day) => [keyOf(day), day]))
  for (const { day } of days) merged.set(keyOf(day), day)
  let { recordings } = stored
  for (const [kind, span] of aside ? [] : spans) {
    const group = groupOf(kind)
    // bars follow each other by themselves
    const wider =
      whole && group === 'tape' ? { from: Math.min(span.from, whole.from), to: Math.max(span.to, whole.to) } : span
    recordings = addRecording(recordings, { group, ...wider })
  }
  const entry: StoredInstrument = {
    instrument: stored.instrument,
    days: [...merged.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
    recordings,
  }
  const others = manifest.instruments.filter(({ instrument }) => instrument.id !== segment.instrumentId)
  const next: Manifest = {
    version: 1,
    instruments: [...others, entry].sort((a, b) => (a.instrument.id < b.instrument.id ? -1 : 1)),
  }
  await writeManifest(dataDir, next)
  return next
}
