import type { Exchange } from '../exchange.ts'
import type { Reply } from '../http-faults.ts'
import type { AccountId } from '../types.ts'
import type { Permission } from './auth.ts'
import type { Fields } from './fields.ts'
import type { Limit } from './limits.ts'
import type { Listing, Listings } from './listings.ts'
import type { Notes } from './notes.ts'
import type { PriceBars } from './price-bars.ts'
import type { StopOrders } from './stop-orders.ts'

/** What routes and streams of one door share. */
export interface Deps {
  readonly exchange: Exchange
  readonly listings: Listings
  readonly notes: Notes
  readonly priceBars: PriceBars
  readonly stopOrders: StopOrders
  /** `apiAllowed` false: orders are refused with 1002. */
  readonly isClosedToApi: (listing: Listing) => boolean
}

/** One request that passed signature and limits. */
export interface Call {
  /** Of the query, or of the body where that is an object. */
  readonly fields: Fields
  /** The JSON body; undefined of a GET. */
  readonly body: unknown
  /** Named parts of the path. */
  readonly path: Readonly<Record<string, string>>
  /** Throws 401 on a public route. */
  readonly accountId: AccountId
}

export interface Route {
  readonly method: 'GET' | 'POST'
  /** Segments; those in braces are named parts. */
  readonly path: string
  readonly limit: Limit
  /** null = public. */
  readonly permission: Permission | null
  /** Of what creates, changes or cancels orders: what it does, for the fault plan. */
  readonly action?: 'create' | 'cancel' | 'amend' | 'conditional'
  /** Throws `WireError`. */
  readonly handle: (call: Call) => Reply
}

type Handle = Route['handle']

/** A public route. */
export function open(path: string, limit: Limit, handle: Handle): Route {
  return { method: 'GET', path: `/api/v1/contract/${path}`, limit, permission: null, handle }
}

/** A signed route that only reads. */
export function read(path: string, limit: Limit, permission: Permission, handle: Handle): Route {
  return { method: 'GET', path: `/api/v1/private/${path}`, limit, permission, handle }
}

/** A signed route with a body. */
export function post(
  path: string,
  limit: Limit,
  permission: Permission,
  handle: Handle,
  action?: Route['action'],
): Route {
  const route: Route = { method: 'POST', path: `/api/v1/private/${path}`, limit, permission, handle }
  return action === undefined ? route : { ...route, action }
}

/** Finds a request's route and the named parts of its path. */
export function createRouter(routes: readonly Route[]) {
  const exact = new Map<string, Route>()
  const patterns: { readonly route: Route; readonly segments: readonly string[] }[] = []
  for (const route of routes) {
    if (route.path.includes('{')) patterns.push({ route, segments: route.path.split('/') })
    else exact.set(`${route.method} ${route.path}`, route)
  }
  return (method: string, path: string): { route: Route; parts: Readonly<Record<string, string>> } | null => {
    const found = exact.get(`${method} ${path}`)
    if (found !== undefined) return { route: found, parts: {} }
    const segments = path.split('/')
    for (const { route, segments: wanted } of patterns) {
      if (route.method !== method || wanted.length !== segments.length) continue
      const parts: Record<string, string> = {}
      const fits = wanted.every((segment, at) => {
        if (!segment.startsWith('{')) return segment === segments[at]
        parts[segment.slice(1, -1)] = segments[at]
        return segments[at] !== ''
      })
      if (fits) return { route, parts }
    }
    return null
  }
}
