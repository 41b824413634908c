import type { Exchange } from '../exchange.ts'
import { AggTrades } from './agg-trades.ts'
import { ClientSocket, type SocketRules, spotSockets } from './client-socket.ts'
import { type Door, openDoor } from './door.ts'
import type { DoorOptions } from './futures.ts'
import { Hub } from './hub.ts'
import { Limits } from './limits.ts'
import { Listings } from './listings.ts'
import { spotChannels } from './spot-channels.ts'
import { spotMarketRoutes } from './spot-routes.ts'

/** Market data of `api.binance.com` and `stream.binance.com`, on one port; every market of the exchange is told as a spot pair. */
export async function openBinanceSpot(exchange: Exchange, options: DoorOptions = {}): Promise<Door> {
  const limits = new Limits(exchange, { weight: 6000, ordersTenSeconds: 100, ordersMinute: 1200, ...options.limits })
  const rules: SocketRules = { ...spotSockets, ...options.sockets }
  const listings = new Listings(exchange, 'eight')
  const aggTrades = new AggTrades(exchange)
  const hub = new Hub(exchange, spotChannels(exchange, listings, aggTrades))

  return openDoor(
    {
      exchange,
      limits,
      listings,
      routes: spotMarketRoutes({ exchange, listings, aggTrades, limits: limits.rules }),
      kindOf: (path) => (placeOf(path) === null ? null : 'market'),
      accept(socket) {
        const { combined, raw } = placeOf(socket.path) ?? { combined: false, raw: '' }
        const query = new URLSearchParams(socket.query)
        const unit = query.get('timeUnit')?.toUpperCase() === 'MICROSECOND' ? '#us' : ''
        const client = new ClientSocket(socket, {
          exchange,
          rules,
          combined,
          subscriptions: {
            add: (stream, listener) => hub.listen(`${stream}${unit}`, listener),
            remove: (stream, listener) => hub.leave(`${stream}${unit}`, listener),
          },
        })
        client.subscribe([...(query.get('streams')?.split('/') ?? []), ...raw.split('/')].filter((name) => name !== ''))
        return client
      },
      onClose() {
        hub.close()
        aggTrades.close()
      },
    },
    options.port ?? 0,
  )
}

function placeOf(path: string): { readonly combined: boolean; readonly raw: string } | null {
  const match = /^\/(ws|stream)(?:\/(.*))?$/.exec(path.replace(/\/+/g, '/'))
  return match === null ? null : { combined: match[1] === 'stream', raw: match[2] ?? '' }
}
