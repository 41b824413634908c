import type { Exchange } from './exchange.ts'
import type { VenueRules } from './types.ts'

/** A venue's REST and WebSocket servers on loopback. */
export interface Door {
  /** What a bot is pointed at, by purpose: `rest` and `stream`, and others where the venue has more. */
  readonly urls: Readonly<Record<string, string>>
  /** How to point ccxt at it: lines of JavaScript after `const exchange = new ccxt.pro.…`. */
  readonly ccxt: readonly string[]
  close(): Promise<void>
}

/** A venue's way in: what its core does, and the servers that speak its words. */
export interface VenueDoor {
  readonly rules: VenueRules
  /** Listens on 127.0.0.1; port 0 = any free one. Rejects when the port is taken. */
  open(exchange: Exchange, options: { readonly port: number }): Promise<Door>
}
