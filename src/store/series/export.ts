import { join } from 'node:path'
import type { Instrument } from '#model/instrument.ts'
import type { UnixMs } from '#model/ids.ts'
import { intervalName } from '../files/names.ts'
import { matchesGlobs } from '../glob.ts'
import { toJson } from '../ledger/json.ts'
import { fileProblem } from '../problems.ts'
import { CsvFile } from './csv-file.ts'
import { intervalOf, type SeriesKind } from './kinds.ts'
import { readManifest, replaceFile, seriesFolder, type StoredDay } from './manifest.ts'
import { readDay } from './read-day.ts'

export interface ExportOptions {
  readonly folder: string
  /** Globs over instrument ids or symbols; absent or empty = all. */
  readonly instruments?: readonly string[]
  readonly from?: UnixMs
  /** Exclusive. */
  readonly to?: UnixMs
  /** `days`: `<instrument>/<YYYY-MM-DD>/prices.csv` and the like, as the seeds lay it out; `flat`: one file per kind. `days` when absent. */
  readonly layout?: 'days' | 'flat'
  readonly signal?: AbortSignal
}

export interface ExportReport {
  readonly files: readonly string[]
  readonly rows: number
  /** Depth and other events have no table form; their number. */
  readonly eventsLeftOut: number
}

/**
 * Writes stored series as CSV that `openFiles` reads back to the same columns. Cells hold plain decimals, `buy`, `sell` or nothing: no
 * exponents, and nothing a spreadsheet could take for a formula. `instrument.json` beside them keeps the metadata.
 */
export async function exportSeries(dataDir: string, options: ExportOptions): Promise<ExportReport> {
  const { instruments } = await readManifest(dataDir)
  const chosen = instruments.filter(({ instrument }) => matchesGlobs(instrument, options.instruments))
  if (chosen.length === 0) {
    throw fileProblem(
      'noSeries',
      { path: seriesFolder(dataDir) },
      'the series store holds none of these instruments',
      'run "riptide data list" to see what it holds',
    )
  }
  const files: string[] = []
  let rows = 0
  let eventsLeftOut = 0
  for (const { instrument, days } of chosen) {
    const folder = join(options.folder, instrument.id)
    const writers = new Writers(folder, instrument, options.layout ?? 'days')
    try {
      for (const day of [...days].sort((a, b) => a.from - b.from)) {
        options.signal?.throwIfAborted()
        if (day.kind === 'event') eventsLeftOut += day.rows
        else
          for await (const columns of readDay(
            dataDir,
            instrument.id,
            day,
            options.from ?? -Infinity,
            options.to ?? Infinity,
          ))
            rows += await (await writers.of(day)).add(columns)
      }
      files.push(...(await writers.finish()))
    } finally {
      await writers.discard()
    }
    const path = join(folder, 'instrument.json')
    await replaceFile(path, `${toJson(instrument)}\n`)
    files.push(path)
  }
  return { files, rows, eventsLeftOut }
}

/** One open file per kind; the day layout closes it when the day changes. */
class Writers {
  readonly #folder: string
  readonly #instrument: Instrument
  readonly #layout: 'days' | 'flat'
  readonly #open = new Map<SeriesKind, CsvFile>()
  readonly #finished: string[] = []

  constructor(folder: string, instrument: Instrument, layout: 'days' | 'flat') {
    this.#folder = folder
    this.#instrument = instrument
    this.#layout = layout
  }

  async of({ kind, day }: StoredDay): Promise<CsvFile> {
    const path = join(
      this.#folder,
      this.#layout === 'days' ? join(day, `${nameInDay(kind)}.csv`) : `${this.#instrument.id}_${nameOf(kind)}.csv`,
    )
    const open = this.#open.get(kind)
    if (open?.path === path) return open
    if (open) this.#finished.push(await open.finish())
    const file = await CsvFile.create(path, kind, this.#layout === 'days' ? 'seconds' : 'ms')
    this.#open.set(kind, file)
    return file
  }

  async finish(): Promise<readonly string[]> {
    for (const file of this.#open.values()) this.#finished.push(await file.finish())
    this.#open.clear()
    return this.#finished
  }

  async discard(): Promise<void> {
    for (const file of this.#open.values()) await file.discard()
  }
}

function nameOf(kind: SeriesKind): string {
  const interval = intervalOf(kind)
  return interval === undefined ? `${kind}s` : intervalName(interval)
}

function nameInDay(kind: SeriesKind): string {
  if (kind === 'trade') return 'prices'
  return kind === 'quote' ? 'quotes' : `candles_${nameOf(kind)}`
}
