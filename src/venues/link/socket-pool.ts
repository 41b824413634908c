import type { UnixMs } from '#model/ids.ts'
import type { Connection } from './connection.ts'
import { createSocket, type Socket, type SocketOptions, type SocketState } from './socket.ts'
import { createTokenBucket, type TokenBucket } from './token-bucket.ts'

export interface SocketPoolOptions {
  /** Of each socket; `connects` is shared by all. */
  readonly socket: Omit<SocketOptions, 'onOpen' | 'onMessage' | 'onState' | 'holdBack'>
  /** Streams on one socket; default 30. */
  readonly perSocket?: number
  /** Frames that subscribe or unsubscribe these streams; a venue that takes one at a time gives one frame each. */
  readonly frames: (action: 'subscribe' | 'unsubscribe', streams: readonly string[]) => readonly string[]
  /** Control frames per connection; a venue's limit less what pings need. */
  readonly frameRate: { readonly count: number; readonly perMs: number }
  readonly onMessage: (text: string, receivedAt: UnixMs, connection: Connection) => void
  /** `subscribed` = the frame was sent on an open connection, which does not prove that data will come. */
  readonly onStream?: (stream: string, state: StreamState, detail?: string) => void
}

export type StreamState = 'connecting' | 'subscribed' | 'down'

/** Many streams over as few sockets as allowed. Streams are the venue's names for them; the pool only counts them. */
export interface SocketPool {
  /** Known ones are left alone. */
  add(streams: readonly string[]): void
  remove(streams: readonly string[]): void
  /** Subscribes again where it is: the first answer to a silent stream. */
  resubscribe(stream: string): void
  /** Replaces the socket it is on, make before break: the second answer. */
  renew(stream: string): void
  readonly stats: PoolStats
  close(): Promise<void>
}

export interface PoolStats {
  readonly sockets: number
  readonly streams: number
  readonly messages: number
  readonly reconnects: number
  readonly renewals: number
  readonly rejected: number
}

/** Each socket subscribes what is its own whenever it opens, at the pace the venue allows. */
export function createSocketPool(options: SocketPoolOptions): SocketPool {
  const { perSocket = 30 } = options
  const shards: Shard[] = []
  const shardOf = new Map<string, Shard>()
  const past = { messages: 0, reconnects: 0, renewals: 0, rejected: 0 }

  return {
    add(streams) {
      const changed = new Set<Shard>()
      for (const stream of streams) {
        if (shardOf.has(stream)) continue
        let shard = shards.find(({ streams }) => streams.size < perSocket)
        if (shard === undefined) {
          shard = new Shard(options)
          shards.push(shard)
        }
        shard.streams.add(stream)
        shardOf.set(stream, shard)
        changed.add(shard)
      }
      for (const shard of changed) shard.settle()
    },
    remove(streams) {
      const changed = new Set<Shard>()
      for (const stream of streams) {
        const shard = shardOf.get(stream)
        if (shard === undefined) continue
        shardOf.delete(stream)
        shard.drop(stream)
        changed.add(shard)
      }
      for (const shard of changed) {
        if (shard.streams.size > 0) {
          shard.settle()
          continue
        }
        shards.splice(shards.indexOf(shard), 1)
        for (const name of ['messages', 'reconnects', 'renewals', 'rejected'] as const) {
          past[name] += shard.socket.stats[name]
        }
        void shard.socket.close()
      }
    },
    resubscribe: (stream) => shardOf.get(stream)?.resubscribe(stream),
    renew: (stream) => shardOf.get(stream)?.socket.renew(),
    get stats() {
      const sum = (name: keyof typeof past): number =>
        shards.reduce((total, { socket }) => total + socket.stats[name], past[name])
      return {
        sockets: shards.length,
        streams: shardOf.size,
        messages: sum('messages'),
        reconnects: sum('reconnects'),
        renewals: sum('renewals'),
        rejected: sum('rejected'),
      }
    },
    async close() {
      await Promise.all(shards.map(({ socket }) => socket.close()))
    },
  }
}

/** One socket with its streams. */
class Shard {
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
