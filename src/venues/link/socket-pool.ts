import type { UnixMs } from '#model/ids.ts'
import type { Connection, SocketOptions } from './socket.ts'

export interface SocketPoolOptions {
  /** Of each socket; `connects` is shared by all. */
  readonly socket: Omit<SocketOptions, 'onOpen' | 'onMessage' | 'onState'>
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

export function createSocketPool(_options: SocketPoolOptions): SocketPool {
  throw new Error('not built yet')
}
