import type { Exchange } from '../exchange.ts'
import type { AccountId } from '../types.ts'
import { accountRoutes } from './account-routes.ts'
import { AggTrades } from './agg-trades.ts'
import { algoRoutes } from './algo-routes.ts'
import type { Listener } from './channel.ts'
import { ClientSocket, futuresSockets, type SocketRules, type Subscriptions } from './client-socket.ts'
import { type Door, nameOf, openDoor } from './door.ts'
import { Extras } from './extras.ts'
import { fundingRoutes } from './funding-routes.ts'
import { futuresChannels, isToldOn } from './futures-channels.ts'
import { Hub } from './hub.ts'
import { incomeRoutes } from './income-routes.ts'
import { ListenKeys, listenKeyRoutes } from './listen-keys.ts'
import { type LimitRules, Limits } from './limits.ts'
import { Listings } from './listings.ts'
import { MarkBars } from './mark-bars.ts'
import { futuresMarketRoutes } from './market-routes.ts'
import { orderHistoryRoutes } from './order-history-routes.ts'
import { orderRoutes } from './order-routes.ts'
import { settingsRoutes } from './settings-routes.ts'
import { UserFrames } from './user-frames.ts'
import { UserStreams } from './user-streams.ts'

/** Where and how strictly a door is opened; absent = any free port of loopback, the venue's limits. */
export interface DoorOptions {
  readonly port?: number
  readonly limits?: Partial<LimitRules>
  readonly sockets?: Partial<SocketRules>
}

/** REST of `fapi.binance.com` and the sockets of `fstream.binance.com`, on one port. */
export async function openBinanceFutures(exchange: Exchange, options: DoorOptions = {}): Promise<Door> {
  const limits = new Limits(exchange, { weight: 2400, ordersTenSeconds: 300, ordersMinute: 1200, ...options.limits })
  const rules: SocketRules = { ...futuresSockets, ...options.sockets }
  const listings = new Listings(exchange, 'grid')
  const aggTrades = new AggTrades(exchange)
  const markBars = new MarkBars(exchange)
  const extras = new Extras()
  const keys = new ListenKeys(exchange)
  const hub = new Hub(exchange, futuresChannels(exchange, listings, aggTrades))
  const users = new UserStreams(exchange, new UserFrames({ exchange, listings, extras }), keys)
  const deps = { exchange, listings, extras, limits: limits.rules, aggTrades, markBars }

  return openDoor(
    {
      exchange,
      limits,
      listings,
      routes: {
        ...futuresMarketRoutes(deps),
        ...fundingRoutes(deps),
        ...accountRoutes(deps),
        ...settingsRoutes(deps),
        ...incomeRoutes(deps),
        ...orderRoutes(deps),
        ...orderHistoryRoutes(deps),
        ...algoRoutes(deps),
        ...listenKeyRoutes(keys),
      },
      kindOf: (path) => (placeOf(path) === null ? null : (placeOf(path)?.host ?? 'market')),
      accept(socket) {
        const { host, combined, raw } = placeOf(socket.path) ?? nowhere
        const query = new URLSearchParams(socket.query)
        const named = host === 'private' ? listenKeysOf(query) : (query.get('streams')?.split('/') ?? [])
        const streams = [...named, raw].filter((stream) => stream !== '')
        const owner = host === 'private' ? ownerOf(keys, streams) : undefined
        if (owner !== undefined) socket.own(owner, nameOf(exchange, { accountId: owner }))
        const client = new ClientSocket(socket, { exchange, rules, combined, subscriptions: subscriptionsOf(host) })
        client.subscribe(streams)
        return client
      },
      onClose() {
        hub.close()
        users.close()
        aggTrades.close()
        markBars.close()
      },
    },
    options.port ?? 0,
  )

  /** A stream on the wrong path, or on the old path without one, is accepted and never told. */
  function subscriptionsOf(host: Host | null): Subscriptions {
    if (host === 'private') return users
    const silent: Subscriptions = { add: () => {}, remove: () => {} }
    if (host === null) return silent
    return {
      add: (stream: string, listener: Listener) => {
        if (isToldOn(host, stream)) hub.listen(stream, listener)
      },
      remove: (stream: string, listener: Listener) => hub.leave(stream, listener),
    }
  }
}

type Host = 'public' | 'market' | 'private'

interface Place {
  /** null = the old path without one. */
  readonly host: Host | null
  readonly combined: boolean
  /** A stream named in the path itself, or empty. */
  readonly raw: string
}

const nowhere: Place = { host: null, combined: false, raw: '' }

/** `/public/ws/<stream>`, `/market/stream`, `/private/ws/<key>`, and the same without the first part. */
function placeOf(path: string): Place | null {
  const match = /^(?:\/(public|market|private))?\/(ws|stream)(?:\/(.*))?$/.exec(path.replace(/\/+/g, '/'))
  if (match === null) return null
  return { host: (match[1] as Host | undefined) ?? null, combined: match[2] === 'stream', raw: match[3] ?? '' }
}

/** Keys of the query, each with the events asked for. */
function listenKeysOf(query: URLSearchParams): readonly string[] {
  const events = query.get('events')
  return query.getAll('listenKey').map((key) => (events === null ? key : `${key}@${events}`))
}

function ownerOf(keys: ListenKeys, streams: readonly string[]): AccountId | undefined {
  for (const stream of streams) {
    const owner = keys.accountOf(stream.split('@', 1)[0])
    if (owner !== undefined) return owner
  }
  return undefined
}
