import type { InstrumentId } from '#model/ids.ts'
import { type DoorRequest, type DoorServer, openDoorServer } from '../door-server.ts'
import type { Exchange } from '../exchange.ts'
import type { FaultContext } from '../faults.ts'
import type { Reply, Serving } from '../http-faults.ts'
import type { ApiKey } from '../types.ts'
import { accountRoutes } from './account-routes.ts'
import { authenticate } from './auth.ts'
import { failure } from './envelope.ts'
import { edgePage, failureReply } from './failures.ts'
import { Fields, parseBody } from './fields.ts'
import { historyRoutes } from './history-routes.ts'
import { Hub } from './hub.ts'
import { RateLimits } from './limits.ts'
import { Listings } from './listings.ts'
import { marketRoutes, spotRoutes } from './market-routes.ts'
import { Notes } from './notes.ts'
import { orderRoutes } from './order-routes.ts'
import { planRoutes } from './plan-routes.ts'
import { PriceBars } from './price-bars.ts'
import { PrivateStreams } from './private-streams.ts'
import { createRouter, type Deps, type Route } from './routes.ts'
import { Session } from './session.ts'
import { StopOrders } from './stop-orders.ts'
import { WireError } from './wire-error.ts'

export interface MexcOptions {
  /** 0 = any free one. */
  readonly port: number
  /** Contracts the API may not trade (`apiAllowed` false). */
  readonly closedToApi?: readonly InstrumentId[]
  /** False = only the fault plan limits requests. */
  readonly limits?: boolean
}

/** REST of `api.mexc.com` under `/api/v1` and the sockets of `contract.mexc.com/edge`, on one port. */
export function openMexc(exchange: Exchange, options: MexcOptions): Promise<DoorServer> {
  const { port, closedToApi = [], limits: strict = true } = options
  const closed = new Set<string>(closedToApi)
  const listings = new Listings(exchange)
  const stopOrders = new StopOrders(exchange, listings, (accountId, row) => privates.stopOrder(accountId, row))
  const deps: Deps = {
    exchange,
    listings,
    notes: new Notes(exchange),
    priceBars: new PriceBars(),
    stopOrders,
    isClosedToApi: ({ id }) => closed.has(id),
  }
  const privates = new PrivateStreams(deps)
  const hub = new Hub(exchange)
  const stop = exchange.subscribe((event) => {
    for (const part of [listings, deps.notes, deps.priceBars, stopOrders, privates, hub]) part.take(event)
  })
  const limits = new RateLimits(exchange, strict)
  const route = createRouter([
    ...marketRoutes(deps),
    ...spotRoutes(deps),
    ...orderRoutes(deps),
    ...historyRoutes(deps),
    ...planRoutes(deps),
    ...accountRoutes(deps),
  ])
  return openDoorServer(
    exchange,
    {
      serve: (request) => serve(exchange, limits, route, request),
      kindOf: (path) => (path === '/edge' ? 'public' : null),
      accept: (socket) => new Session(deps, hub, privates, socket),
    },
    port,
  ).then((server) => ({
    port: server.port,
    async close() {
      stop()
      hub.close()
      await server.close()
    },
  }))
}

/** Signature and limits are looked at when a request arrives; what it asks for is done by `apply`. */
function serve(
  exchange: Exchange,
  limits: RateLimits,
  route: ReturnType<typeof createRouter>,
  request: DoorRequest,
): Serving {
  const { method, path } = request
  const about = { method, path, socket: 'rest' }
  const found = route(method, path)
  const answered = (reply: Reply, context: FaultContext = about, order = false): Serving => ({
    context,
    order,
    apply: () => reply,
    failure: failureReply,
  })
  if (limits.isBanned(about)) return answered(edgePage)
  if (found === null) return answered(failure(new WireError(511, 'The path is not accessible'), 404))
  let context: FaultContext = about
  const order = found.route.action !== undefined
  try {
    const key = keyOf(exchange, found.route, request)
    const body = method === 'POST' ? parseBody(request.body === '' ? '{}' : request.body) : undefined
    const fields = body === undefined ? Fields.ofQuery(request.query) : new Fields(isRecord(body) ? body : {})
    context = contextOf(found, about, fields, key)
    limits.arrive(found.route.path, found.route.limit, key?.accountId ?? request.ip, about)
    return {
      context,
      order,
      failure: failureReply,
      apply: () =>
        refusable(() => {
          // brings the market up to now
          exchange.now()
          return found.route.handle({
            fields,
            body,
            path: found.parts,
            get accountId() {
              if (key === null) throw new WireError(401, 'Not logged in or login has expired')
              return key.accountId
            },
          })
        }),
    }
  } catch (error) {
    return answered(
      refusable(() => {
        throw error
      }),
      context,
      order,
    )
  }
}

function keyOf(
  exchange: Exchange,
  { permission }: Route,
  { method, query, body, headers }: DoorRequest,
): ApiKey | null {
  if (permission === null) return null
  const header = (name: string): string | undefined => {
    const value = headers[name]
    return Array.isArray(value) ? value[0] : value
  }
  return authenticate(exchange, { method, query, body, header }, permission)
}

/** What the fault plan may know of a request. */
function contextOf(
  { route, parts }: { readonly route: Route; readonly parts: Readonly<Record<string, string>> },
  about: FaultContext,
  fields: Fields,
  key: ApiKey | null,
): FaultContext {
  const symbol = parts['symbol'] ?? (fields.has('symbol') ? fields.text('symbol') : undefined)
  return {
    ...about,
    ...(route.action === undefined ? {} : { action: route.action }),
    ...(symbol === undefined ? {} : { symbol }),
    ...(key === null ? {} : { account: key.accountId }),
  }
}

function refusable(answer: () => Reply): Reply {
  try {
    return answer()
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return failure(error)
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
