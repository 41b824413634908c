import type { UnixMs } from '#model/ids.ts'
import type { Timers } from '#model/venue.ts'
import type { Connection } from '../link/connection.ts'
import { parseExact } from '../link/exact-json.ts'
import { createSocket, type Socket } from '../link/socket.ts'
import type { TokenBucket } from '../link/token-bucket.ts'
import { count } from '../link/rejection.ts'
import { pingRule } from './ping.ts'
import { type Keys, loginFrame } from './sign.ts'
import { type Frame, readFrame } from './wire/frames.ts'

export interface PrivateStreamOptions {
  readonly url: string
  readonly keys: Keys
  readonly timers: Timers
  readonly connects: TokenBucket
  /** The venue's time, measured at least once. */
  readonly measuredNow: () => Promise<UnixMs>
  readonly onFrame: (frame: Frame) => void
  /** Logged in (again): everything may have been missed. */
  readonly onLogin: () => void
  readonly rejected: Record<string, number>
}

/** Everything the venue pushes of one account: after the login it needs no subscription. */
export function createPrivateStream(options: PrivateStreamOptions): Socket {
  const { url, keys, timers, connects, measuredNow, onFrame, onLogin, rejected } = options
  const logins = new WeakMap<Connection, { readonly done: () => void; readonly refuse: (error: Error) => void }>()
  return createSocket({
    url: () => url,
    timers,
    connects,
    ping: pingRule,
    async onOpen(connection) {
      const time = await measuredNow()
      await new Promise<void>((done, refuse) => {
        logins.set(connection, { done, refuse })
        connection.signal.addEventListener('abort', () => refuse(new Error('closed during the login')), { once: true })
        connection.send(loginFrame(keys, time))
      })
      onLogin()
    },
    onMessage(text, _receivedAt, connection) {
      let json: unknown
      try {
        json = parseExact(text)
      } catch {
        count(rejected, 'frame: not JSON')
        return
      }
      const frame = readFrame(json)
      if (frame.channel === 'rejected') count(rejected, frame.reason)
      else if (frame.channel === 'ack' && frame.method === 'login') logins.get(connection)?.done()
      else if (frame.channel === 'rs.error')
        logins.get(connection)?.refuse(new Error(`the venue refuses: ${frame.message}`))
      else onFrame(frame)
    },
  })
}
