import type { InstrumentId, UnixMs } from '#model/ids.ts'
import { decimalsOf, type Instrument } from '#model/instrument.ts'
import type { Exchange } from '../exchange.ts'
import type { ExchangeEvent, Market, PositionSide } from '../types.ts'
import { unknownContract } from './wire-error.ts'

/** The venue's count of an instrument; every size on the wire is one. */
declare const contracts: unique symbol
export type Contracts = number & { readonly [contracts]: true }

/** One market in MEXC's words: sizes in contracts, spelled `BTC_USDT`. */
export class Listing {
  readonly market: Market
  /** Counted by the door, from 1. */
  readonly contractId: number
  /** When it left the list; its depth stands still from then on. */
  delistedAt: UnixMs | null = null
  #grid: Instrument | null = null
  #decimals = 0
  #unit = 1

  constructor(market: Market, contractId: number) {
    this.market = market
    this.contractId = contractId
  }

  get instrument(): Instrument {
    return this.market.instrument
  }

  get id(): InstrumentId {
    return this.market.instrument.id
  }

  get symbol(): string {
    return this.market.instrument.symbol
  }

  get isDelisted(): boolean {
    return this.market.state === 'delisted'
  }

  /** Step of sizes. */
  get volUnit(): number {
    this.#look()
    return this.#unit
  }

  get volScale(): number {
    this.#look()
    return this.#decimals
  }

  /** Base units in contracts; never less than one step unless 0. */
  vol(base: number): Contracts {
    this.#look()
    const size = Math.abs(base) / this.instrument.contractSize
    const steps = size === 0 ? 0 : Math.max(1, Math.round(size / this.#unit))
    return Number((steps * this.#unit).toFixed(this.#decimals)) as Contracts
  }

  /** Contracts in base units, on or off the grid as they are. */
  base(vol: number): number {
    return Number((vol * this.instrument.contractSize).toPrecision(15))
  }

  #look(): void {
    const { instrument } = this.market
    if (this.#grid === instrument) return
    this.#grid = instrument
    this.#unit = Number((instrument.lotSize / instrument.contractSize).toPrecision(12))
    this.#decimals = decimalsOf(this.#unit)
  }
}

/** Every contract that was ever listed, by symbol and by id. */
export class Listings {
  readonly #exchange: Exchange
  readonly #bySymbol = new Map<string, Listing>()
  readonly #byId = new Map<InstrumentId, Listing>()

  constructor(exchange: Exchange) {
    this.#exchange = exchange
    for (const { id } of exchange.instruments()) this.#add(id)
  }

  /** Listed or not any more, in the order they were listed. */
  all(): readonly Listing[] {
    return [...this.#byId.values()]
  }

  listed(): readonly Listing[] {
    return this.all().filter(({ isDelisted }) => !isDelisted)
  }

  find(symbol: string): Listing | undefined {
    return this.#bySymbol.get(symbol)
  }

  of(id: InstrumentId): Listing {
    return this.#byId.get(id) ?? this.#add(id)
  }

  /** Also one that was delisted. Throws 1001. */
  asked(symbol: string): Listing {
    const listing = this.find(symbol)
    if (listing === undefined) throw unknownContract()
    return listing
  }

  /** Keeps up with what is listed and delisted. */
  take(event: ExchangeEvent): void {
    if (event.type !== 'instrument') return
    const listing = this.of(event.instrument.id)
    if (event.state === 'delisted') listing.delistedAt ??= event.time
  }

  #add(id: InstrumentId): Listing {
    const market = this.#exchange.market(id)
    if (market === undefined) throw new RangeError(`no market ${id}`)
    const listing = new Listing(market, this.#byId.size + 1)
    this.#byId.set(id, listing)
    this.#bySymbol.set(listing.symbol, listing)
    return listing
  }
}

/** 1 long, 2 short; in one-way mode by what is held or which way an order goes. */
export function positionTypeOf(side: PositionSide, quantity: number): 1 | 2 {
  if (side === 'net') return quantity < 0 ? 2 : 1
  return side === 'long' ? 1 : 2
}
