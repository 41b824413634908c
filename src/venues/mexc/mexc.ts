import type { Timers, Venue } from '#model/venue.ts'
import { createSnapshotGate } from '../link/snapshot-gate.ts'
import { systemTimers } from '../link/timers.ts'
import { createTokenBucket } from '../link/token-bucket.ts'
import { createAccount } from './account.ts'
import { createCatalog } from './catalog.ts'
import { barPages, tradePages } from './history.ts'
import { mexc } from './instruments.ts'
import { createMarketApi } from './market-api.ts'
import { createMexcRest } from './rest.ts'
import { createMarketWatch } from './watch.ts'

/** Where MEXC answers; both can be pointed at an exchange of our own. */
export interface MexcHosts {
  /** Scheme, host and port. */
  readonly rest: string
  /** The whole address of the socket, public and private alike. */
  readonly stream: string
}

const mexcHosts: MexcHosts = { rest: 'https://api.mexc.com', stream: 'wss://contract.mexc.com/edge' }

export interface MexcOptions {
  readonly hosts?: Partial<MexcHosts> | undefined
  readonly keys?: { readonly apiKey: string; readonly secret: string } | undefined
  readonly timers?: Timers | undefined
}

/** MEXC perpetual contracts: linear ones that orders by API may trade. */
export function openMexc({ hosts, keys, timers = systemTimers }: MexcOptions): Venue {
  const { rest: baseUrl, stream } = { ...mexcHosts, ...hosts }
  const signing = keys === undefined ? undefined : { accessKey: keys.apiKey, secret: keys.secret }
  const rest = createMexcRest({ baseUrl, timers, keys: signing })
  const api = createMarketApi(rest)
  const catalog = createCatalog(api, timers)
  // not documented; twenty sockets for 150 instruments come back at once
  const connects = createTokenBucket({ count: 40, perMs: 5_000, timers })
  const gate = createSnapshotGate(4)
  const now = (): number => rest.clock.now()
  const measured = async (): Promise<void> => {
    if (rest.clock.uncertaintyMs === Infinity) await rest.clock.sync()
  }
  const account =
    signing === undefined
      ? undefined
      : createAccount({ rest, catalog, keys: signing, timers, streamUrl: stream, connects })
  const watches = new Set<{ close(): Promise<void> }>()

  return {
    id: mexc,
    ...(account === undefined ? {} : { account }),
    async instruments() {
      await catalog.load()
      return [...catalog.all()].filter(({ tradable }) => tradable).map(({ instrument }) => instrument)
    },
    watch(wants, listener) {
      void measured().catch(() => undefined)
      const watch = createMarketWatch({ api, catalog, timers, url: stream, connects, gate, now }, wants, listener)
      watches.add(watch)
      return watch
    },
    // the newest hundred prints and no more
    tradeHistoryMs: 0,
    async measureClock() {
      await rest.clock.sync()
      return { offsetMs: rest.clock.offsetMs, uncertaintyMs: rest.clock.uncertaintyMs }
    },
    async *bars({ instrumentId, ...range }) {
      await measured()
      yield* barPages(api, await catalog.contract(instrumentId), range, now)
    },
    async *trades({ instrumentId, ...range }) {
      yield* tradePages(api, await catalog.contract(instrumentId), range)
    },
    async close() {
      await Promise.all([account?.close(), ...[...watches].map((watch) => watch.close())])
      connects.close()
      rest.close()
    },
  }
}
