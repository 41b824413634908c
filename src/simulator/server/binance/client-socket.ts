import type { UnixMs } from '#model/ids.ts'
import type { DoorSocket, SocketHandler } from '../door-server.ts'
import type { Exchange } from '../exchange.ts'
import type { FaultContext } from '../faults.ts'
import type { Listener } from './channel.ts'
import { type Command, readCommand, type WireAnswer } from './stream-commands.ts'

/** Rules of one host's sockets. */
export interface SocketRules {
  readonly pingEveryMs: number
  readonly pongWithinMs: number
  readonly messagesPerSecond: number
  readonly streams: number
  readonly lifetimeMs: number
  /** Told so long before the planned end; absent = it just ends. */
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
  readonly combined: boolean
  readonly subscriptions: Subscriptions
}

/** One client socket: subscriptions, control frames, pings, message limit, end of life. */
export class ClientSocket implements Listener, SocketHandler {
  readonly #socket: DoorSocket
  readonly #opening: Opening
  readonly #streams = new Set<string>()
  readonly #stops = new Map<string, () => void>()
  #combined: boolean
  #second = 0
  #messages = 0
  #lastPong: UnixMs

  constructor(socket: DoorSocket, opening: Opening) {
    const { exchange, rules, combined } = opening
    this.#socket = socket
    this.#opening = opening
    this.#combined = combined
    this.#lastPong = exchange.now()
    const { lifetimeMs, farewell } = rules
    this.#stops.set(
      'life',
      exchange.after(lifetimeMs, () => socket.cut(1001, 'connection lifetime')),
    )
    if (farewell !== undefined) {
      this.#stops.set(
        'farewell',
        exchange.after(lifetimeMs - farewell.beforeMs, () =>
          socket.send(JSON.stringify({ e: farewell.event, E: exchange.now() })),
        ),
      )
    }
    this.#pingLater()
  }

  deliver(payload: string, wrapped: () => string, context: FaultContext): void {
    if (this.#socket.buffered > mostBuffered) this.#socket.cut()
    else this.#socket.send(this.#combined ? wrapped() : payload, context)
  }

  subscribe(streams: readonly string[]): void {
    for (const stream of streams) {
      if (this.#streams.has(stream)) continue
      this.#streams.add(stream)
      this.#opening.subscriptions.add(stream, this)
    }
  }

  message(text: string): void {
    if (!this.#counts()) return
    const { command, refusal } = readCommand(text)
    this.#answer(command === null ? refusal : this.#carryOut(command))
    // frames come after the answer, as a client expects
    if (command?.method === 'SUBSCRIBE' && this.#fits(command.streams)) this.subscribe(command.streams)
  }

  pinged(frame: 'ping' | 'pong'): void {
    if (frame === 'pong') this.#lastPong = this.#opening.exchange.now()
    this.#counts()
  }

  closed(): void {
    for (const stop of this.#stops.values()) stop()
    for (const stream of this.#streams) this.#opening.subscriptions.remove(stream, this)
    this.#streams.clear()
  }

  #carryOut(command: Command): WireAnswer {
    const { id } = command
    switch (command.method) {
      case 'SUBSCRIBE':
        if (this.#fits(command.streams)) return { result: null, id }
        return { error: { code: 2, msg: `Invalid request: more than ${this.#opening.rules.streams} streams` }, id }
      case 'UNSUBSCRIBE':
        for (const stream of command.streams) {
          if (this.#streams.delete(stream)) this.#opening.subscriptions.remove(stream, this)
        }
        return { result: null, id }
      case 'LIST_SUBSCRIPTIONS':
        return { result: [...this.#streams], id }
      case 'SET_PROPERTY':
        this.#combined = command.combined
        return { result: null, id }
      case 'GET_PROPERTY':
        return { result: this.#combined, id }
    }
  }

  #fits(streams: readonly string[]): boolean {
    return new Set([...this.#streams, ...streams]).size <= this.#opening.rules.streams
  }

  #pingLater(): void {
    const { exchange, rules } = this.#opening
    this.#stops.set(
      'ping',
      exchange.after(rules.pingEveryMs, () => {
        const now = exchange.now()
        if (now - this.#lastPong > rules.pongWithinMs) return this.#socket.cut()
        this.#socket.ping(String(now))
        this.#pingLater()
      }),
    )
  }

  /** False when there were too many within a second: the venue hangs up. */
  #counts(): boolean {
    const second = Math.floor(this.#opening.exchange.now() / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#messages = 0
    }
    if (++this.#messages <= this.#opening.rules.messagesPerSecond) return true
    this.#socket.cut(1008, 'Too many requests')
    return false
  }

  #answer(answer: WireAnswer): void {
    this.#socket.send(JSON.stringify(answer))
  }
}
