import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { MarketBlock, MarketEvent } from '#model/market.ts'
import { fileProblem } from '../problems.ts'
import { BookChain, type Depth } from './book-chain.ts'
import { CaptureBuilder } from './capture-builder.ts'
import type { Decoder, DecoderStats } from './decoder.ts'
import type { Lines } from './lines.ts'

export interface CaptureOptions {
  readonly path: string
  readonly instrumentId: InstrumentId
  /** As the venue spells it. */
  readonly symbol: string
}

/** Fields of Binance's messages that are used; which ones are present depends on the stream. */
interface Message {
  readonly e?: string
  readonly E?: number
  readonly T?: number
  readonly s?: string
  readonly u?: number
  readonly U?: number
  readonly pu?: number
  readonly p?: string
  readonly q?: string
  readonly m?: boolean
  readonly X?: string
  readonly b?: unknown
  readonly B?: string
  readonly a?: unknown
  readonly A?: string
  readonly lastUpdateId?: number
  readonly bids?: unknown
  readonly asks?: unknown
}

/**
 * Reads Binance messages as they came over the wire, one a line behind the receive time in nanoseconds. Time is the exchange's
 * (`T`, else `E`) made monotone in order of arrival; spot's bookTicker has none and takes its receive time, shifted like the
 * last message that had both.
 */
export class CaptureDecoder implements Decoder {
  readonly stats: DecoderStats = {
    rows: 0,
    repeatedRows: 0,
    priceDecimals: 0,
    quantityDecimals: 0,
    sided: false,
    bookGaps: 0,
  }
  readonly #options: CaptureOptions
  readonly #builder: CaptureBuilder
  readonly #chain: BookChain
  #line = 0
  #time: UnixMs = -Infinity
  /** Exchange clock minus the collector's, ms. */
  #shift = 0

  constructor(options: CaptureOptions) {
    this.#options = options
    this.#builder = new CaptureBuilder(options.instrumentId)
    this.#chain = new BookChain()
  }

  feed({ bytes, unterminated }: Lines): void {
    let at = 0
    while (at < bytes.length) {
      const end = bytes.indexOf(10, at)
      this.#line++
      const line = bytes.toString('utf8', at, end)
      at = end + 1
      if (line !== '' && line !== '\r') this.#message(line, unterminated)
    }
    this.stats.rows = this.#builder.rows
  }

  finish(): void {
    this.#builder.finish()
    this.stats.rows = this.#builder.rows
  }

  take(): readonly MarketBlock[] {
    return this.#builder.take()
  }

  #message(line: string, unterminated: boolean): void {
    const space = line.indexOf(' ')
    const received = Number(line.slice(0, space)) / 1e6
    const data = this.#parse(line.slice(space + 1), unterminated)
    if (!Number.isFinite(received) || received <= 0)
      this.#fail('badTime', `"${line.slice(0, 40)}" does not start with a time in nanoseconds`)
    if (data.s !== undefined && data.s !== this.#options.symbol) {
      this.#fail(
        'mixedSymbols',
        `the message is about ${data.s}, the ones before about ${this.#options.symbol}; split the capture by symbol`,
      )
    }
    const stamp = data.T ?? data.E
    if (stamp !== undefined) this.#shift = stamp - received
    const time = (this.#time = Math.max(this.#time, Math.floor(stamp ?? received + this.#shift)))
    if (data.lastUpdateId !== undefined)
      this.#book(time, this.#chain.snapshot(data.lastUpdateId, this.#depth(data.bids, data.asks)))
    else if (data.e === 'depthUpdate') {
      const ids = { first: data.U!, last: data.u!, previous: data.pu }
      this.#book(time, this.#chain.update(ids, this.#depth(data.b, data.a)))
    } else if (data.e === 'trade' || data.e === 'aggTrade') this.#trade(time, data)
    else if (data.B !== undefined && data.A !== undefined) this.#quote(time, data)
  }

  #parse(text: string, unterminated: boolean): Message {
    let parsed: unknown
    try {
      parsed = JSON.parse(text)
    } catch (error) {
      if (unterminated) this.#fail('truncatedRow', 'the file ends in the middle of a message', error)
      this.#fail('badMessage', `is not JSON: ${text.slice(0, 80)}`, error)
    }
    const data = (parsed as { data?: unknown } | null)?.data ?? parsed
    if (typeof data !== 'object' || data === null) this.#fail('badMessage', `holds no message: ${text.slice(0, 80)}`)
    return data
  }

  #trade(time: UnixMs, data: Message): void {
    // insurance fund and liquidation transfers are not prints on the tape
    if (data.X !== undefined && data.X !== 'MARKET') return
    this.stats.sided = true
    this.#builder.trade(time, this.#price(data.p), this.#quantity(data.q), data.m ? -1 : 1)
  }

  #quote(time: UnixMs, { b, B, a, A }: Message): void {
    this.#builder.quote(time, this.#price(b), this.#price(a), this.#quantity(B), this.#quantity(A))
  }

  #book(time: UnixMs, updates: readonly Depth[] | 'broken'): void {
    const { instrumentId } = this.#options
    if (updates === 'broken') {
      this.stats.bookGaps++
      this.#builder.event({ type: 'feedGap', instrumentId, from: this.#builder.lastBookTime ?? time, time })
      return
    }
    for (const { snapshot, bids, asks } of updates) {
      const event: MarketEvent = { type: 'bookUpdate', instrumentId, time, snapshot, bids, asks }
      this.#builder.event(event)
    }
  }

  #depth(bids: unknown, asks: unknown): Depth {
    return { snapshot: false, bids: this.#levels(bids), asks: this.#levels(asks) }
  }

  #levels(levels: unknown): readonly (readonly [number, number])[] {
    if (!Array.isArray(levels)) this.#fail('badMessage', 'a depth message has no levels')
    return (levels as readonly (readonly unknown[])[]).map(
      (level) => [this.#price(level[0]), this.#quantity(level[1])] as const,
    )
  }

  #price(text: unknown): number {
    const price = Number(text)
    if (!(price > 0) || price === Infinity)
      this.#fail('badPrice', `the price ${JSON.stringify(text)} must be a number above 0`)
    this.stats.priceDecimals = Math.max(this.stats.priceDecimals, decimalsIn(text))
    return price
  }

  #quantity(text: unknown): number {
    const quantity = text === '' ? NaN : Number(text)
    if (!(quantity >= 0) || quantity === Infinity)
      this.#fail('badQuantity', `the quantity ${JSON.stringify(text)} must be a number, 0 or more`)
    this.stats.quantityDecimals = Math.max(this.stats.quantityDecimals, decimalsIn(text))
    return quantity
  }

  #fail(code: string, message: string, cause?: unknown): never {
    throw fileProblem(
      code,
      { path: this.#options.path, line: this.#line },
      message,
      'mend or delete the line, or capture again',
      cause,
    )
  }
}

function decimalsIn(text: unknown): number {
  const written = String(text)
  const point = written.indexOf('.')
  if (point < 0) return 0
  let end = written.length
  while (written.charCodeAt(end - 1) === 48) end--
  return end - point - 1
}
