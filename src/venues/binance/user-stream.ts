import { type Timers, VenueError } from '#model/venue.ts'
import { parseExact } from '../link/exact-json.ts'
import { count } from '../link/rejection.ts'
import { createSocket, type Socket } from '../link/socket.ts'
import type { TokenBucket } from '../link/token-bucket.ts'
import type { AccountApi } from './account-api.ts'
import { usdm } from './dialect.ts'
import { noListenKey } from './errors.ts'
import { lifetimeMs, pingRule } from './ping.ts'
import { readUserFrame, type UserFrame } from './wire/user-frames.ts'

export interface UserStreamOptions {
  readonly api: AccountApi
  /** Scheme, host and port. */
  readonly host: string
  readonly timers: Timers
  readonly connects: TokenBucket
  readonly onFrame: (frame: UserFrame) => void
  /** Connected (again): everything may have been missed. */
  readonly onOpen: () => void
  readonly rejected: Record<string, number>
}

/** Everything the venue pushes of one account, behind a listen key that is kept alive and made anew when it is lost. */
export function createUserStream(options: UserStreamOptions): Pick<Socket, 'restart' | 'close'> {
  const { api, host, timers, connects, onFrame, onOpen, rejected } = options
  let stop: (() => void) | undefined
  let closed = false

  const keepLater = (delayMs: number): void => {
    stop?.()
    if (!closed) stop = timers.after(delayMs, () => void keep())
  }
  const keep = async (): Promise<void> => {
    try {
      await api.keepListenKey()
      keepLater(keepMs)
    } catch (error) {
      if (error instanceof VenueError && error.code === noListenKey) socket.restart('the listen key is gone')
      else keepLater(retryMs)
    }
  }

  const socket = createSocket({
    async url() {
      const key = await api.openListenKey()
      keepLater(keepMs)
      return `${usdm.streamUrl(host, 'private')}/${encodeURIComponent(key)}`
    },
    timers,
    connects,
    ping: pingRule,
    lifetimeMs,
    onOpen,
    onMessage(text) {
      let json: unknown
      try {
        json = parseExact(text)
      } catch {
        count(rejected, 'user: not JSON')
        return
      }
      const frame = readUserFrame(json)
      if (frame.channel === 'rejected') count(rejected, frame.reason)
      else if (frame.channel === 'listenKeyExpired') socket.restart('the listen key has expired')
      else onFrame(frame)
    },
  })
  return {
    restart: (detail) => socket.restart(detail),
    async close() {
      closed = true
      stop?.()
      await socket.close()
    },
  }
}

/** A key lives for an hour. */
const keepMs = 25 * 60_000
const retryMs = 60_000
