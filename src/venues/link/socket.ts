import type { UnixMs } from '#model/ids.ts'
import type { Timers } from '#model/venue.ts'
import type { TokenBucket } from './token-bucket.ts'

/** Keep-alive of a venue. Protocol pings of the server are answered by themselves. */
export interface PingRule {
  /** What we must send regularly; absent = the server pings. */
  readonly send?: { readonly everyMs: number; readonly frame: () => string }
  /** Nothing at all received for so long (no data, ping or pong): the connection is dead. */
  readonly deadMs: number
}

export interface SocketOptions {
  /** Asked for every connection (listen keys change). */
  readonly url: () => string | Promise<string>
  readonly timers: Timers
  readonly ping: PingRule
  /** Connections per time of the venue; share one among all sockets of a venue. */
  readonly connects?: TokenBucket
  /** Default 250 ms to 30 s. */
  readonly backoff?: { readonly baseMs: number; readonly maxMs: number }
  /** A successor is connected before the connection is so old, less up to a tenth of jitter; absent = no limit. */
  readonly lifetimeMs?: number
  /** Default 10 s to be open and ready. */
  readonly openTimeoutMs?: number
  /** Old and new connection overlap so long after the new one is ready; default 1 s. */
  readonly overlapMs?: number
  /**
   * Open: log in, subscribe. The connection counts as ready when this resolves, is given up and tried again when it rejects.
   * Frames that arrive meanwhile go to `onMessage` as usual.
   */
  readonly onOpen?: (connection: Connection) => void | Promise<void>
  /**
   * Each text frame (gzip is undone). While two connections overlap, frames of the new one are held back until the old one
   * is dropped: nothing is lost and sequences stay whole, but the beginning of the new one repeats the end of the old one.
   */
  readonly onMessage: (text: string, receivedAt: UnixMs, connection: Connection) => void
  readonly onState?: (state: SocketState, detail?: string) => void
  readonly random?: () => number
}

/** `live` = a connection is ready; `down` = waiting to try again. A renewal before the lifetime's end stays `live`. */
export type SocketState = 'connecting' | 'live' | 'down' | 'closed'

/** One life of a socket. */
export interface Connection {
  /** Counts from 1 over a socket's connections. */
  readonly number: number
  /** False when it is not open: the frame was not sent. */
  send(frame: string): boolean
  /** Aborts when this connection ends. */
  readonly signal: AbortSignal
}

/** A socket that stays connected. */
export interface Socket {
  readonly state: SocketState
  readonly stats: SocketStats
  /** On the newest ready connection; false when there is none. */
  send(frame: string): boolean
  /** Connects a successor and then drops the present connection. */
  renew(): void
  /** Drops the connection at once and connects again: what it delivered is not trusted. */
  restart(detail: string): void
  close(): Promise<void>
}

export interface SocketStats {
  readonly messages: number
  /** Connections lost and made again; planned renewals are not counted. */
  readonly reconnects: number
  readonly renewals: number
  /** Frames that were neither text nor gzip of it. */
  readonly rejected: number
}

export function createSocket(_options: SocketOptions): Socket {
  throw new Error('not built yet')
}
