import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Instrument } from '#model/instrument.ts'
import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { Feed } from '#model/market.ts'
import { parseJson, toJson } from '../ledger/json.ts'
import { fileProblem, ioProblem, withPath } from '../problems.ts'
import { instrumentSchema } from './instrument-schema.ts'
import type { Day, SeriesKind } from './kinds.ts'

/** What the series store holds; the only truth about which files belong to it. */
export interface Manifest {
  readonly version: 1
  readonly instruments: readonly StoredInstrument[]
}

export interface StoredInstrument {
  readonly instrument: Instrument
  /** Ascending by kind, then day. */
  readonly days: readonly StoredDay[]
  /** Stretches without interruption, ascending per group. */
  readonly recordings: readonly Recording[]
}

/** One Parquet file. */
export interface StoredDay {
  readonly kind: SeriesKind
  readonly day: Day
  readonly rows: number
  readonly from: UnixMs
  readonly to: UnixMs
  readonly feeds: readonly Feed[]
  /** Size of the file. */
  readonly bytes: number
  /** sha256 of the decoded columns. */
  readonly checksum: string
}

/** `tape` = trades, quotes and events together; bars by interval. */
export type RecordingGroup = 'tape' | `bar-${number}`

export interface Recording {
  readonly group: RecordingGroup
  readonly from: UnixMs
  readonly to: UnixMs
}

const feeds = z.enum(['trade', 'side', 'quote', 'book', 'bar', 'markPrice', 'funding'])
const kind = z.string().regex(/^(trade|quote|event|bar-\d+)$/)
const manifestSchema = z.object({
  version: z.literal(1),
  instruments: z.array(
    z.object({
      instrument: instrumentSchema,
      days: z.array(
        z.object({
          kind,
          day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
          rows: z.int().min(1),
          from: z.int(),
          to: z.int(),
          feeds: z.array(feeds),
          bytes: z.int().min(1),
          checksum: z.string().length(64),
        }),
      ),
      recordings: z.array(z.object({ group: z.string().regex(/^(tape|bar-\d+)$/), from: z.int(), to: z.int() })),
    }),
  ),
})

export function seriesFolder(dataDir: string): string {
  return join(dataDir, 'series')
}

/** Path of one day's file. */
export function dayPath(dataDir: string, id: InstrumentId, { kind, day }: Pick<StoredDay, 'kind' | 'day'>): string {
  return join(seriesFolder(dataDir), id, kind, `${day}.parquet`)
}

/** The manifest; an empty one where nothing was imported yet. Throws `badManifest` when it cannot be understood. */
export async function readManifest(dataDir: string): Promise<Manifest> {
  const path = join(seriesFolder(dataDir), 'manifest.json')
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { version: 1, instruments: [] }
    throw ioProblem(error, path, 'read')
  }
  const remedy = 'restore the file from a backup, or delete the folder and import again'
  try {
    return manifestSchema.parse(parseJson(text)) as unknown as Manifest
  } catch (error) {
    throw fileProblem('badManifest', { path }, 'it does not describe a series store of this version', remedy, error)
  }
}

/** Replaces the manifest at once: readers see the old one or the new one. */
export async function writeManifest(dataDir: string, manifest: Manifest): Promise<void> {
  await replaceFile(join(seriesFolder(dataDir), 'manifest.json'), `${toJson(manifest)}\n`)
}

/** Writes a file beside its place, flushes it to the disk and moves it there. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.tmp-${process.pid}`
  await withPath(path, 'write', async () => {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
  })
}

/** Makes renames in a folder durable; systems that cannot open a folder do without. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

/** Flushes a finished file to the disk. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
