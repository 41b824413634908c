import { mkdir, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { MarketBlock } from '#model/market.ts'
import { lowerBound } from '#model/block.ts'
import { FeedScan } from '../blocks.ts'
import { BlockHasher } from '../checksum.ts'
import { fileProblem, withPath } from '../problems.ts'
import { readParquet, writeParquet } from './duck.ts'
import {
  blockOf,
  type Columns,
  concatColumns,
  dayEnd,
  dayIndex,
  dayName,
  partsOf,
  type SeriesKind,
  sliceColumns,
} from './kinds.ts'
import { dayPath, type StoredDay, type StoredInstrument, syncFile } from './manifest.ts'
import { mergeDay } from './merge-day.ts'
import { dayLabel } from './recordings.ts'

/** A day ready to count. `temporary` is the file to move to its place; absent when the stored one already holds these rows. */
export interface WrittenDay {
  readonly day: StoredDay
  readonly temporary: string | undefined
}

interface OpenDay {
  readonly index: number
  readonly parts: Columns[]
}

/** Sorts the rows of one segment into days and writes each finished one beside its place. Holds one day of each kind. */
export class DayWriter {
  /** First and last time of each kind. */
  readonly span = new Map<SeriesKind, { from: UnixMs; to: UnixMs }>()
  readonly #dataDir: string
  readonly #stored: StoredInstrument
  readonly #replace: boolean
  readonly #open = new Map<SeriesKind, OpenDay>()
  readonly #written: WrittenDay[] = []

  constructor(dataDir: string, stored: StoredInstrument, replace: boolean) {
    this.#dataDir = dataDir
    this.#stored = stored
    this.#replace = replace
  }

  /** Returns the rows in the block. */
  async add(block: MarketBlock): Promise<number> {
    let rows = 0
    for (const [kind, columns] of partsOf(block)) {
      rows += columns.time.length
      this.#extend(kind, columns)
      let at = 0
      while (at < columns.time.length) {
        const index = dayIndex(kind, columns.time[at])
        const end = lowerBound(columns.time, dayEnd(kind, index))
        await this.#add(kind, index, sliceColumns(kind, columns, at, end))
        at = end
      }
    }
    return rows
  }

  async finish(): Promise<readonly WrittenDay[]> {
    for (const [kind, day] of this.#open) await this.#close(kind, day)
    return this.#written
  }

  /** Removes what was written, after a failure. */
  async discard(): Promise<void> {
    for (const { temporary } of this.#written) if (temporary !== undefined) await rm(temporary, { force: true })
  }

  #extend(kind: SeriesKind, { time }: Columns): void {
    const before = this.span.get(kind)
    this.span.set(kind, { from: before?.from ?? time[0], to: time[time.length - 1] })
  }

  async #add(kind: SeriesKind, index: number, columns: Columns): Promise<void> {
    const day = this.#open.get(kind)
    if (day && day.index === index) {
      day.parts.push(columns)
      return
    }
    if (day) await this.#close(kind, day)
    this.#open.set(kind, { index, parts: [columns] })
  }

  async #close(kind: SeriesKind, { index, parts }: OpenDay): Promise<void> {
    const { id } = this.#stored.instrument
    const day = dayName(index)
    const path = dayPath(this.#dataDir, id, { kind, day })
    const known = this.#stored.days.find((stored) => stored.kind === kind && stored.day === day)
    const added = concatColumns(kind, parts)
    const stored = await this.#read(path, kind, known)
    const merged = stored ? mergeDay(kind, stored, added, this.#replace) : { columns: added }
    if ('conflictAt' in merged) {
      const says = `the store tells ${new Date(merged.conflictAt).toISOString()} differently from these files`
      throw fileProblem(
        'differentContent',
        { path: dayLabel(id, kind, day) },
        says,
        'import with --replace to let the files win, or leave them out',
      )
    }
    const described = describe(id, kind, merged.columns)
    if (known && known.checksum === described.checksum && stored) {
      this.#written.push({ day: known, temporary: undefined })
      return
    }
    const temporary = `${path}.tmp-${process.pid}`
    await withPath(path, 'write', async () => {
      await mkdir(dirname(path), { recursive: true })
      this.#written.push({ day: { kind, day, bytes: 0, ...described }, temporary })
      await writeParquet(temporary, kind, merged.columns)
      await syncFile(temporary)
    })
    await this.#verify(temporary, path, kind, described.checksum)
    this.#written[this.#written.length - 1] = {
      day: { kind, day, bytes: (await stat(temporary)).size, ...described },
      temporary,
    }
  }

  /** What is stored of the day; a file that the manifest does not know comes from an interrupted import. */
  async #read(path: string, kind: SeriesKind, known: StoredDay | undefined): Promise<Columns | undefined> {
    if (!(await stat(path).catch(() => undefined))) {
      if (known && !this.#replace) throw damaged(path, 'is missing')
      return undefined
    }
    try {
      const parts: Columns[] = []
      for await (const part of readParquet(path, kind)) parts.push(part)
      return parts.length === 0 ? undefined : concatColumns(kind, parts)
    } catch (error) {
      if (known && !this.#replace) throw damaged(path, 'cannot be read', error)
      return undefined
    }
  }

  async #verify(temporary: string, path: string, kind: SeriesKind, checksum: string): Promise<void> {
    const hasher = new BlockHasher()
    for await (const part of readParquet(temporary, kind)) hasher.add(blockOf(this.#stored.instrument.id, kind, part))
    if (hasher.digest() === checksum) return
    throw fileProblem(
      'writeFailed',
      { path },
      'what was written does not read back the same',
      'check the disk, then import again',
    )
  }
}

/** A stored file that is not what the manifest says. */
export function damaged(path: string, says: string, cause?: unknown): Error {
  return fileProblem(
    'seriesDamaged',
    { path },
    `the stored file ${says}`,
    'import the day again with --replace, or restore it from a backup',
    cause,
  )
}

function describe(id: InstrumentId, kind: SeriesKind, columns: Columns): Omit<StoredDay, 'kind' | 'day' | 'bytes'> {
  const block = blockOf(id, kind, columns)
  const hasher = new BlockHasher()
  hasher.add(block)
  const scan = new FeedScan()
  scan.add(block)
  return { rows: columns.time.length, from: scan.from, to: scan.to, feeds: [...scan.feeds], checksum: hasher.digest() }
}
