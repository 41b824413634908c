import { gunzipSync } from 'node:zlib'
import { type RawData, WebSocket } from 'ws'
import type { UnixMs } from '#model/ids.ts'
import type { Timers } from '#model/venue.ts'

/** Keep-alive of a venue. Protocol pings of the server are answered by themselves. */
export interface PingRule {
  /** What we must send regularly; absent = the server pings. */
  readonly send?: { readonly everyMs: number; readonly frame: () => string }
  /** A protocol ping of ours so often, which every server answers: where its own come too rarely to prove that it lives. */
  readonly probeMs?: number
  /** Nothing at all received for so long (no data, ping or pong): the connection is dead. */
  readonly deadMs: number
}

/** One life of a socket. */
export interface Connection {
  /** Counts from 1 over a socket's connections. */
  readonly number: number
  /** False when it is not open: the frame was not sent. */
  send(frame: string): boolean
  /** Aborts when this connection ends. */
  readonly signal: AbortSignal
}

export interface Life extends Connection {
  end(reason: string): void
  /** Resolves when nothing of it is left. */
  readonly gone: Promise<void>
}

export interface LifeOptions {
  readonly number: number
  readonly url: string
  readonly timers: Timers
  readonly ping: PingRule
  readonly onOpen: () => void
  readonly onFrame: (text: string, receivedAt: UnixMs) => void
  /** A frame that is neither text nor gzip of it. */
  readonly onRejected: () => void
  /** Once, also when it never opened. Nothing comes after it. */
  readonly onEnd: (reason: string) => void
}

const maxFrameBytes = 16 * 1024 * 1024
const closingMs = 1_000
const looks = 4

/** Connects once, keeps the keep-alive, finds out that it is dead. Throws when the URL is none. */
export function openConnection({ number, url, timers, ping, onOpen, onFrame, onRejected, onEnd }: LifeOptions): Life {
  const abort = new AbortController()
  const stops = new Set<() => void>()
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: maxFrameBytes })
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  let silentLooks = 0

  const end = (reason: string): void => {
    if (abort.signal.aborted) return
    abort.abort()
    for (const stop of stops) stop()
    if (socket.readyState === WebSocket.OPEN) {
      socket.close(1000)
      const stop = timers.after(closingMs, () => socket.terminate())
      void gone.then(stop)
    } else {
      socket.terminate()
    }
    onEnd(reason)
  }

  const every = (ms: number, job: () => void): void => {
    let stop: () => void
    const again = (): void => {
      stops.delete(stop)
      stop = timers.after(ms, () => {
        job()
        if (!abort.signal.aborted) again()
      })
      stops.add(stop)
    }
    again()
  }

  socket.on('open', () => {
    if (abort.signal.aborted) return
    const { send, probeMs } = ping
    if (send !== undefined) every(send.everyMs, () => socket.send(send.frame()))
    if (probeMs !== undefined) every(probeMs, () => socket.ping())
    // Looks are counted, not times compared: a step of our clock or a pause of the process is no silence.
    every(ping.deadMs / looks, () => {
      silentLooks += 1
      if (silentLooks <= looks) return
      socket.terminate()
      end(`nothing received for ${ping.deadMs} ms`)
    })
    onOpen()
  })
  const heard = (): void => {
    silentLooks = 0
  }
  socket.on('ping', heard)
  socket.on('pong', heard)
  socket.on('message', (data, isBinary) => {
    heard()
    if (abort.signal.aborted) return
    const text = isBinary ? unpacked(data) : textOf(data)
    if (text === null) onRejected()
    else onFrame(text, timers.now())
  })
  socket.on('error', (error) => end(error.message === '' ? 'connection failed' : error.message))
  socket.on('close', (code) => end(`closed with ${code}`))

  return {
    number,
    signal: abort.signal,
    gone,
    end,
    send(frame) {
      if (abort.signal.aborted || socket.readyState !== WebSocket.OPEN) return false
      socket.send(frame)
      return true
    },
  }
}

function textOf(data: RawData): string {
  return bytesOf(data).toString('utf8')
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}

/** Old documents allow gzip in binary frames. */
function unpacked(data: RawData): string | null {
  try {
    return gunzipSync(bytesOf(data), { maxOutputLength: maxFrameBytes }).toString('utf8')
  } catch {
    return null
  }
}
