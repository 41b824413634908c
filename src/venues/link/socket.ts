import type { UnixMs } from '#model/ids.ts'
import type { Timers } from '#model/venue.ts'
import { createBackoff } from './backoff.ts'
import { type Connection, type Life, openConnection, type PingRule } from './connection.ts'
import type { TokenBucket } from './token-bucket.ts'

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
  /** Each text frame (gzip is undone). */
  readonly onMessage: (text: string, receivedAt: UnixMs, connection: Connection) => void
  /**
   * While two connections overlap, frames of the new one wait until the old one is dropped: sequences stay whole, but the beginning of
   * the new one repeats the end of the old one. Not for sockets whose `onOpen` waits for answers. Default false: both deliver.
   */
  readonly holdBack?: boolean
  readonly onState?: (state: SocketState, detail?: string) => void
  readonly random?: () => number
}

/** `live` = a connection is ready; `down` = waiting to try again. A renewal before the lifetime's end stays `live`. */
export type SocketState = 'connecting' | 'live' | 'down' | 'closed'

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

/** Reconnects for ever with growing, jittered pauses; replaces itself before it grows too old. */
export function createSocket(options: SocketOptions): Socket {
  const { timers, onMessage, onState, openTimeoutMs = 10_000, overlapMs = 1_000, random = Math.random } = options
  const backoff = createBackoff({ baseMs: 250, maxMs: 30_000, ...options.backoff, random })
  const stats = { messages: 0, reconnects: 0, renewals: 0, rejected: 0 }
  const stops = new Set<() => void>()
  let state: SocketState = 'connecting'
  let count = 0
  /** Ready, and what is sent goes here. */
  let active: Life | null = null
  /** On its way to take over. */
  let next: Life | null = null
  let nextReady = false
  /** A connection is being made or waited for. */
  let busy = false
  let held: { readonly text: string; readonly receivedAt: UnixMs; readonly life: Life }[] = []

  const become = (to: SocketState, detail?: string): void => {
    if (state === to || state === 'closed') return
    state = to
    onState?.(to, detail)
  }

  const later = (ms: number, job: () => void): (() => void) => {
    const stop = timers.after(ms, () => {
      stops.delete(stop)
      job()
    })
    stops.add(stop)
    return () => {
      stop()
      stops.delete(stop)
    }
  }

  const connect = async (): Promise<void> => {
    busy = true
    try {
      await options.connects?.take()
      const url = await options.url()
      if (state === 'closed') return
      open(url)
    } catch (error) {
      if (state !== 'closed') failed(error instanceof Error ? error.message : 'no address')
    }
  }

  const open = (url: string): void => {
    const life: Life = openConnection({
      number: count + 1,
      url,
      timers,
      ping: options.ping,
      onOpen: () => void greet(),
      onFrame: (text, receivedAt) => {
        stats.messages += 1
        if (active !== null && active !== life && options.holdBack === true) hold(text, receivedAt)
        else onMessage(text, receivedAt, life)
        if (active === life) backoff.reset()
      },
      onRejected: () => void (stats.rejected += 1),
      onEnd: (reason) => {
        stopTimeout()
        ended(life, reason)
      },
    })
    count += 1
    next = life
    nextReady = false
    const stopTimeout = later(openTimeoutMs, () => life.end(`not ready within ${openTimeoutMs} ms`))

    const hold = (text: string, receivedAt: UnixMs): void => {
      held.push({ text, receivedAt, life })
      if (held.length > maxHeld && nextReady) takeOver(life)
    }
    const greet = async (): Promise<void> => {
      try {
        await options.onOpen?.(life)
      } catch (error) {
        life.end(error instanceof Error ? error.message : 'refused')
        return
      }
      stopTimeout()
      if (life.signal.aborted || life !== next) return
      nextReady = true
      if (active === null) takeOver(life)
      else later(overlapMs, () => (life === next ? takeOver(life) : undefined))
    }
  }

  const takeOver = (life: Life): void => {
    const before = active
    active = life
    next = null
    busy = false
    if (before !== null) {
      stats.renewals += 1
      before.end('renewed')
    }
    release()
    become('live')
    if (options.lifetimeMs !== undefined) {
      const stop = later(options.lifetimeMs * (1 - random() / 10), () => (active === life ? renew() : undefined))
      life.signal.addEventListener('abort', stop, { once: true })
    }
  }

  const release = (): void => {
    const frames = held
    held = []
    for (const { text, receivedAt, life } of frames) onMessage(text, receivedAt, life)
  }

  const ended = (life: Life, reason: string): void => {
    if (state === 'closed') return
    if (life === next) {
      next = null
      held = []
      failed(reason)
    } else if (life === active) {
      active = null
      // Its successor takes over at once, or as soon as it is ready.
      if (next !== null && nextReady) {
        takeOver(next)
        return
      }
      stats.reconnects += 1
      release()
      become(next === null ? 'down' : 'connecting', reason)
      if (!busy) failed(reason)
    }
  }

  /** Tries again later. While the old connection still works this is only a renewal that has to wait. */
  const failed = (reason: string): void => {
    busy = true
    if (active === null) become('down', reason)
    later(backoff.next(), () => {
      if (active === null) become('connecting', reason)
      void connect()
    })
  }

  const renew = (): void => {
    if (active !== null && !busy) void connect()
  }

  void connect()
  return {
    get state() {
      return state
    },
    stats,
    send: (frame) => active?.send(frame) ?? false,
    renew,
    restart: (detail) => active?.end(detail),
    async close() {
      become('closed')
      for (const stop of stops) stop()
      stops.clear()
      const lives = [active, next].filter((life) => life !== null)
      for (const life of lives) life.end('closed by us')
      await Promise.all(lives.map(({ gone }) => gone))
    },
  }
}

/** Frames of a new connection that may wait for the old one to go. */
const maxHeld = 50_000
