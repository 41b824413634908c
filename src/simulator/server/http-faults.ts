import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Exchange } from './exchange.ts'
import type { FaultContext, FaultKind } from './faults.ts'

/** An answer before it is sent. */
export interface Reply {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What a door hands over for one request. */
export interface Serving {
  readonly context: FaultContext
  /** True for what creates, changes or cancels orders: only these get faults of the place `order`. */
  readonly order: boolean
  /** Carries the request out and words the answer; called at most once, not at all when a fault comes first. */
  readonly apply: () => Reply
  /** Words an injected error as the venue does: `kind` is one of `faultKinds['http-status']`, or `reject` for an order. */
  readonly failure: (kind: FaultKind, retryAfterS: number | null) => Reply
}

/** Answers a request as the fault plan wants it: in time or late, whole, cut, with an error, or not at all. */
export type ServeWithFaults = (
  exchange: Exchange,
  request: IncomingMessage,
  response: ServerResponse,
  serving: Serving,
) => void
