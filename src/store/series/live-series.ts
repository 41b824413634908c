import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { MarketEvent } from '#model/market.ts'
import { importFiles } from './import.ts'
import { withLock } from './lock.ts'
import { openTail, TailFile, tailFolder } from './tail-file.ts'

const dayMs = 86_400_000
const syncEveryMs = 1_000

/**
 * The growing end of the series store. Rows are handed to the system within the turn in which they came, so that the end of the
 * process loses none; finished days, and everything at the close, become days of the store.
 */
export interface LiveSeries {
  /** Rows found from a recording that had ended without being closed; they are in the store now. */
  readonly recovered: number
  readonly rows: number
  /** Rows that came with an earlier time than the one before them, and were given its. */
  readonly late: number
  add(event: Exclude<MarketEvent, { type: 'instrumentChanged' }>): void
  close(): Promise<void>
}

export interface LiveSeriesOptions {
  /** A write or a day that failed; nothing is added after a failed write. */
  readonly onError: (error: unknown) => void
}

/** Opens the store for recording; one process at a time. Throws `UserError` (`seriesLocked`, `diskFull`, …). */
export async function openLiveSeries(
  dataDir: string,
  instruments: readonly Instrument[],
  options: LiveSeriesOptions,
): Promise<LiveSeries> {
  const opened = Promise.withResolvers<LiveSeries>()
  const closed = Promise.withResolvers<void>()
  const held: Promise<void> = withLock(
    dataDir,
    async () => {
      const recovered = await foldTails(dataDir)
      opened.resolve(
        new Live(dataDir, instruments, recovered, options, () => {
          closed.resolve()
          return held
        }),
      )
      await closed.promise
    },
    '.recording',
  )
  held.catch(opened.reject)
  return opened.promise
}

/** Moves every tail into the days of the store; returns the rows. Can be repeated: rows that are there already count once. */
async function foldTails(dataDir: string): Promise<number> {
  const folder = tailFolder(dataDir)
  let rows = 0
  const ids = await readdir(folder).catch((): string[] => [])
  for (const id of ids.sort()) {
    const names = (await readdir(join(folder, id))).filter((name) => name.endsWith('.tail')).sort()
    for (const name of names) rows += await foldTail(dataDir, join(folder, id, name), id as InstrumentId)
  }
  return rows
}

async function foldTail(dataDir: string, path: string, id: InstrumentId): Promise<number> {
  const source = await openTail(path, id)
  const report = source && (await importFiles(source, dataDir))
  await rm(path, { force: true })
  return report?.rows ?? 0
}

class Live implements LiveSeries {
  readonly recovered: number
  rows = 0
  late = 0
  readonly #dataDir: string
  readonly #instruments: ReadonlyMap<InstrumentId, Instrument>
  readonly #onError: (error: unknown) => void
  readonly #release: () => Promise<void>
  readonly #tails = new Map<InstrumentId, { file: TailFile; until: UnixMs }>()
  readonly #dirty = new Set<TailFile>()
  readonly #unsynced = new Set<TailFile>()
  readonly #timer: NodeJS.Timeout
  /** Parts of one day sort by when they began. */
  readonly #name = Date.now().toString(36)
  #parts = 1000
  #folding: Promise<unknown> = Promise.resolve()
  #scheduled = false
  #failed = false

  constructor(
    dataDir: string,
    instruments: readonly Instrument[],
    recovered: number,
    { onError }: LiveSeriesOptions,
    release: () => Promise<void>,
  ) {
    this.#dataDir = dataDir
    this.#instruments = new Map(instruments.map((instrument) => [instrument.id, instrument]))
    this.recovered = recovered
    this.#onError = onError
    this.#release = release
    this.#timer = setInterval(() => this.#sync(), syncEveryMs).unref()
  }

  add(event: Exclude<MarketEvent, { type: 'instrumentChanged' }>): void {
    if (this.#failed) return
    try {
      const file = this.#fileOf(event.instrumentId, event.time)
      if (file.add(event)) this.late++
      this.rows++
      this.#dirty.add(file)
    } catch (error) {
      this.#fail(error)
    }
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.#flush())
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#flush()
    for (const [id, { file }] of this.#tails) this.#fold(file, id)
    this.#tails.clear()
    await this.#folding
    await this.#release()
  }

  #fileOf(id: InstrumentId, time: UnixMs): TailFile {
    const tail = this.#tails.get(id)
    if (tail && time < tail.until) return tail.file
    const instrument = this.#instruments.get(id)
    if (!instrument) throw new Error(`${id} is not recorded`)
    if (tail) this.#fold(tail.file, id)
    const file = new TailFile(this.#dataDir, instrument, time, `${this.#name}-${this.#parts++}`)
    this.#tails.set(id, { file, until: (Math.floor(time / dayMs) + 1) * dayMs })
    return file
  }

  #flush(): void {
    this.#scheduled = false
    try {
      for (const file of this.#dirty) {
        file.flush()
        this.#unsynced.add(file)
      }
    } catch (error) {
      this.#fail(error)
    }
    this.#dirty.clear()
  }

  #sync(): void {
    try {
      for (const file of this.#unsynced) file.sync()
    } catch (error) {
      this.#fail(error)
    }
    this.#unsynced.clear()
  }

  /** A finished tail becomes part of its day, one after the other. */
  #fold(file: TailFile, id: InstrumentId): void {
    this.#dirty.delete(file)
    this.#unsynced.delete(file)
    this.#folding = this.#folding.then(async () => {
      try {
        file.close()
        await foldTail(this.#dataDir, file.path, id)
      } catch (error) {
        this.#onError(error)
      }
    })
  }

  #fail(error: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#onError(error)
  }
}
