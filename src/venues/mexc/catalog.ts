import type { Instrument } from '#model/instrument.ts'
import { type InstrumentId } from '#model/ids.ts'
import { type Timers, VenueError } from '#model/venue.ts'
import { type Contract, mexc, toContract } from './instruments.ts'
import { count } from '../link/rejection.ts'
import type { MarketApi } from './market-api.ts'
import type { ContractDetail } from './wire/market.ts'

/** All contracts of the venue with their units, read once and kept up to date. */
export interface Catalog {
  /** Reads everything anew. Returns the instruments that are different now. */
  readonly load: () => Promise<readonly Instrument[]>
  /** Read at least once. */
  readonly ready: () => Promise<void>
  /** Loaded when it is not yet; contracts that appeared meanwhile are looked for. Throws `VenueError` for one that the venue does not list. */
  readonly contract: (id: InstrumentId) => Promise<Contract>
  /** Of what is loaded; by the venue's symbol, which is our id as well. */
  readonly known: (symbol: string) => Contract | undefined
  readonly all: () => Iterable<Contract>
  /** The venue tells of a change. Null where the contract is none of ours. */
  readonly update: (detail: ContractDetail) => Contract | null
  readonly rejected: Readonly<Record<string, number>>
}

export function createCatalog(api: MarketApi, timers: Timers): Catalog {
  const contracts = new Map<string, Contract>()
  const rejected: Record<string, number> = {}
  let loading: Promise<readonly Instrument[]> | null = null
  let loadedAt = Number.NEGATIVE_INFINITY

  const load = async (): Promise<readonly Instrument[]> => {
    const [details, rates] = await Promise.all([api.details(), api.fundingRates()])
    const markets = new Map(rates.map((row) => [row.symbol, row]))
    const needsTickers = details.some(({ symbol }) => !positive(markets.get(symbol)?.fairPrice))
    const tickers = new Map((needsTickers ? await api.tickers() : []).map((row) => [row.symbol, row]))
    const changed: Instrument[] = []
    const listed = new Set<string>()
    for (const detail of details) {
      const market = markets.get(detail.symbol)
      const before = contracts.get(detail.symbol)
      // caps told in contracts keep the price they were first valued at, so that only the venue's own changes are changes
      const price = before?.tierPrice ?? market?.fairPrice ?? tickers.get(detail.symbol)?.fairPrice
      if (market === undefined || !positive(price)) {
        count(rejected, market === undefined ? 'detail: no funding cycle' : 'detail: no fair price')
        continue
      }
      const contract = toContract(detail, { fairPrice: price, fundingIntervalMs: market.collectCycle * 3_600_000 })
      if (contract === null) continue
      listed.add(detail.symbol)
      contracts.set(detail.symbol, contract)
      if (before !== undefined && !same(before, contract)) changed.push(contract.instrument)
    }
    // a delisted contract usually leaves the list
    for (const [symbol, contract] of contracts)
      if (!listed.has(symbol) && contract.tradable) contracts.set(symbol, { ...contract, tradable: false })
    loadedAt = timers.now()
    return changed
  }
  const loadOnce = (): Promise<readonly Instrument[]> => {
    loading ??= load().finally(() => {
      loading = null
    })
    return loading
  }

  return {
    load: loadOnce,
    async ready() {
      if (loadedAt === Number.NEGATIVE_INFINITY) await loadOnce()
    },
    async contract(id) {
      const known = contracts.get(id)
      if (known !== undefined) return known
      // listed since it was read
      if (timers.now() - loadedAt > freshMs) await loadOnce()
      const found = contracts.get(id)
      if (found === undefined)
        throw new VenueError(mexc, 'refused', '1001', `${id} is not listed as a linear perpetual`)
      return found
    },
    known: (symbol) => contracts.get(symbol),
    all: () => contracts.values(),
    update(detail) {
      const before = contracts.get(detail.symbol)
      if (before === undefined) return null
      const fundingIntervalMs = before.instrument.fundingIntervalMs ?? 0
      const contract = toContract(detail, { fairPrice: before.tierPrice, fundingIntervalMs })
      if (contract !== null) contracts.set(detail.symbol, contract)
      return contract
    },
    rejected,
  }
}

const freshMs = 30_000

const positive = (price: number | null | undefined): price is number => typeof price === 'number' && price > 0

const same = (a: Contract, b: Contract): boolean =>
  a.tradable === b.tradable && JSON.stringify(a.instrument) === JSON.stringify(b.instrument)
