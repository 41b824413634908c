import type { IncomingHttpHeaders } from 'node:http'
import { type DoorRequest, type DoorSocket, openDoorServer } from '../door-server.ts'
import type { Connection, Exchange } from '../exchange.ts'
import type { Reply, Serving } from '../http-faults.ts'
import type { ApiKey } from '../types.ts'
import { authenticate, checkWindow } from './auth.ts'
import type { ClientSocket } from './client-socket.ts'
import { failureReply } from './failures.ts'
import type { Limits } from './limits.ts'
import type { Listings } from './listings.ts'
import { Params } from './params.ts'
import type { Call, Route, Routes } from './routes.ts'
import { WireError } from './wire-error.ts'

/** A host of the venue on this machine. */
export interface Door {
  /** `http://127.0.0.1:1234`. */
  readonly url: string
  /** `ws://127.0.0.1:1234`. */
  readonly wsUrl: string
  /** Cuts every socket and stops listening. */
  close(): Promise<void>
}

export interface DoorParts {
  readonly exchange: Exchange
  readonly routes: Routes
  readonly limits: Limits
  readonly listings: Listings
  /** null = the path takes no sockets. */
  readonly kindOf: (path: string) => Connection['kind'] | null
  readonly accept: (socket: DoorSocket) => ClientSocket
  readonly onClose: () => void
}

/** Listens on loopback; port 0 = any free one. */
export async function openDoor(parts: DoorParts, port: number): Promise<Door> {
  const clients = new WeakMap<DoorSocket, ClientSocket>()
  const server = await openDoorServer(
    parts.exchange,
    {
      serve: (request) => servingOf(parts, request),
      kindOf: (path) => parts.kindOf(path),
      accept(socket) {
        const client = parts.accept(socket)
        clients.set(socket, client)
        return client
      },
      pinged: (socket, frame) => clients.get(socket)?.pinged(frame),
    },
    port,
  )
  return {
    url: `http://127.0.0.1:${server.port}`,
    wsUrl: `ws://127.0.0.1:${server.port}`,
    async close() {
      parts.onClose()
      await server.close()
    },
  }
}

/** Limits and signature are looked at when a request arrives; what it asks for is done by `apply`. */
function servingOf(parts: DoorParts, request: DoorRequest): Serving {
  const { exchange, routes, limits } = parts
  const { method, path, ip } = request
  const route = routes[`${method} ${path}`]
  const arrived = arrive(parts, request, route)
  const key = 'key' in arrived ? arrived.key : null
  const listing = 'params' in arrived ? parts.listings.find(arrived.params.raw('symbol') ?? '') : undefined
  const reply = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
    status,
    body: JSON.stringify(value),
    headers: { ...limits.headers(ip, key?.accountId), ...headers },
  })
  return {
    context: {
      method,
      path,
      ...(listing === undefined ? {} : { symbol: listing.id }),
      ...(key === null ? {} : { account: nameOf(exchange, key) }),
      ...(route?.action === undefined ? {} : { action: route.action }),
    },
    order: route?.action !== undefined,
    apply() {
      try {
        if (arrived instanceof WireError) throw arrived
        if (arrived.route.action !== undefined) checkWindow(exchange.now(), arrived.params, 'engine')
        return reply(200, arrived.route.handle(callOf(parts, arrived, ip)))
      } catch (error) {
        if (error instanceof WireError)
          return reply(error.status, { code: error.code, msg: error.message }, error.headers)
        throw error
      }
    },
    failure: failureReply,
  }
}

interface Arrived {
  readonly route: Route
  readonly params: Params
  readonly key: ApiKey | null
}

/** The request when it may be carried out, else what it is refused with. */
function arrive(
  { exchange, limits }: DoorParts,
  { method, path, query, body, headers, ip }: DoorRequest,
  route: Route | undefined,
): Arrived | WireError {
  try {
    if (route === undefined) {
      limits.arrive(ip, 1, path, method)
      return new WireError(-5000, `Path ${path}, Method ${method} is invalid`, 404)
    }
    const params = new Params(query, body)
    limits.arrive(ip, typeof route.weight === 'number' ? route.weight : route.weight(params), path, method)
    const key = authenticate(exchange, { apiKey: apiKeyOf(headers), query, body, params }, route.security)
    return { route, params, key }
  } catch (error) {
    if (error instanceof WireError) return error
    throw error
  }
}

function callOf({ exchange, limits }: DoorParts, { params, key }: Arrived, ip: string): Call {
  const owner = (): ApiKey => {
    if (key === null) throw new WireError(-2014, 'API-key format invalid.', 401)
    return key
  }
  // brings the market up to now
  exchange.now()
  return {
    exchange,
    params,
    ip,
    get key() {
      return owner()
    },
    get accountId() {
      return owner().accountId
    },
    countOrders: (inTenSeconds, inMinute) => limits.countOrders(owner().accountId, inTenSeconds, inMinute),
  }
}

/** What fault plans call the account. */
export function nameOf(exchange: Exchange, { accountId }: Pick<ApiKey, 'accountId'>): string {
  return exchange.control.accounts().find((account) => account.accountId === accountId)?.name ?? accountId
}

function apiKeyOf(headers: IncomingHttpHeaders): string | undefined {
  const value = headers['x-mbx-apikey']
  return Array.isArray(value) ? value[0] : value
}
