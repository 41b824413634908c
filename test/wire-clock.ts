import type { Timers } from '#model/venue.ts'
import { WebSocket } from 'ws'

/** Time that moves only when told, with everything on the wire of this process at rest before it moves on. */
export interface WireClock extends Timers {
  /** Runs what is due up to `now + ms`, in order of time; requests and frames arrive in between. */
  run(ms: number): Promise<void>
  /** Runs until it is so, in steps of `stepMs`; false when it was not within `limitMs`. */
  until(condition: () => boolean, limitMs: number, stepMs?: number): Promise<boolean>
  /** Runs time until the promise is settled. Throws when it is not within `limitMs`. */
  wait<T>(promise: Promise<T>, limitMs?: number): Promise<T>
  /** Lets the wire come to rest. */
  settle(): Promise<void>
  /** Only the wall clock of these timers steps; nothing becomes due. */
  step(ms: number): void
  /** The same timers with a wall clock that never steps: the other side's. */
  readonly steady: Timers
}

/** What moves between client and server of this process. */
const wire = { activity: 0, open: 0 }
const ownFetch = globalThis.fetch
export type FetchListener = {
  readonly onRequest?: (url: string, init: RequestInit | undefined) => void
  readonly onReply?: (url: string, status: number, headers: Headers) => void
}
const fetchListeners = new Set<FetchListener>()
/** Tells of every request of this process. Returns how to stop. */
export function onFetch(listener: FetchListener): () => void {
  fetchListeners.add(listener)
  return () => void fetchListeners.delete(listener)
}

globalThis.fetch = async (input, init) => {
  wire.activity++
  wire.open++
  const url = input instanceof Request ? input.url : input.toString()
  for (const listener of fetchListeners) listener.onRequest?.(url, init)
  try {
    const reply = await ownFetch(input, init)
    for (const listener of fetchListeners) listener.onReply?.(url, reply.status, reply.headers)
    return reply
  } finally {
    wire.open--
    wire.activity++
  }
}
// eslint-disable-next-line typescript/unbound-method
const ownEmit = WebSocket.prototype.emit
WebSocket.prototype.emit = function emit(this: WebSocket, ...args: Parameters<typeof ownEmit>) {
  wire.activity++
  const [event, data] = args as readonly unknown[]
  if (event === 'message' && Buffer.isBuffer(data)) for (const listener of frameListeners) listener(data.toString())
  return ownEmit.apply(this, args)
}
const frameListeners = new Set<(text: string) => void>()
/** Tells of every frame that arrives in this process, on either side. Returns how to stop. */
export function onFrame(listener: (text: string) => void): () => void {
  frameListeners.add(listener)
  return () => void frameListeners.delete(listener)
}

/** Turns of the event loop without anything happening after which nothing is on its way any more. */
const quietTurns = 10
/** The same while requests are open: then they are not being answered. */
const hangingTurns = 40

export function createWireClock(start = 1_790_000_000_000): WireClock {
  interface Entry {
    readonly at: number
    readonly callback: () => void
  }
  const due: Entry[] = []
  let elapsed = 0
  let offset = start
  let hanging = 0

  const settle = async (): Promise<void> => {
    let before = wire.activity
    let quiet = 0
    while (quiet < (wire.open > hanging ? hangingTurns : quietTurns)) {
      await new Promise((resolve) => void setImmediate(resolve))
      if (wire.activity === before) quiet++
      else {
        quiet = 0
        before = wire.activity
      }
    }
    hanging = wire.open
  }

  const clock: WireClock = {
    now: () => offset + Math.floor(elapsed),
    after(delayMs, callback) {
      const entry = { at: elapsed + Math.max(0, delayMs), callback }
      let at = due.length
      while (at > 0 && due[at - 1].at > entry.at) at--
      due.splice(at, 0, entry)
      return () => {
        const index = due.indexOf(entry)
        if (index >= 0) due.splice(index, 1)
      }
    },
    async run(ms) {
      const end = elapsed + ms
      await settle()
      while (due.length > 0 && due[0].at <= end) {
        elapsed = due[0].at
        // what is due together happens together
        while (due.length > 0 && due[0].at <= elapsed) due.shift()?.callback()
        await settle()
      }
      elapsed = end
    },
    async until(condition, limitMs, stepMs = 50) {
      const end = elapsed + limitMs
      await settle()
      while (!condition()) {
        if (elapsed >= end) return false
        await clock.run(Math.min(stepMs, end - elapsed))
      }
      return true
    },
    async wait(promise, limitMs = 120_000) {
      let settled = false
      const done = (): void => void (settled = true)
      promise.then(done, done)
      if (!(await clock.until(() => settled, limitMs, 20))) throw new Error(`not settled within ${limitMs} ms`)
      return promise
    },
    settle,
    step(ms) {
      offset += ms
    },
    steady: { now: () => start + Math.floor(elapsed), after: (delayMs, callback) => clock.after(delayMs, callback) },
  }
  return clock
}
