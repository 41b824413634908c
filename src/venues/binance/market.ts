import type { MarketVenue, Timers } from '#model/venue.ts'
import { createSnapshotGate } from '../link/snapshot-gate.ts'
import { createTokenBucket, type TokenBucket } from '../link/token-bucket.ts'
import { type Catalog, createCatalog } from './catalog.ts'
import type { Dialect } from './dialect.ts'
import { barPages, tradePages } from './history.ts'
import { createMarketApi, type MarketApi } from './market-api.ts'
import type { BinanceRest } from './rest.ts'
import { createMarketWatch } from './watch.ts'

export interface MarketOptions {
  readonly dialect: Dialect
  readonly rest: BinanceRest
  readonly streamHost: string
  readonly timers: Timers
  readonly withKeys: boolean
}

/** Public market data of either market of this venue, with the parts that an account shares. */
export interface Market {
  readonly venue: MarketVenue
  readonly api: MarketApi
  readonly catalog: Catalog
  /** Paces connections of all sockets. */
  readonly connects: TokenBucket
}

export function createMarket({ dialect, rest, streamHost, timers, withKeys }: MarketOptions): Market {
  const api = createMarketApi(dialect, rest, withKeys)
  const catalog = createCatalog(api)
  // the venue allows 300 in five minutes
  const connects = createTokenBucket({ count: 50, perMs: 60_000, timers })
  const gate = createSnapshotGate(4)
  const now = (): number => rest.clock.now()
  const measured = async (): Promise<void> => {
    if (rest.clock.uncertaintyMs === Infinity) await rest.clock.sync()
  }
  const watches = new Set<{ close(): Promise<void> }>()

  const venue: MarketVenue = {
    id: dialect.venue,
    ...(dialect.tradeHistoryMs === null ? {} : { tradeHistoryMs: dialect.tradeHistoryMs }),
    async measureClock() {
      await rest.clock.sync()
      return { offsetMs: rest.clock.offsetMs, uncertaintyMs: rest.clock.uncertaintyMs }
    },
    async instruments() {
      await catalog.load()
      return [...catalog.all()].filter(({ tradable }) => tradable).map(({ instrument }) => instrument)
    },
    watch(wants, listener) {
      // quotes of spot carry no time of their own
      void measured().catch(() => undefined)
      const watch = createMarketWatch({ api, catalog, timers, streamHost, connects, gate, now }, wants, listener)
      watches.add(watch)
      return watch
    },
    async *bars({ instrumentId, ...range }) {
      await measured()
      yield* barPages(api, await catalog.contract(instrumentId), range, now)
    },
    async *trades({ instrumentId, ...range }) {
      await measured()
      yield* tradePages(api, await catalog.contract(instrumentId), range, now)
    },
    async close() {
      await Promise.all([...watches].map((watch) => watch.close()))
      connects.close()
      rest.close()
    },
  }
  return { venue, api, catalog, connects }
}
