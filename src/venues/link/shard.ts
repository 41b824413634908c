import type { Connection } from './connection.ts'
import { createSocket, type Socket, type SocketState } from './socket.ts'
import type { SocketPoolOptions } from './socket-pool.ts'
import { createTokenBucket, type TokenBucket } from './token-bucket.ts'

/** One socket with its streams. */
export class Shard {
  readonly streams = new Set<string>()
  readonly socket: Socket
  readonly #options: SocketPoolOptions
  readonly #connections = new Map<Connection, Subscriptions>()
  readonly #told = new Set<string>()

  constructor(options: SocketPoolOptions) {
    this.#options = options
    this.socket = createSocket({
      ...options.socket,
      holdBack: true,
      onMessage: options.onMessage,
      onOpen: (connection) => this.#greet(connection),
      onState: (state, detail) => this.#tell(state, detail),
    })
  }

  drop(stream: string): void {
    this.streams.delete(stream)
    this.#told.delete(stream)
  }

  /** Makes every open connection subscribe what is missing and unsubscribe what is not wanted any more. */
  settle(): void {
    for (const [connection, subscriptions] of this.#connections) void this.#bring(connection, subscriptions)
  }

  resubscribe(stream: string): void {
    for (const subscriptions of this.#connections.values()) subscriptions.again.add(stream)
    this.settle()
  }

  async #greet(connection: Connection): Promise<void> {
    const { frameRate, socket } = this.#options
    const bucket = createTokenBucket({ ...frameRate, timers: socket.timers })
    const subscriptions: Subscriptions = { sent: new Set(), again: new Set(), bucket, running: null }
    this.#connections.set(connection, subscriptions)
    connection.signal.addEventListener('abort', () => {
      this.#connections.delete(connection)
      bucket.close()
    })
    await this.#bring(connection, subscriptions)
  }

  #bring(connection: Connection, subscriptions: Subscriptions): Promise<void> {
    // The connection ended while a frame waited for its turn: the next one subscribes everything.
    subscriptions.running ??= this.#work(connection, subscriptions)
      .catch(() => {})
      .finally(() => {
        subscriptions.running = null
      })
    return subscriptions.running
  }

  async #work(connection: Connection, { sent, again, bucket }: Subscriptions): Promise<void> {
    const { frames } = this.#options
    const send = async (action: 'subscribe' | 'unsubscribe', streams: readonly string[]): Promise<void> => {
      for (const frame of streams.length === 0 ? [] : frames(action, streams)) {
        await bucket.take()
        if (!connection.send(frame)) throw new Error('ended')
      }
    }
    for (;;) {
      const unwanted = [...sent].filter((stream) => !this.streams.has(stream) || again.has(stream))
      for (const stream of unwanted) sent.delete(stream)
      again.clear()
      const missing = [...this.streams].filter((stream) => !sent.has(stream))
      if (unwanted.length === 0 && missing.length === 0) return
      for (const stream of missing) sent.add(stream)
      await send('unsubscribe', unwanted)
      await send('subscribe', missing)
      this.#subscribed(missing)
    }
  }

  /** Once per outage: a renewal of the socket is nobody's business. */
  #subscribed(streams: Iterable<string>): void {
    for (const stream of streams) {
      if (!this.streams.has(stream) || this.#told.has(stream)) continue
      this.#told.add(stream)
      this.#options.onStream?.(stream, 'subscribed')
    }
  }

  #tell(state: SocketState, detail?: string): void {
    if (state === 'closed') return
    if (state === 'live') {
      // A successor that had subscribed before the old connection was lost.
      for (const { sent } of this.#connections.values()) this.#subscribed(sent)
      return
    }
    this.#told.clear()
    for (const stream of this.streams) this.#options.onStream?.(stream, state, detail)
  }
}

interface Subscriptions {
  /** Whose frame was sent on this connection. */
  readonly sent: Set<string>
  /** To be subscribed anew. */
  readonly again: Set<string>
  readonly bucket: TokenBucket
  running: Promise<void> | null
}
