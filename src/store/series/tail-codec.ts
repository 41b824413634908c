import { crc32 } from 'node:zlib'
import type { Instrument } from '#model/instrument.ts'
import type { MarketEvent, SideCode } from '#model/market.ts'
import { parseJson, toJson } from '../ledger/json.ts'

/** Bytes of a chunk's head: magic, length of what follows, its CRC-32. */
export const headBytes = 12
const magic = 0x31505452
/** Nobody writes a chunk this long: a length beyond it is damage. */
const maxChunkBytes = 64 * 1024 * 1024

const kinds = { instrument: 0, trade: 1, quote: 2, event: 3 } as const
const tradeBytes = 1 + 3 * 8 + 1
const quoteBytes = 1 + 5 * 8

/** What a chunk holds, in order. */
export interface TailReader {
  onInstrument(instrument: Instrument): void
  onTrade(time: number, price: number, quantity: number, side: SideCode): void
  onQuote(time: number, bid: number, ask: number, bidSize: number, askSize: number): void
  onEvent(event: MarketEvent): void
}

/** Gathers rows into one chunk; grows as needed. */
export class ChunkBuilder {
  #bytes = Buffer.allocUnsafe(64 * 1024)
  #at = headBytes

  instrument(instrument: Instrument): void {
    this.#text(kinds.instrument, toJson(instrument))
  }

  add(event: MarketEvent): void {
    if (event.type === 'trade') {
      const at = this.#take(tradeBytes)
      const bytes = this.#bytes
      bytes[at] = kinds.trade
      bytes.writeDoubleLE(event.time, at + 1)
      bytes.writeDoubleLE(event.price, at + 9)
      bytes.writeDoubleLE(event.quantity, at + 17)
      bytes.writeInt8(event.side === 'buy' ? 1 : event.side === 'sell' ? -1 : 0, at + 25)
    } else if (event.type === 'quote') {
      const at = this.#take(quoteBytes)
      const bytes = this.#bytes
      bytes[at] = kinds.quote
      bytes.writeDoubleLE(event.time, at + 1)
      bytes.writeDoubleLE(event.bid, at + 9)
      bytes.writeDoubleLE(event.ask, at + 17)
      bytes.writeDoubleLE(event.bidSize, at + 25)
      bytes.writeDoubleLE(event.askSize, at + 33)
    } else this.#text(kinds.event, toJson(event))
  }

  /** The chunk with its head, valid until the next row; begins anew. Empty when nothing was added. */
  take(): Uint8Array {
    const end = this.#at
    if (end === headBytes) return this.#bytes.subarray(0, 0)
    const bytes = this.#bytes
    bytes.writeUInt32LE(magic, 0)
    bytes.writeUInt32LE(end - headBytes, 4)
    bytes.writeUInt32LE(crc32(bytes.subarray(headBytes, end)), 8)
    this.#at = headBytes
    return bytes.subarray(0, end)
  }

  #text(kind: number, text: string): void {
    const length = Buffer.byteLength(text)
    const at = this.#take(5 + length)
    this.#bytes[at] = kind
    this.#bytes.writeUInt32LE(length, at + 1)
    this.#bytes.write(text, at + 5)
  }

  #take(length: number): number {
    const at = this.#at
    this.#at += length
    if (this.#at > this.#bytes.length) {
      const longer = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at))
      this.#bytes.copy(longer, 0, 0, at)
      this.#bytes = longer
    }
    return at
  }
}

/** Length of the chunk's content that a head announces; undefined when it is no head. */
export function contentLength(head: Buffer): number | undefined {
  if (head.length < headBytes || head.readUInt32LE(0) !== magic) return undefined
  const length = head.readUInt32LE(4)
  return length > 0 && length <= maxChunkBytes ? length : undefined
}

/** Whether a chunk's content is what its head says. */
export function isWhole(head: Buffer, content: Buffer): boolean {
  return content.length === contentLength(head) && crc32(content) === head.readUInt32LE(8)
}

/** Tells the rows of a whole chunk. */
export function readChunk(content: Buffer, reader: TailReader): void {
  let at = 0
  while (at < content.length) {
    const kind = content[at]
    if (kind === kinds.trade) {
      const side = content.readInt8(at + 25) as SideCode
      reader.onTrade(content.readDoubleLE(at + 1), content.readDoubleLE(at + 9), content.readDoubleLE(at + 17), side)
      at += tradeBytes
    } else if (kind === kinds.quote) {
      reader.onQuote(
        content.readDoubleLE(at + 1),
        content.readDoubleLE(at + 9),
        content.readDoubleLE(at + 17),
        content.readDoubleLE(at + 25),
        content.readDoubleLE(at + 33),
      )
      at += quoteBytes
    } else {
      const length = content.readUInt32LE(at + 1)
      const json = parseJson(content.toString('utf8', at + 5, at + 5 + length))
      if (kind === kinds.instrument) reader.onInstrument(json as Instrument)
      else reader.onEvent(json as MarketEvent)
      at += 5 + length
    }
  }
}
