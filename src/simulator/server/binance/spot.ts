import type { Exchange } from '../exchange.ts'
import { AggTrades } from './agg-trades.ts'
import { type Door, openDoor } from './door.ts'
import type { DoorOptions } from './futures.ts'
import { Hub } from './hub.ts'
import { Limits } from './limits.ts'
import { Listings } from './listings.ts'
import { ClientSocket, type SocketRules, spotSockets, urlOf } from './socket.ts'
import { spotChannels } from './spot-channels.ts'
import { spotMarketRoutes } from './spot-routes.ts'

/** Market data of `api.binance.com` and `stream.binance.com`, on one port; every market of the exchange is told as a spot pair. */
export async function openBinanceSpot(exchange: Exchange, options: DoorOptions = {}): Promise<Door> {
  const limits = new Limits(exchange, { weight: 6000, ordersTenSeconds: 100, ordersMinute: 1200, ...options.limits })
  const rules: SocketRules = { ...spotSockets, ...options.sockets }
  const listings = new Listings(exchange, 'eight')
  const aggTrades = new AggTrades(exchange)
  const hub = new Hub(exchange, spotChannels(exchange, listings, aggTrades))
  let opened = 0

  return openDoor(
    {
      exchange,
      limits,
      routes: spotMarketRoutes({ exchange, listings, aggTrades, limits: limits.rules }),
      socketKind: (path) => (placeOf(path) === null ? null : 'market'),
      openSocket(socket, request) {
        const { path, query } = urlOf(request)
        const at = placeOf(path)
        if (at === null) return socket.terminate()
        const unit = query.get('timeUnit')?.toUpperCase() === 'MICROSECOND' ? '#us' : ''
        const named = query.get('streams')?.split('/') ?? []
        ClientSocket.serve(`s${++opened}`, socket, {
          exchange,
          rules,
          kind: 'market',
          combined: at.combined,
          streams: [...named, ...(at.raw === null ? [] : at.raw.split('/'))].filter((stream) => stream !== ''),
          subscriptions: {
            add: (stream, listener) => hub.listen(`${stream}${unit}`, listener),
            remove: (stream, listener) => hub.leave(`${stream}${unit}`, listener),
          },
        })
      },
      onClose() {
        hub.close()
        aggTrades.close()
      },
    },
    options,
  )
}

function placeOf(path: string): { readonly combined: boolean; readonly raw: string | null } | null {
  const match = /^\/(ws|stream)(?:\/(.*))?$/.exec(path.replace(/\/+/g, '/'))
  return match === null ? null : { combined: match[1] === 'stream', raw: match[2] ?? null }
}
