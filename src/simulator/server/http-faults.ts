import type { ServerResponse } from 'node:http'
import type { Exchange } from './exchange.ts'
import type { FaultContext, FaultKind } from './faults.ts'
import { corruptFrame } from './ws-faults.ts'

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
  /** Carries the request out and words the answer; called at most once, and not at all when a fault comes first. */
  readonly apply: () => Reply
  /** Words an injected error as the venue does: `kind` is one of `faultKinds['http-status']` but `html`. */
  readonly failure: (kind: FaultKind, retryAfterS: number | null) => Reply
}

/** A silent answer ends after this, unless the fault says when. */
const hangMs = 60_000
const page =
  '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>'
const unknowns = ['unknown-applied', 'unknown-not-applied', 'unknown-late'] as const

/** Answers a request as the fault plan wants it: in time or late, whole, cut, with an error, or not at all. */
export function serveWithFaults(exchange: Exchange, response: ServerResponse, serving: Serving): void {
  const { context, order, apply, failure } = serving
  const { faults } = exchange
  const before = faults.decide('http-before-apply', context)
  if (before !== null) return leave(exchange, response, before.kind, before.delayMs)
  const unknown = order ? faults.decide('order', context, unknowns) : null
  if (unknown !== null) {
    if (unknown.kind === 'unknown-applied') apply()
    if (unknown.kind === 'unknown-late') exchange.after(unknown.delayMs || 30_000, () => void apply())
    return leave(exchange, response, unknown.kind === 'unknown-late' ? 'drop' : 'hang', unknown.delayMs || 1)
  }
  const error = faults.decide('http-status', context)
  if (error?.applied === true) apply()
  const reply =
    error === null
      ? apply()
      : error.kind === 'html'
        ? { status: 502, body: page, headers: { 'content-type': 'text/html' } }
        : failure(error.kind, error.retryAfterS)
  const after = faults.decide('http-after-apply', context)
  if (after !== null) return leave(exchange, response, after.kind, after.delayMs)
  const latency = faults.decide('latency', context)
  const cut = faults.decide('http-body-cut', context)
  const corrupt = faults.decide('http-corrupt', context)
  const broken = corrupt === null ? reply : { ...reply, body: corruptFrame(reply.body, corrupt) }
  const send = (): void => sendReply(response, broken, cut === null ? 1 : cut.draw)
  if (latency === null || latency.delayMs === 0) send()
  else exchange.after(latency.delayMs, send)
}

/** Sends the whole reply, or that part of its body and then cuts the socket. */
export function sendReply(response: ServerResponse, { status, body, headers }: Reply, share = 1): void {
  if (response.destroyed || response.headersSent) return
  const bytes = Buffer.from(body)
  const length = { 'content-length': String(bytes.length) }
  response.writeHead(status, { 'content-type': 'application/json', ...headers, ...length })
  if (share >= 1) response.end(bytes)
  else response.write(bytes.subarray(0, Math.floor(bytes.length * share)), () => void response.destroy())
}

function leave(exchange: Exchange, response: ServerResponse, kind: FaultKind, delayMs: number): void {
  if (kind === 'drop') response.destroy()
  else exchange.after(delayMs || hangMs, () => void response.destroy())
}
