import type { InstrumentId } from '#model/ids.ts'
import { VenueError } from '#model/venue.ts'
import type { Contract } from './instruments.ts'
import type { MarketApi } from './market-api.ts'

/** All that the venue lists, read once and kept up to date. */
export interface Catalog {
  /** Reads everything anew. */
  readonly load: () => Promise<void>
  /** Loaded when it is not yet; what appeared meanwhile is looked for. Throws `VenueError` for one that the venue does not list. */
  readonly contract: (id: InstrumentId) => Promise<Contract>
  /** Of what is loaded, by the venue's symbol. */
  readonly known: (symbol: string) => Contract | undefined
  readonly all: () => Iterable<Contract>
}

export function createCatalog(api: MarketApi): Catalog {
  const bySymbol = new Map<string, Contract>()
  const symbols = new Map<InstrumentId, string>()
  let loading: Promise<void> | null = null
  let loaded = false

  const load = async (): Promise<void> => {
    const listed = new Set<string>()
    for (const contract of await api.contracts()) {
      const { symbol, id } = contract.instrument
      listed.add(symbol)
      bySymbol.set(symbol, contract)
      symbols.set(id, symbol)
    }
    // a delisted one leaves the list
    for (const [symbol, contract] of bySymbol)
      if (!listed.has(symbol) && contract.tradable)
        bySymbol.set(symbol, { ...contract, tradable: false, status: 'delisted' })
    loaded = true
  }
  const loadOnce = (): Promise<void> => {
    loading ??= load().finally(() => {
      loading = null
    })
    return loading
  }
  const find = (id: InstrumentId): Contract | undefined => {
    const symbol = symbols.get(id)
    return symbol === undefined ? undefined : bySymbol.get(symbol)
  }

  return {
    load: loadOnce,
    async contract(id) {
      if (!loaded) await loadOnce()
      const known = find(id)
      if (known !== undefined) return known
      await loadOnce()
      const found = find(id)
      if (found === undefined) throw new VenueError(api.dialect.venue, 'refused', '-1121', `${id} is not listed`)
      return found
    },
    known: (symbol) => bySymbol.get(symbol),
    all: () => bySymbol.values(),
  }
}

/** Nothing that orders or readings depend on is different. */
export const isSame = (a: Contract | undefined, b: Contract | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b)
