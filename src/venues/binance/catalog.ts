import type { InstrumentId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import { VenueError } from '#model/venue.ts'
import type { Contract } from './instruments.ts'
import type { MarketApi } from './market-api.ts'

/** All that the venue lists, read once and kept up to date. */
export interface Catalog {
  /** Reads everything anew. Returns the instruments that are different now. */
  readonly load: () => Promise<readonly Instrument[]>
  /** Loaded when it is not yet; what appeared meanwhile is looked for. Throws `VenueError` for one that the venue does not list. */
  readonly contract: (id: InstrumentId) => Promise<Contract>
  /** Of what is loaded, by the venue's symbol. */
  readonly known: (symbol: string) => Contract | undefined
  readonly all: () => Iterable<Contract>
}

export function createCatalog(api: MarketApi): Catalog {
  const bySymbol = new Map<string, Contract>()
  const symbols = new Map<InstrumentId, string>()
  let loading: Promise<readonly Instrument[]> | null = null
  let loaded = false

  const load = async (): Promise<readonly Instrument[]> => {
    const changed: Instrument[] = []
    const listed = new Set<string>()
    for (const contract of await api.contracts()) {
      const { symbol, id } = contract.instrument
      const before = bySymbol.get(symbol)
      listed.add(symbol)
      bySymbol.set(symbol, contract)
      symbols.set(id, symbol)
      if (before !== undefined && !same(before, contract)) changed.push(contract.instrument)
    }
    // a delisted one leaves the list
    for (const [symbol, contract] of bySymbol)
      if (!listed.has(symbol) && contract.tradable) {
        bySymbol.set(symbol, { ...contract, tradable: false, status: 'delisted' })
        changed.push(contract.instrument)
      }
    loaded = true
    return changed
  }
  const loadOnce = (): Promise<readonly Instrument[]> => {
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

const same = (a: Contract, b: Contract): boolean =>
  a.tradable === b.tradable && JSON.stringify(a.instrument) === JSON.stringify(b.instrument)
