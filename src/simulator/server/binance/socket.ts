import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import type { UnixMs } from '#model/ids.ts'
import type { Exchange } from '../exchange.ts'
import type { FaultContext } from '../faults.ts'
import type { AccountId } from '../types.ts'
import { createFaultySender, type FaultySender } from '../ws-faults.ts'
import type { Listener } from './channel.ts'

/** Rules of one host's sockets. */
export interface SocketRules {
  readonly pingEveryMs: number
  readonly pongWithinMs: number
  readonly messagesPerSecond: number
  readonly streams: number
  readonly lifetimeMs: number
  /** Told before the planned end; absent = it just ends. */
  readonly farewell?: { readonly beforeMs: number; readonly event: string }
}

export const futuresSockets: SocketRules = {
  pingEveryMs: 180_000,
  pongWithinMs: 600_000,
  messagesPerSecond: 10,
  streams: 1024,
  lifetimeMs: 86_400_000,
}

export const spotSockets: SocketRules = {
  pingEveryMs: 20_000,
  pongWithinMs: 60_000,
  messagesPerSecond: 5,
  streams: 1024,
  lifetimeMs: 86_400_000,
  farewell: { beforeMs: 60_000, event: 'serverShutdown' },
}

/** Where a socket's subscriptions go. */
export interface Subscriptions {
  add(stream: string, listener: Listener): void
  remove(stream: string, listener: Listener): void
}

/** A client that reads so slowly that this much waits is cut. */
const mostBuffered = 32 * 1024 * 1024

interface Opening {
  readonly exchange: Exchange
  readonly rules: SocketRules
  readonly kind: 'public' | 'market' | 'private'
  readonly combined: boolean
  readonly streams: readonly string[]
  readonly accountId?: AccountId
  readonly subscriptions: Subscriptions
}

/** One client socket: subscriptions, control frames, pings, message limit, end of life. */
export class ClientSocket implements Listener {
  readonly id: string
  readonly openedAt: UnixMs
  readonly #socket: WebSocket
  readonly #opening: Opening
  readonly #sender: FaultySender
  readonly #streams = new Set<string>()
  readonly #stops: (() => void)[] = []
  #combined: boolean
  #window = 0
  #messages = 0
  #lastPong: UnixMs

  /** Serves the socket until it closes. */
  static serve(id: string, socket: WebSocket, opening: Opening): void {
    const client = new ClientSocket(id, socket, opening)
    for (const stream of opening.streams) client.#subscribe(stream)
  }

  private constructor(id: string, socket: WebSocket, opening: Opening) {
    const { exchange, rules } = opening
    this.id = id
    this.#socket = socket
    this.#opening = opening
    this.#combined = opening.combined
    this.openedAt = exchange.now()
    this.#lastPong = this.openedAt
    const shared: FaultContext = {
      connection: id,
      socket: opening.kind,
      ...(opening.accountId === undefined ? {} : { account: opening.accountId }),
    }
    this.#sender = createFaultySender(exchange, socket, shared)
    socket.on('message', (data) => {
      if (this.#counts()) this.#command((data as Buffer).toString('utf8'))
    })
    socket.on('ping', () => void this.#counts())
    socket.on('pong', () => {
      this.#lastPong = exchange.now()
      this.#counts()
    })
    socket.on('error', () => socket.terminate())
    socket.on('close', () => this.#closed())
    this.#stops.push(
      exchange.connections.add({
        id,
        kind: opening.kind,
        openedAt: this.openedAt,
        ...(opening.accountId === undefined ? {} : { accountId: opening.accountId }),
        cut: (code, reason) => (code === undefined ? socket.terminate() : socket.close(code, reason)),
      }),
      exchange.after(rules.lifetimeMs, () => socket.close(1001, 'connection lifetime')),
    )
    const { farewell } = rules
    if (farewell !== undefined) {
      this.#stops.push(
        exchange.after(rules.lifetimeMs - farewell.beforeMs, () =>
          this.#sender.send(JSON.stringify({ e: farewell.event, E: exchange.now() })),
        ),
      )
    }
    this.#pingLater()
  }

  deliver(payload: string, wrapped: () => string, context: FaultContext): void {
    if (this.#socket.bufferedAmount > mostBuffered) {
      this.#socket.terminate()
      return
    }
    this.#sender.send(this.#combined ? wrapped() : payload, context)
  }

  #pingLater(): void {
    const { exchange, rules } = this.#opening
    const stop = exchange.after(rules.pingEveryMs, () => {
      this.#stops.splice(this.#stops.indexOf(stop), 1)
      if (exchange.now() - this.#lastPong > rules.pongWithinMs) {
        this.#socket.terminate()
        return
      }
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping(String(exchange.now()))
      this.#pingLater()
    })
    this.#stops.push(stop)
  }

  /** False when there were too many within a second: the venue hangs up. */
  #counts(): boolean {
    const second = Math.floor(this.#opening.exchange.now() / 1000)
    if (second !== this.#window) {
      this.#window = second
      this.#messages = 0
    }
    if (++this.#messages <= this.#opening.rules.messagesPerSecond) return true
    this.#socket.close(1008, 'Too many requests')
    return false
  }

  #command(text: string): void {
    let frame: unknown
    try {
      frame = JSON.parse(text)
    } catch {
      this.#answer({ error: { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' } })
      return
    }
    if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) {
      this.#answer({ error: { code: 2, msg: 'Invalid request: request must be an object' } })
      return
    }
    const { method, params, id } = frame as { method?: unknown; params?: unknown; id?: unknown }
    const list = params === undefined ? [] : params
    const refuse = (code: number, msg: string): void => this.#answer({ error: { code, msg }, id: id ?? null })
    if (id !== undefined && typeof id !== 'number' && typeof id !== 'string' && id !== null)
      return refuse(2, 'Invalid request: invalid type for id')
    if (!Array.isArray(list)) return refuse(2, 'Invalid request: params must be a sequence')
    switch (method) {
      case 'SUBSCRIBE':
      case 'UNSUBSCRIBE': {
        if (list.some((stream) => typeof stream !== 'string' || stream === ''))
          return refuse(2, 'Invalid request: params must be strings')
        const streams = list as readonly string[]
        if (method === 'SUBSCRIBE' && new Set([...this.#streams, ...streams]).size > this.#opening.rules.streams)
          return refuse(2, `Invalid request: more than ${this.#opening.rules.streams} streams`)
        this.#answer({ result: null, id: id ?? null })
        for (const stream of streams) {
          if (method === 'SUBSCRIBE') this.#subscribe(stream)
          else this.#unsubscribe(stream)
        }
        return
      }
      case 'LIST_SUBSCRIPTIONS':
        return this.#answer({ result: [...this.#streams], id: id ?? null })
      case 'SET_PROPERTY': {
        const [name, value] = list as readonly unknown[]
        if (name !== 'combined' || typeof value !== 'boolean') return refuse(0, 'Unknown property')
        this.#combined = value
        return this.#answer({ result: null, id: id ?? null })
      }
      case 'GET_PROPERTY':
        if (list[0] !== 'combined') return refuse(0, 'Unknown property')
        return this.#answer({ result: this.#combined, id: id ?? null })
      default:
        refuse(
          2,
          `Invalid request: unknown variant \`${String(method).slice(0, 50)}\`, expected one of \`SUBSCRIBE\`, ` +
            '`UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`',
        )
    }
  }

  #answer(answer: unknown): void {
    this.#sender.send(JSON.stringify(answer))
  }

  #subscribe(stream: string): void {
    if (this.#streams.has(stream)) return
    this.#streams.add(stream)
    this.#opening.subscriptions.add(stream, this)
  }

  #unsubscribe(stream: string): void {
    if (this.#streams.delete(stream)) this.#opening.subscriptions.remove(stream, this)
  }

  #closed(): void {
    for (const stop of this.#stops) stop()
    for (const stream of this.#streams) this.#opening.subscriptions.remove(stream, this)
    this.#streams.clear()
    this.#sender.close()
  }
}

/** Path and query of an upgrade. */
export function urlOf(request: IncomingMessage): { readonly path: string; readonly query: URLSearchParams } {
  const [path, query = ''] = (request.url ?? '/').split('?', 2)
  return { path: path.replace(/\/+/g, '/'), query: new URLSearchParams(query) }
}
