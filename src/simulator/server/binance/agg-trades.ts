import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { Side } from '#model/market.ts'
import { snapQuantity } from '#model/instrument.ts'
import { Bounded } from '../bounded.ts'
import type { Exchange } from '../exchange.ts'
import type { PublicTrade } from '../types.ts'

/** Prints of one price and taker side within 100 ms, told as one. */
export interface AggTrade {
  readonly id: number
  readonly price: number
  readonly quantity: number
  readonly firstId: string
  readonly lastId: string
  readonly time: UnixMs
  readonly side: Side
}

const windowMs = 100
const kept = 10_000

/** The aggregate trades of every market: one list, which REST and streams both tell. */
export class AggTrades {
  readonly #exchange: Exchange
  readonly #tapes = new Map<InstrumentId, AggTape>()
  readonly #stop: () => void

  constructor(exchange: Exchange) {
    this.#exchange = exchange
    for (const { id } of exchange.instruments()) this.of(id)
    this.#stop = exchange.subscribe((event) => {
      if (event.type === 'trade') this.of(event.instrumentId).add(event.trade)
    })
  }

  of(id: InstrumentId): AggTape {
    let tape = this.#tapes.get(id)
    if (tape !== undefined) return tape
    const market = this.#exchange.market(id)
    tape = new AggTape(market === undefined ? 1e-8 : market.instrument.lotSize)
    this.#tapes.set(id, tape)
    // what was printed before this door was opened, in one go
    for (const trade of market?.trades(5_000) ?? []) tape.add(trade)
    return tape
  }

  close(): void {
    this.#stop()
  }
}

export class AggTape {
  readonly #lotSize: number
  readonly #closed = new Bounded<AggTrade>(kept)
  #open: { -readonly [Key in keyof AggTrade]: AggTrade[Key] } | null = null
  #next = 1
  #lastTradeId = 0n

  constructor(lotSize: number) {
    this.#lotSize = lotSize
  }

  /** A print that is known already is left out. */
  add({ tradeId, price, quantity, side, time }: PublicTrade): void {
    const id = BigInt(tradeId)
    if (id <= this.#lastTradeId) return
    this.#lastTradeId = id
    const open = this.#open
    if (open !== null && open.price === price && open.side === side && time - open.time < windowMs) {
      open.quantity = snapQuantity({ lotSize: this.#lotSize }, open.quantity + quantity)
      open.lastId = tradeId
      return
    }
    this.seal()
    this.#open = { id: this.#next++, price, quantity, firstId: tradeId, lastId: tradeId, time, side }
  }

  /** Ends the aggregate that is still growing: nothing is added to what was told. */
  seal(): void {
    if (this.#open !== null) this.#closed.push(this.#open)
    this.#open = null
  }

  /** Finished ones after an id, ascending. */
  after(id: number): readonly AggTrade[] {
    const { items, last } = this.#closed
    if (last === undefined || last.id <= id) return []
    return items.slice(Math.max(0, items.length - (last.id - id)))
  }

  get lastId(): number {
    return this.#closed.last?.id ?? 0
  }
}
