import type { Exchange } from '../exchange.ts'
import type { AccountId, ApiKey } from '../types.ts'
import type { Security } from './auth.ts'
import type { Params } from './params.ts'

/** One request that passed signature and limits. */
export interface Call {
  readonly exchange: Exchange
  readonly params: Params
  /** Throws where the route asks for no key. */
  readonly accountId: AccountId
  readonly key: ApiKey
  /** Counts orders; throws −1015. */
  readonly countOrders: (inTenSeconds: number, inMinute: number) => void
  readonly ip: string
}

export interface Route {
  readonly weight: number | ((params: Params) => number)
  readonly security: Security
  /** Of what creates, changes or cancels orders: what it does, for the fault plan. */
  readonly action?: 'create' | 'cancel' | 'amend' | 'conditional'
  /** The answer before it becomes JSON. Throws `WireError`. */
  readonly handle: (call: Call) => unknown
}

/** By `METHOD /path`. */
export type Routes = Readonly<Record<string, Route>>

/** A public route. */
export function open(weight: Route['weight'], handle: Route['handle']): Route {
  return { weight, security: 'none', handle }
}

/** A signed route that only reads. */
export function read(weight: Route['weight'], handle: Route['handle']): Route {
  return { weight, security: 'read', handle }
}

/** A signed route that changes something. */
export function trade(weight: Route['weight'], handle: Route['handle'], action?: Route['action']): Route {
  return { weight, security: 'trade', handle, ...(action === undefined ? {} : { action }) }
}
