import type { UnixMs } from '#model/ids.ts'
import type { Feed, MarketEvent } from '#model/market.ts'
import type { LinkStats, MarketListener, MarketWatch, Timers, Want } from '#model/venue.ts'
import type { SnapshotGate } from '../link/snapshot-gate.ts'
import type { Connection } from '../link/connection.ts'
import { createSocketPool, type StreamState } from '../link/socket-pool.ts'
import type { TokenBucket } from '../link/token-bucket.ts'
import { createWatchdog } from '../link/watchdog.ts'
import type { Catalog } from './catalog.ts'
import { topLevels } from './deepening.ts'
import { type Channel, InstrumentFeeds, streamName } from './instrument-feeds.ts'
import { count } from '../link/rejection.ts'
import type { MarketApi } from './market-api.ts'
import { pingRule } from './ping.ts'
import { type FullDepthFrame, readFrame } from './wire/frames.ts'

export interface WatchOptions {
  readonly api: MarketApi
  readonly catalog: Catalog
  readonly timers: Timers
  readonly url: string
  readonly connects: TokenBucket
  readonly gate: SnapshotGate
  /** The venue's time. */
  readonly now: () => UnixMs
}

/** Changes of any contract come on one stream of their own. */
const contractStream = 'contract:'

/** Live market of chosen instruments over as many sockets as it takes. */
export function createMarketWatch(
  options: WatchOptions,
  wants: readonly Want[],
  listener: MarketListener,
): MarketWatch {
  const { api, catalog, timers, url, connects, gate, now } = options
  const feeds = new Map<string, InstrumentFeeds>()
  const rejected: Record<string, number> = {}
  let gaps = 0
  let closed = false

  const emit = (event: MarketEvent, receivedAt: UnixMs): void => {
    if (!closed) listener.onEvent(event, receivedAt)
  }
  const watchdog = createWatchdog({
    timers,
    newest: (key) => newestOf(api, key),
    onSilent(key, { attempt }) {
      const { channel, symbol } = parse(key)
      feeds.get(symbol)?.onSilent(channel)
      if (attempt === 1) pool.resubscribe(key)
      else pool.renew(key)
    },
    onAlive(key) {
      const { channel, symbol } = parse(key)
      feeds.get(symbol)?.onAlive(channel)
    },
  })
  const pool = createSocketPool({
    socket: { url: () => url, timers, connects, ping: pingRule },
    perSocket: 30,
    // one symbol per frame; 20 frames a second were taken by the venue
    frames: (action, streams) => streams.map((stream) => subscription(action, stream)),
    frameRate: { count: 20, perMs: 1_000 },
    onMessage,
    onStream(stream, state, detail) {
      if (stream === contractStream) return onContractStream(state)
      const { channel, symbol } = parse(stream)
      feeds.get(symbol)?.onStream(channel, state, detail)
    },
  })

  /** Subscribed for one frame. */
  const tops = new Map<string, (frame: FullDepthFrame) => void>()
  const top = (symbol: string): Promise<FullDepthFrame> =>
    new Promise((resolve, reject) => {
      const stream = streamName('depth.full', symbol)
      const done = (): void => {
        stop()
        // a later one waits for the same top
        if (tops.get(symbol) !== take) return
        tops.delete(symbol)
        pool.remove([stream])
      }
      const take = (frame: FullDepthFrame): void => {
        done()
        resolve(frame)
      }
      const stop = timers.after(topMs, () => {
        done()
        reject(new Error('no top of the book came'))
      })
      tops.set(symbol, take)
      pool.add([stream])
    })

  function onMessage(text: string, receivedAt: UnixMs, connection: Connection): void {
    let json: unknown
    try {
      json = JSON.parse(text)
    } catch {
      count(rejected, 'frame: not JSON')
      return
    }
    const frame = readFrame(json)
    switch (frame.channel) {
      case 'push.deal':
        feeds.get(frame.symbol)?.onDeals(text, frame, receivedAt, connection)
        return
      case 'push.depth':
        feeds.get(frame.symbol)?.onDepth(frame, receivedAt)
        return
      case 'push.depth.full':
        tops.get(frame.symbol)?.(frame)
        feeds.get(frame.symbol)?.onTop(frame, receivedAt)
        return
      case 'push.fair.price':
        feeds.get(frame.symbol)?.onFairPrice(frame.price, frame.ts, receivedAt)
        return
      case 'push.funding.rate':
        feeds.get(frame.symbol)?.onFundingRate(frame.nextSettleTime, receivedAt)
        return
      case 'push.kline':
        feeds.get(frame.kline.symbol)?.onKline(frame.kline, receivedAt)
        return
      case 'push.contract':
        for (const detail of frame.contracts) {
          const contract = catalog.update(detail)
          if (contract !== null) tellChange(contract.instrument.symbol, frame.ts, receivedAt)
        }
        return
      case 'rs.error':
        onRefusal(frame.message)
        return
      case 'rejected':
        count(rejected, frame.reason)
        return
      default:
    }
  }

  function tellChange(symbol: string, time: UnixMs, receivedAt: UnixMs): void {
    const contract = catalog.known(symbol)
    const own = feeds.get(symbol)
    if (contract === undefined || own === undefined) return
    emit({ type: 'instrumentChanged', time, instrument: contract.instrument }, receivedAt)
    if (!contract.tradable) own.onRefused(`no longer tradable: state ${contract.detail.state}`)
  }

  /** `Contract [X] not exists`: the only refusal that names whom it is about. */
  function onRefusal(message: string): void {
    const symbol = /\[(\w+)\]/.exec(message)?.[1]
    if (symbol === undefined) count(rejected, 'rs.error')
    else feeds.get(symbol)?.onRefused(message.slice(0, 200))
  }

  let contractsSeen = false
  function onContractStream(state: StreamState): void {
    if (state !== 'subscribed') return
    // changes may have been missed while the stream was away
    if (contractsSeen)
      catalog.load().then(
        (changed) => changed.forEach(({ symbol }) => tellChange(symbol, now(), timers.now())),
        () => count(rejected, 'contracts: not read after reconnect'),
      )
    contractsSeen = true
  }

  const add = async (more: readonly Want[]): Promise<void> => {
    for (const want of more) {
      let contract
      try {
        contract = await catalog.contract(want.instrumentId)
      } catch (error) {
        const detail = error instanceof Error ? error.message : 'not listed'
        const since = timers.now()
        for (const feed of want.feeds)
          listener.onStatus?.({
            instrumentId: want.instrumentId,
            feed,
            state: 'down',
            since,
            lastEventAt: null,
            detail,
          })
        // listed later, or the venue did not answer
        timers.after(retryMs, () => void (closed || removed.has(want.instrumentId) || add([want])))
        continue
      }
      if (closed) return
      const { symbol } = contract.instrument
      const before = feeds.get(symbol)
      const all = new Set<Feed>([...(before?.wants ?? []), ...want.feeds])
      if (before !== undefined && all.size === before.wants.size) continue
      if (before !== undefined) drop(symbol)
      const current = (): typeof contract => catalog.known(symbol) ?? contract
      const onStatus = (status: Parameters<NonNullable<MarketListener['onStatus']>>[0]): void =>
        listener.onStatus?.(status)
      const onGap = (): void => void (gaps += 1)
      const own = new InstrumentFeeds(current, all, { api, timers, gate, top, watchdog, now, emit, onStatus, onGap })
      feeds.set(symbol, own)
      pool.add([...own.streams, contractStream])
    }
  }
  const removed = new Set<string>()

  function drop(symbol: string): void {
    const own = feeds.get(symbol)
    if (own === undefined) return
    feeds.delete(symbol)
    pool.remove(own.streams)
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
        drop(id)
      }
    },
    status: () => [...feeds.values()].flatMap((own) => own.status()),
    stats(): LinkStats {
      const books = [...feeds.values()].map(({ book }) => book.sync.stats)
      const unreadable = pool.stats.rejected
      return {
        messages: pool.stats.messages,
        reconnects: pool.stats.reconnects,
        gaps: gaps + books.reduce((sum, book) => sum + book.gaps, 0),
        resyncs: books.reduce((sum, book) => sum + book.resyncs, 0),
        rejected: {
          ...api.rejected(),
          ...catalog.rejected,
          ...rejected,
          ...(unreadable === 0 ? {} : { 'frame: neither text nor gzip': unreadable }),
        },
      }
    },
    async close() {
      closed = true
      watchdog.close()
      for (const own of feeds.values()) own.close()
      await pool.close()
    },
  }
}

const retryMs = 30_000
/** Tops come three times a second, once there is a socket for them. */
const topMs = 10_000

function subscription(action: 'subscribe' | 'unsubscribe', stream: string): string {
  const verb = action === 'subscribe' ? 'sub' : 'unsub'
  if (stream === contractStream) return JSON.stringify({ method: `${verb}.contract`, param: {} })
  const { channel, symbol } = parse(stream)
  const param = { symbol, ...parameters[channel] }
  return JSON.stringify({ method: `${verb}.${channel}`, param })
}

const parameters: Readonly<Partial<Record<Channel, Readonly<Record<string, unknown>>>>> = {
  'depth.full': { limit: topLevels },
  kline: { interval: 'Min1' },
}

function parse(stream: string): { readonly channel: Channel; readonly symbol: string } {
  const colon = stream.indexOf(':')
  return { channel: stream.slice(0, colon) as Channel, symbol: stream.slice(colon + 1) }
}

/** What REST says is the newest of a stream, so that a quiet market is told from a dead one. */
async function newestOf(api: MarketApi, key: string): Promise<UnixMs | null> {
  const { channel, symbol } = parse(key)
  try {
    if (channel === 'deal') return (await api.deals(symbol, 1))[0]?.t ?? null
    if (channel === 'fair.price') return (await api.fairPrice(symbol)).timestamp
    return (await api.depth(symbol, 5)).timestamp
  } catch {
    return null
  }
}
