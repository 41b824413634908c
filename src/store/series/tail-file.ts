import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { InstrumentId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { MarketBlock, MarketEvent } from '#model/market.ts'
import type { MarketSource } from '#model/source.ts'
import { assemble } from '#model/block.ts'
import { FeedScan } from '../blocks.ts'
import { BlockHasher } from '../checksum.ts'
import { ioProblem } from '../problems.ts'
import { dayName } from './kinds.ts'
import { seriesFolder } from './manifest.ts'
import { ChunkBuilder, contentLength, headBytes, isWhole, readChunk } from './tail-codec.ts'

const dayMs = 86_400_000
/** Rows of a block handed on when a tail is read. */
const blockRows = 65_536

export const tailFolder = (dataDir: string): string => join(seriesFolder(dataDir), 'tail')

/** One instrument's newest rows of one UTC day, appended as they come. What `flush` wrote survives the end of this process. */
export class TailFile {
  readonly path: string
  rows = 0
  readonly #builder = new ChunkBuilder()
  readonly #last = { trade: -Infinity, quote: -Infinity, event: -Infinity }
  readonly #file: number
  #size = 0

  /** Throws `UserError` when it cannot be written. */
  constructor(dataDir: string, instrument: Instrument, time: number, part: string) {
    const day = dayName(Math.floor(time / dayMs))
    this.path = join(tailFolder(dataDir), instrument.id, `${day}-${part}.tail`)
    try {
      mkdirSync(dirname(this.path), { recursive: true })
      this.#file = openSync(this.path, 'wx')
    } catch (error) {
      throw ioProblem(error, this.path, 'write')
    }
    this.#builder.instrument(instrument)
  }

  /** A row that comes late takes the time of the one before it; returns whether it did. */
  add(event: MarketEvent): boolean {
    const kind = event.type === 'trade' || event.type === 'quote' ? event.type : 'event'
    const isLate = event.time < this.#last[kind]
    const placed = isLate ? { ...event, time: this.#last[kind] } : event
    this.#last[kind] = placed.time
    this.#builder.add(placed)
    this.rows++
    return isLate
  }

  /** Hands what was added to the system in one chunk. A chunk that did not fit is taken back, so that the file stays whole. */
  flush(): void {
    const chunk = this.#builder.take()
    if (chunk.length === 0) return
    try {
      for (let at = 0; at < chunk.length;) at += writeSync(this.#file, chunk, at)
      this.#size += chunk.length
    } catch (error) {
      ftruncateSync(this.#file, this.#size)
      throw ioProblem(error, this.path, 'write')
    }
  }

  /** To the disk itself, for the case that the machine stops. */
  sync(): void {
    fsyncSync(this.#file)
  }

  close(): void {
    this.flush()
    this.sync()
    closeSync(this.#file)
  }
}

/** What a tail file holds up to its last whole chunk; a torn or damaged rest is not guessed at. Undefined when there is nothing. */
export async function openTail(path: string, instrumentId: InstrumentId): Promise<MarketSource | undefined> {
  const scan = new FeedScan()
  const hasher = new BlockHasher()
  let instrument: Instrument | undefined
  for await (const block of readTail(path, instrumentId, (found) => (instrument = found))) {
    scan.add(block)
    hasher.add(block)
  }
  if (!instrument || scan.rows === 0) return undefined
  return {
    instruments: [instrument],
    segments: [
      {
        instrumentId,
        feeds: [...scan.feeds],
        from: scan.from,
        to: scan.to,
        rows: scan.rows,
        label: path,
        checksum: hasher.digest(),
        read: () => readTail(path, instrumentId, () => undefined),
      },
    ],
  }
}

async function* readTail(
  path: string,
  instrumentId: InstrumentId,
  onInstrument: (instrument: Instrument) => void,
): AsyncGenerator<MarketBlock> {
  const file = await open(path, 'r')
  try {
    let rows = new Rows()
    const reader = {
      onInstrument,
      onTrade: (...row: number[]) => rows.trades.push(row),
      onQuote: (...row: number[]) => rows.quotes.push(row),
      onEvent: (event: MarketEvent) => rows.events.push(event),
    }
    const head = Buffer.alloc(headBytes)
    for (let position = 0; ;) {
      const { bytesRead } = await file.read(head, 0, headBytes, position)
      const length = bytesRead === headBytes ? contentLength(head) : undefined
      if (length === undefined) break
      const content = Buffer.alloc(length)
      const read = await file.read(content, 0, length, position + headBytes)
      if (read.bytesRead < length || !isWhole(head, content)) break
      readChunk(content, reader)
      position += headBytes + length
      if (rows.count < blockRows) continue
      const block = rows.block(instrumentId)
      rows = new Rows()
      if (block) yield block
    }
    const rest = rows.block(instrumentId)
    if (rest) yield rest
  } finally {
    await file.close()
  }
}

/** Rows on their way into columns. */
class Rows {
  readonly trades: number[][] = []
  readonly quotes: number[][] = []
  readonly events: MarketEvent[] = []

  get count(): number {
    return this.trades.length + this.quotes.length + this.events.length
  }

  block(instrumentId: InstrumentId): MarketBlock | undefined {
    const column = (rows: readonly number[][], index: number) => Float64Array.from(rows, (row) => row[index])
    const { trades, quotes, events } = this
    return assemble(instrumentId, {
      trades: {
        time: column(trades, 0),
        price: column(trades, 1),
        quantity: column(trades, 2),
        side: Int8Array.from(trades, (row) => row[3]),
      },
      quotes: {
        time: column(quotes, 0),
        bid: column(quotes, 1),
        ask: column(quotes, 2),
        bidSize: column(quotes, 3),
        askSize: column(quotes, 4),
      },
      events,
    })
  }
}
