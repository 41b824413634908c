import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UserError } from '#model/failure.ts'
import type { Instrument } from '#model/instrument.ts'
import { type InstrumentId, venueId } from '#model/ids.ts'
import type { MarketSource } from '#model/source.ts'
import { openFiles } from '../files/open-files.ts'
import { parseInterval } from '../files/names.ts'
import { importFiles } from '../series/import.ts'
import { barKind } from '../series/kinds.ts'
import { readManifest, replaceFile } from '../series/manifest.ts'
import type { Span } from './coverage.ts'
import {
  daysOfMonth,
  type DumpFile,
  dumpFiles,
  dumpMarkets,
  type DumpQuestion,
  type DumpType,
  dumpTypes,
  monthFileOf,
} from './dump-files.ts'
import { checksumOf, type DumpAccess, fetchDump, publishedChecksum } from './fetch-dump.ts'
import { readFundingDump } from './funding-dump.ts'
import { sourceOf } from './stretch-source.ts'

export interface DumpsRequest extends DumpAccess, Omit<DumpQuestion, 'type'> {
  readonly dataDir: string
  readonly id: InstrumentId
  /** As the venue lists it now; absent = delisted, or the venue could not be asked. */
  readonly listed?: Instrument
  readonly types: readonly DumpType[]
  readonly range: Span
  readonly replace?: boolean
  /** How far it is, and at which file. */
  readonly onFile?: (share: number, name: string) => void
}

export interface DumpsReport {
  /** Fetched now, of these replaced by the exchange since the last time, and those that were in the store already. */
  readonly fetched: number
  readonly replaced: number
  readonly unchanged: number
  readonly rows: number
  /** Days for which the exchange offers no file. */
  readonly missing: readonly (Span & { readonly type: DumpType })[]
  /** Payments left out, as there is no mark price of their time. */
  readonly fundingWithoutMark: number
}

/** Folder of the files as they were published. */
export function dumpsFolder(dataDir: string): string {
  return join(dataDir, 'dumps')
}

/**
 * Fetches an exchange's published files, proves each by its checksum and puts it into the series store. A file that is there, proven and
 * stored is not fetched again; one that the exchange has replaced is, and wins over what came of it before.
 */
export async function downloadDumps(request: DumpsRequest): Promise<DumpsReport> {
  const run = new Run(request)
  const types = dumpTypes.filter((type) => request.types.includes(type) || isNeeded(type, request.types))
  const { from, to } = request.range
  for (const [index, type] of types.entries()) {
    const question = { ...request, type }
    for (const file of dumpFiles(question, request.range, request.timers.now())) {
      const share = Math.min(1, Math.max(0, (file.from - from) / (to - from)))
      request.onFile?.((index + share) / types.length, basename(file.path))
      if (await run.take(file)) continue
      if (file.period === 'monthly' && type !== 'fundingRate')
        for (const day of daysOfMonth(question, file)) await run.takeOrMiss(day)
      else run.miss(file)
    }
  }
  return run.report()
}

/** Holds the checksum of a file that is in the store; hidden, so that the folder can be opened as data. */
const noteOf = (path: string): string => join(dirname(path), `.${basename(path)}.stored`)

/** Funding is paid on the mark price, which its own files do not tell. */
const isNeeded = (type: DumpType, types: readonly DumpType[]): boolean =>
  type === 'markPriceKlines' && types.includes('fundingRate')

class Run {
  readonly #request: DumpsRequest
  readonly #counts = { fetched: 0, replaced: 0, unchanged: 0, rows: 0, fundingWithoutMark: 0 }
  readonly #missing: (Span & { readonly type: DumpType })[] = []
  readonly #marks: (Span & { readonly path: string })[] = []

  constructor(request: DumpsRequest) {
    this.#request = request
  }

  report(): DumpsReport {
    return { ...this.#counts, missing: this.#missing }
  }

  miss({ type, from, to }: DumpFile): void {
    const last = this.#missing.at(-1)
    if (last?.type === type && last.to === from) this.#missing[this.#missing.length - 1] = { ...last, to }
    else this.#missing.push({ type, from, to })
  }

  async takeOrMiss(file: DumpFile): Promise<void> {
    if (!(await this.take(file))) this.miss(file)
  }

  /** Whether the exchange has the file; then it is in the store. */
  async take(file: DumpFile): Promise<boolean> {
    const target = this.#pathOf(file)
    const note = noteOf(target)
    if (await this.#isInMonth(file)) {
      this.#counts.unchanged++
      return true
    }
    const published = await publishedChecksum(file.path, this.#request)
    if (published === null) return false
    const before = (await readFile(note, 'utf8').catch(() => '')).trim()
    if (file.type === 'markPriceKlines') this.#marks.push({ from: file.from, to: file.to, path: target })
    if (before === published && (await this.#isStored(file))) {
      this.#counts.unchanged++
      return true
    }
    if ((await checksumOf(target)) !== published) {
      await fetchDump(file.path, target, published, this.#request)
      this.#counts.fetched++
    }
    const isReplaced = before !== '' && before !== published
    if (isReplaced) this.#counts.replaced++
    await this.#import(file, target, isReplaced || (await this.#isAfterDays(file)))
    await replaceFile(note, `${published}\n`)
    return true
  }

  #pathOf({ path }: DumpFile): string {
    return join(dumpsFolder(this.#request.dataDir), path)
  }

  /** A day of a month that is in the store as one file: the two may differ slightly, and the month is the better one. */
  async #isInMonth(file: DumpFile): Promise<boolean> {
    if (file.period === 'monthly') return false
    const month = this.#pathOf(monthFileOf({ ...this.#request, type: file.type }, file))
    if (!existsSync(noteOf(month)) || !(await this.#isStored(file))) return false
    if (file.type === 'markPriceKlines') this.#marks.push({ from: file.from, to: file.to, path: month })
    return true
  }

  /** Some of its days came as files of their own before. */
  async #isAfterDays(file: DumpFile): Promise<boolean> {
    if (file.period === 'daily') return false
    return daysOfMonth({ ...this.#request, type: file.type }, file).some((day) => existsSync(noteOf(this.#pathOf(day))))
  }

  async #import(file: DumpFile, path: string, isReplaced: boolean): Promise<void> {
    const { dataDir, signal, replace = false } = this.#request
    const source = await this.#sourceOf(file, path)
    if (source === undefined) return
    const isTape = file.type === 'aggTrades' || file.type === 'trades'
    const { rows } = await importFiles(source, dataDir, {
      replace: replace || isReplaced,
      signal,
      ...(isTape ? { whole: { from: file.from, to: file.to } } : {}),
      aside: file.type === 'markPriceKlines' || file.type === 'fundingRate',
    })
    this.#counts.rows += rows
  }

  async #sourceOf(file: DumpFile, path: string): Promise<MarketSource | undefined> {
    const { id, symbol, signal, interval } = this.#request
    if (file.type === 'fundingRate') {
      const instrument = await this.#known()
      const marks = this.#marks.filter(({ from, to }) => from < file.to && to > file.from).map((mark) => mark.path)
      const { block, withoutMark } = await readFundingDump(instrument, path, marks, parseInterval(interval) ?? NaN)
      this.#counts.fundingWithoutMark += withoutMark
      return block && sourceOf(instrument, block)
    }
    const known = file.type === 'markPriceKlines' ? await this.#known() : undefined
    const source = await openFiles([path], { signal, cacheBytes: 512e6 })
    const [found] = source.instruments
    if (found.id === id) return { ...source, instruments: [known ?? this.#described(found)] }
    throw new UserError({
      code: 'unknownInstrument',
      message: `${path}: it holds ${found.id}, which is not ${symbol}`,
      where: path,
      remedy: 'leave the instrument out',
    })
  }

  /** As the venue lists it, on the finest grid that was ever seen. */
  #described(found: Instrument): Instrument {
    const { listed, venue } = this.#request
    if (listed === undefined) return { ...found, venue: venueId(venue), kind: dumpMarkets[venue].kind }
    const finest = (name: 'tickSize' | 'lotSize'): number => Math.min(listed[name], found[name])
    return { ...listed, tickSize: finest('tickSize'), lotSize: finest('lotSize') }
  }

  /** Mark prices are finer than any price that can be traded: they say nothing of the grid. */
  async #known(): Promise<Instrument> {
    const { listed, dataDir, id, symbol } = this.#request
    const stored = (await readManifest(dataDir)).instruments.find(({ instrument }) => instrument.id === id)
    const known = listed ?? stored?.instrument
    if (known) return known
    throw new UserError({
      code: 'unknownInstrument',
      message: `${symbol} is not listed now, and nothing of it is stored that would tell its tick`,
      where: '--instruments',
      remedy: 'download its aggTrades or klines first, then mark prices and funding',
      exit: 'notFound',
    })
  }

  /** Whether days of it are still in the store. */
  async #isStored({ type, from, to }: DumpFile): Promise<boolean> {
    const { dataDir, id, interval } = this.#request
    const entry = (await readManifest(dataDir)).instruments.find(({ instrument }) => instrument.id === id)
    const bars = barKind(parseInterval(interval) ?? NaN)
    const isOf = {
      aggTrades: { kind: 'trade', feed: 'trade' },
      trades: { kind: 'trade', feed: 'trade' },
      klines: { kind: bars, feed: 'bar' },
      markPriceKlines: { kind: 'event', feed: 'markPrice' },
      fundingRate: { kind: 'event', feed: 'funding' },
    } as const satisfies Readonly<Record<DumpType, object>>
    const { kind, feed } = isOf[type]
    return (entry?.days ?? []).some(
      (day) => day.kind === kind && day.feeds.includes(feed) && day.from <= to && day.to >= from,
    )
  }
}
