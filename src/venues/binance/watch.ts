import type { UnixMs } from '#model/ids.ts'
import type { Feed, MarketEvent } from '#model/market.ts'
import type { FeedStatus, LinkStats, MarketListener, MarketWatch, Timers, Want } from '#model/venue.ts'
import { count } from '../link/rejection.ts'
import type { SnapshotGate } from '../link/snapshot-gate.ts'
import { createSocketPool, type SocketPool, type StreamState } from '../link/socket-pool.ts'
import type { TokenBucket } from '../link/token-bucket.ts'
import { createWatchdog } from '../link/watchdog.ts'
import { type Catalog, isSame } from './catalog.ts'
import { pathOf, spot, type StreamPath } from './dialect.ts'
import { InstrumentFeeds, parseStream } from './instrument-feeds.ts'
import type { MarketApi } from './market-api.ts'
import { lifetimeMs, pingRule } from './ping.ts'
import { readFrame } from './wire/frames.ts'

export interface WatchOptions {
  readonly api: MarketApi
  readonly catalog: Catalog
  readonly timers: Timers
  readonly streamHost: string
  readonly connects: TokenBucket
  readonly gate: SnapshotGate
  /** The venue's time. */
  readonly now: () => UnixMs
}

/** Listings, statuses and brackets of all contracts come on one stream. */
const contractStream = '!contractInfo'

/** Live market of chosen instruments over as many sockets as it takes. */
export function createMarketWatch(
  options: WatchOptions,
  wants: readonly Want[],
  listener: MarketListener,
): MarketWatch {
  const { api, catalog, timers, now } = options
  const { dialect } = api
  const feeds = new Map<string, InstrumentFeeds>()
  const removed = new Set<string>()
  const rejected: Record<string, number> = {}
  let gaps = 0
  let closed = false

  const emit = (event: MarketEvent, receivedAt: UnixMs): void => {
    if (!closed) listener.onEvent(event, receivedAt)
  }
  const onStatus = (status: FeedStatus): void => listener.onStatus?.(status)
  const watchdog = createWatchdog({
    timers,
    newest: (key) => newestOf(api, key),
    onSilent(key, { attempt }) {
      const { channel, symbol } = parseStream(key)
      feeds.get(symbol)?.board.silence(channel, 'stale', 'silent for longer than usual')
      if (attempt === 1) poolOf(key).resubscribe(key)
      else poolOf(key).renew(key)
    },
    onAlive(key) {
      const { channel, symbol } = parseStream(key)
      feeds.get(symbol)?.onAlive(channel)
    },
  })

  const pools = new Map<StreamPath, SocketPool>()
  /** A stream on the wrong address would be silent for ever. */
  const poolOf = (stream: string): SocketPool => {
    const path = dialect === spot ? 'public' : pathOf[stream === contractStream ? stream : parseStream(stream).channel]
    const pool = pools.get(path) ?? openPool(path)
    pools.set(path, pool)
    return pool
  }
  const openPool = (path: StreamPath): SocketPool =>
    createSocketPool({
      socket: {
        url: () => dialect.streamUrl(options.streamHost, path),
        timers,
        connects: options.connects,
        ping: pingRule,
        lifetimeMs,
      },
      perSocket: 100,
      frames: (action, streams) => batches(streams).map((params) => control(action, params)),
      frameRate: { count: dialect.framesPerSecond, perMs: 1_000 },
      onMessage,
      onStream(stream, state, detail) {
        if (stream === contractStream) return onContractStream(state)
        const { channel, symbol } = parseStream(stream)
        feeds.get(symbol)?.onStream(channel, state, detail)
      },
    })

  function onMessage(text: string, receivedAt: UnixMs): void {
    let json: unknown
    try {
      json = JSON.parse(text)
    } catch {
      count(rejected, 'frame: not JSON')
      return
    }
    const frame = readFrame(json)
    switch (frame.channel) {
      case 'aggTrade':
        return feeds.get(frame.symbol)?.onTrade(frame.trade, receivedAt)
      case 'depthUpdate':
        return feeds.get(frame.symbol)?.onDepth(frame, receivedAt)
      case 'bookTicker':
        return feeds.get(frame.symbol)?.onTicker(frame, receivedAt)
      case 'markPriceUpdate':
        return feeds.get(frame.symbol)?.onMark(frame, receivedAt)
      case 'kline':
        return feeds.get(frame.symbol)?.onKline(frame.kline, receivedAt)
      case 'contractInfo':
        return reload()
      case 'serverShutdown':
        for (const own of feeds.values()) for (const stream of own.streams) poolOf(stream).renew(stream)
        return
      case 'refusal':
        return count(rejected, 'subscription refused')
      case 'rejected':
        // a change of a book that cannot be read leaves a hole, which the chain of versions shows with the next one
        return count(rejected, frame.reason)
      default:
    }
  }

  let stopReload = timers.after(regularMs, readContracts)
  /** Something changed at the venue: everything is read, which costs as much as one row. */
  function reload(): void {
    stopReload()
    if (!closed) stopReload = timers.after(reloadMs, readContracts)
  }

  /** Regularly too: a change of tick or step is told on no stream. */
  function readContracts(): void {
    const before = new Map([...feeds.keys()].map((symbol) => [symbol, catalog.known(symbol)]))
    catalog
      .load()
      .then(
        () => before.forEach((contract, symbol) => isSame(contract, catalog.known(symbol)) || tellChange(symbol)),
        () => count(rejected, 'contracts: not read again'),
      )
      .finally(() => {
        stopReload()
        if (!closed) stopReload = timers.after(regularMs, readContracts)
      })
  }

  function tellChange(symbol: string): void {
    const contract = catalog.known(symbol)
    const own = feeds.get(symbol)
    if (contract === undefined || own === undefined) return
    emit({ type: 'instrumentChanged', time: Math.round(now()), instrument: contract.instrument }, timers.now())
    if (!contract.tradable) own.onRefused(`no longer tradable: ${contract.status}`)
  }

  let contractsSeen = false
  function onContractStream(state: StreamState): void {
    if (state !== 'subscribed') return
    // changes may have been missed while the stream was away
    if (contractsSeen) reload()
    contractsSeen = true
  }

  const add = async (more: readonly Want[]): Promise<void> => {
    for (const want of more) {
      let contract
      try {
        contract = await catalog.contract(want.instrumentId)
      } catch (error) {
        const detail = error instanceof Error ? error.message : 'not listed'
        const { instrumentId } = want
        const since = timers.now()
        for (const feed of want.feeds) onStatus({ instrumentId, feed, state: 'down', since, lastEventAt: null, detail })
        // listed later, or the venue did not answer
        timers.after(retryMs, () => void (closed || removed.has(instrumentId) || add([want])))
        continue
      }
      if (closed || removed.has(want.instrumentId)) continue
      const { symbol } = contract.instrument
      const before = feeds.get(symbol)
      const all = new Set<Feed>([...(before?.wants ?? []), ...want.feeds])
      if (before !== undefined && all.size === before.wants.size) continue
      if (before !== undefined) drop(symbol)
      const current = (): typeof contract => catalog.known(symbol) ?? contract
      const { gate } = options
      const onGap = (): void => void (gaps += 1)
      const own = new InstrumentFeeds(current, all, { api, timers, gate, watchdog, now, emit, onStatus, onGap })
      feeds.set(symbol, own)
      for (const stream of [...own.streams, ...(dialect === spot ? [] : [contractStream])]) poolOf(stream).add([stream])
    }
  }

  function drop(symbol: string): void {
    const own = feeds.get(symbol)
    if (own === undefined) return
    feeds.delete(symbol)
    for (const stream of own.streams) poolOf(stream).remove([stream])
    own.close()
  }

  void add(wants)
  return {
    add(more) {
      for (const { instrumentId } of more) removed.delete(instrumentId)
      void add(more)
    },
    remove(ids) {
      for (const id of ids) {
        removed.add(id)
        for (const [symbol, own] of feeds) if (own.id === id) drop(symbol)
      }
    },
    status: () => [...feeds.values()].flatMap((own) => own.board.status()),
    stats(): LinkStats {
      const books = [...feeds.values()].map(({ book }) => book.stats)
      const sockets = [...pools.values()].map(({ stats }) => stats)
      const sum = <T>(rows: readonly T[], of: (row: T) => number): number =>
        rows.reduce((total, row) => total + of(row), 0)
      const unreadable = sum(sockets, (stats) => stats.rejected)
      return {
        messages: sum(sockets, (stats) => stats.messages),
        reconnects: sum(sockets, (stats) => stats.reconnects),
        gaps: gaps + sum(books, (book) => book.gaps),
        resyncs: sum(books, (book) => book.resyncs),
        rejected: {
          ...api.rejected,
          ...rejected,
          ...(unreadable === 0 ? {} : { 'frame: neither text nor gzip': unreadable }),
        },
      }
    },
    async close() {
      closed = true
      stopReload()
      watchdog.close()
      for (const own of feeds.values()) own.close()
      await Promise.all([...pools.values()].map((pool) => pool.close()))
    },
  }
}

const retryMs = 30_000
const reloadMs = 1_000
const regularMs = 600_000

let requests = 0
function control(action: 'subscribe' | 'unsubscribe', params: readonly string[]): string {
  requests += 1
  return JSON.stringify({ method: action.toUpperCase(), params, id: requests })
}

/** Frames are bounded in size by the venue; names are short. */
function batches(streams: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = []
  for (let at = 0; at < streams.length; at += 50) groups.push(streams.slice(at, at + 50))
  return groups
}

/** What REST says is the newest of a stream, so that a quiet market is told from a dead one. */
async function newestOf(api: MarketApi, key: string): Promise<UnixMs | null> {
  const { channel, symbol } = parseStream(key)
  try {
    if (channel === 'aggTrade') return (await api.aggTrades(symbol)).at(-1)?.T ?? null
    if (channel === 'markPrice@1s') return await api.markTime(symbol)
    return await api.quoteTime(symbol)
  } catch {
    return null
  }
}
