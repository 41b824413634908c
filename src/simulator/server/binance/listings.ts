import type { Instrument } from '#model/instrument.ts'
import { decimalsOf } from '#model/instrument.ts'
import type { InstrumentId } from '#model/ids.ts'
import type { Exchange } from '../exchange.ts'
import type { Market } from '../types.ts'
import type { Params } from './params.ts'
import { invalidSymbol, missing } from './wire-error.ts'

/** One market under Binance's spelling. */
export class Listing {
  /** `BTCUSDT`. */
  readonly symbol: string
  /** As stream names spell it. */
  readonly lower: string
  readonly market: Market
  readonly #eight: boolean
  #grid: Instrument | null = null
  #prices = 0
  #quantities = 0

  /** `eight` = every number with eight places (spot) instead of the grid's. */
  constructor(market: Market, eight: boolean) {
    this.market = market
    this.#eight = eight
    this.symbol = market.instrument.id.replace('_', '')
    this.lower = this.symbol.toLowerCase()
  }

  get instrument(): Instrument {
    return this.market.instrument
  }

  get id(): InstrumentId {
    return this.market.instrument.id
  }

  /** With the places of the finest tick it had. */
  price(value: number): string {
    this.#look()
    return value.toFixed(this.#prices)
  }

  /** With the places of the finest lot it had. */
  quantity(value: number): string {
    this.#look()
    return value.toFixed(this.#quantities)
  }

  get priceDecimals(): number {
    this.#look()
    return this.#prices
  }

  get quantityDecimals(): number {
    this.#look()
    return this.#quantities
  }

  #look(): void {
    const { instrument } = this.market
    if (this.#grid === instrument) return
    this.#grid = instrument
    // what was traded on a finer grid is still told exactly
    this.#prices = this.#eight ? 8 : Math.max(this.#prices, decimalsOf(instrument.tickSize))
    this.#quantities = this.#eight ? 8 : Math.max(this.#quantities, decimalsOf(instrument.lotSize))
  }
}

/** Every market that was ever seen, by symbol and by id; spot pairs only at the spot door (`eight`). */
export class Listings {
  readonly #exchange: Exchange
  readonly #eight: boolean
  readonly #bySymbol = new Map<string, Listing>()
  readonly #byId = new Map<InstrumentId, Listing>()

  constructor(exchange: Exchange, spelling: 'grid' | 'eight') {
    this.#exchange = exchange
    this.#eight = spelling === 'eight'
  }

  all(): readonly Listing[] {
    this.#scan()
    return [...this.#bySymbol.values()]
  }

  /** Upper case, as REST has it. */
  find(symbol: string): Listing | undefined {
    const known = this.#bySymbol.get(symbol)
    if (known !== undefined) return known
    this.#scan()
    return this.#bySymbol.get(symbol)
  }

  of(id: InstrumentId): Listing | undefined {
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    this.#scan()
    return this.#byId.get(id)
  }

  /** The request's `symbol` or `pair`. Throws −1102, −1121. */
  asked(params: Params, name = 'symbol'): Listing {
    const listing = this.askedMaybe(params, name)
    if (listing === undefined) throw missing(name)
    return listing
  }

  /** As `asked`, undefined where none was sent. */
  askedMaybe(params: Params, name = 'symbol'): Listing | undefined {
    const symbol = params.text(name)
    if (symbol === undefined) return undefined
    const listing = this.find(symbol)
    if (listing === undefined) throw invalidSymbol()
    return listing
  }

  #scan(): void {
    for (const { id, kind } of this.#exchange.instruments()) {
      if (this.#byId.has(id) || (kind === 'spot' && !this.#eight)) continue
      const market = this.#exchange.market(id)
      if (market === undefined) continue
      const listing = new Listing(market, this.#eight)
      this.#bySymbol.set(listing.symbol, listing)
      this.#byId.set(id, listing)
    }
  }
}
