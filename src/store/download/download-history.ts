import { lowerBound } from '#model/block.ts'
import type { Instrument } from '#model/instrument.ts'
import type { UnixMs } from '#model/ids.ts'
import type { Bar, MarketBlock, Trade } from '#model/market.ts'
import { type MarketVenue, type Timers, VenueError } from '#model/venue.ts'
import { importFiles } from '../series/import.ts'
import { barKind, type SeriesKind } from '../series/kinds.ts'
import { readManifest } from '../series/manifest.ts'
import { cover, type Coverage, missing, readCoverage, rowsByDay, type Span, writeCoverage } from './coverage.ts'
import { pause } from './pause.ts'
import { barColumns, sourceOf, tradeColumns } from './stretch-source.ts'

export interface HistoryRequest {
  readonly dataDir: string
  readonly market: Pick<MarketVenue, 'bars' | 'trades'>
  readonly instrument: Instrument
  /** Bars of this interval; null = trades. */
  readonly intervalMs: number | null
  /** Not later than what the venue tells by now. */
  readonly range: Span
  readonly timers: Timers
  /** Rows that differ from stored ones of the same time replace them, instead of being refused. */
  readonly replace?: boolean
  readonly signal: AbortSignal
  /** How far it is. */
  readonly onReached?: (time: UnixMs) => void
}

export interface HistoryReport {
  /** Rows stored now. */
  readonly rows: number
  /** Milliseconds of the range that were whole in the store already. */
  readonly skippedMs: number
}

/** Rows held at most before they go to the store, with what was asked for so far. */
const rowsAtOnce = 100_000
/** In a row, without a row in between. */
const failuresAllowed = 5

/**
 * Copies a venue's history into the series store. What the store has whole is not asked for again; whatever came before an
 * interruption is stored, and a repetition goes on after it. Throws `VenueError` when the venue keeps failing, `UserError` of the store.
 */
export async function downloadHistory(request: HistoryRequest): Promise<HistoryReport> {
  const { range } = request
  const download = new Download(request)
  await download.open()
  const holes = download.missing()
  const skippedMs = range.to - range.from - holes.reduce((sum, { from, to }) => sum + to - from, 0)
  let failures = 0
  let before = 0
  for (;;) {
    try {
      for (const hole of download.missing()) await download.fill(hole)
      return { rows: download.rows, skippedMs }
    } catch (error) {
      if (!(error instanceof VenueError) || !isPassing(error)) throw error
      // what came in between shows that the venue answers
      failures = download.rows > before ? 1 : failures + 1
      before = download.rows
      if (failures === failuresAllowed) throw error
      await pause(request.timers, 1_000 * 2 ** (failures - 1), request.signal)
    }
  }
}

class Download {
  rows = 0
  readonly #request: HistoryRequest
  readonly #kind: SeriesKind
  #coverage: Coverage = { spans: [], rows: {} }
  #stored: ReadonlyMap<string, number> = new Map()

  constructor(request: HistoryRequest) {
    this.#request = request
    this.#kind = request.intervalMs === null ? 'trade' : barKind(request.intervalMs)
  }

  async open(): Promise<void> {
    const { dataDir, instrument } = this.#request
    this.#coverage = await readCoverage(dataDir, instrument, this.#kind)
    this.#stored = rowsByDay(await readManifest(dataDir), instrument, this.#kind)
  }

  missing(): readonly Span[] {
    const { range, intervalMs } = this.#request
    // less than a bar is no bar
    return missing(this.#coverage, range, this.#stored).filter(({ from, to }) => to - from >= (intervalMs ?? 1))
  }

  async fill(hole: Span): Promise<void> {
    const { signal, onReached, intervalMs } = this.#request
    let from = hole.from
    let pending: (Trade | Bar)[] = []
    const flush = async (to: UnixMs): Promise<void> => {
      const end = lowerBound(
        pending.map(({ time }) => time),
        intervalMs === null ? to : to + 1,
      )
      await this.#store(pending.slice(0, end), { from, to })
      pending = pending.slice(end)
      from = to
    }
    try {
      for await (const page of this.#pages(hole)) {
        signal.throwIfAborted()
        pending.push(...page)
        const last = pending.at(-1)?.time ?? from
        onReached?.(last)
        // more trades of the last millisecond may be on the next page
        if (pending.length >= rowsAtOnce && last > from) await flush(last)
      }
      signal.throwIfAborted()
    } catch (error) {
      const last = pending.at(-1)?.time ?? from
      if (last > from) await flush(last)
      throw error
    }
    // bars after the last one may not be over yet, or never come
    const to = intervalMs === null ? hole.to : (pending.at(-1)?.time ?? from)
    if (to > from) await flush(to)
  }

  #pages({ from, to }: Span): AsyncIterable<readonly (Trade | Bar)[]> {
    const { market, instrument, intervalMs } = this.#request
    const range = { instrumentId: instrument.id, from, to }
    return intervalMs === null ? market.trades(range) : market.bars({ ...range, intervalMs })
  }

  /** Puts rows into the store, and notes that the span is whole. */
  async #store(rows: readonly (Trade | Bar)[], span: Span): Promise<void> {
    const { dataDir, instrument, intervalMs, replace = false } = this.#request
    if (rows.length > 0) {
      this.rows += rows.length
      const block: MarketBlock = {
        instrumentId: instrument.id,
        ...(intervalMs === null
          ? { trades: tradeColumns(rows as readonly Trade[]) }
          : { bars: barColumns(rows as readonly Bar[], intervalMs) }),
      }
      // quiet stretches without rows before this one belong to the same recording
      const before = this.#coverage.spans.find(({ from, to }) => from <= span.from && span.from <= to)
      await importFiles(sourceOf(instrument, block), dataDir, {
        replace,
        whole: { from: before?.from ?? span.from, to: span.to },
      })
      this.#stored = rowsByDay(await readManifest(dataDir), instrument, this.#kind)
    }
    this.#coverage = cover(this.#coverage, span, this.#stored)
    await writeCoverage(dataDir, instrument, this.#kind, this.#coverage)
  }
}

const isPassing = ({ fate }: VenueError): boolean => fate === 'retry' || fate === 'unknown'
