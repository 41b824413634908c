import type { UnixMs } from '#model/ids.ts'
import type { Connection } from './connection.ts'
import { Shard } from './shard.ts'
import type { SocketOptions } from './socket.ts'

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
