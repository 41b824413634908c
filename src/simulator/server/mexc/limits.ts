import type { Exchange } from '../exchange.ts'
import { tooFrequent } from './wire-error.ts'

/** So many requests in any window of that length, per endpoint and user (or address, where nobody is logged in). */
export interface Limit {
  readonly requests: number
  readonly perMs: number
}

const every = (requests: number, perMs: number): Limit => ({ requests, perMs })

/** The venue's table; the lower of two where sources differ. */
export const limits = {
  order: every(4, 2_000),
  stop: every(5, 2_000),
  batch: every(1, 2_000),
  leverage: every(10, 10_000),
  batchQuery: every(5, 2_000),
  detail: every(1, 5_000),
  book: every(10, 2_000),
  usual: every(20, 2_000),
} as const

/** A window per endpoint and who; nothing is told of it before it is over. */
export class RateLimits {
  readonly #exchange: Exchange
  readonly #strict: boolean
  readonly #windows = new Map<string, number[]>()

  /** Not `strict` = only the fault plan limits. */
  constructor(exchange: Exchange, strict: boolean) {
    this.#exchange = exchange
    this.#strict = strict
  }

  /** Throws 510. */
  arrive(endpoint: string, limit: Limit, who: string, about: { readonly path: string; readonly method: string }): void {
    const now = this.#exchange.now()
    const key = `${who} ${endpoint}`
    let times = this.#windows.get(key)
    if (times === undefined) this.#windows.set(key, (times = []))
    const fault = this.#exchange.faults.decide('rate-limit', about, ['foreign', 'limited'])
    if (fault?.kind === 'limited') throw tooFrequent()
    // another program of the same user
    if (fault?.kind === 'foreign')
      for (let use = 0; use < Math.min(limit.requests, fault.value ?? 1); use++) times.push(now)
    while (times.length > 0 && now - times[0] >= limit.perMs) times.shift()
    if ((this.#strict || fault !== null) && times.length >= limit.requests) throw tooFrequent()
    times.push(now)
    if (times.length > limit.requests) times.shift()
  }

  /** Banned addresses are turned away at the edge, with 403 and a page. */
  isBanned(about: { readonly path: string; readonly method: string }): boolean {
    return this.#exchange.faults.decide('rate-limit', about, ['ban']) !== null
  }
}
