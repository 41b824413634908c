import type { Exchange } from '../exchange.ts'
import type { Listener } from './channel.ts'
import type { ListenKeys } from './listen-keys.ts'
import type { Subscriptions } from './client-socket.ts'
import type { UserFrame, UserFrames } from './user-frames.ts'

interface Subscribed {
  readonly listenKey: string
  /** null = every event. */
  readonly events: ReadonlySet<string> | null
  readonly listener: Listener
}

/** User-data streams: `<listenKey>` or `<listenKey>@EVENT/EVENT`; an unknown key is accepted and stays silent. */
export class UserStreams implements Subscriptions {
  readonly #keys: ListenKeys
  readonly #subscribed = new Map<string, Subscribed[]>()
  readonly #stop: () => void

  constructor(exchange: Exchange, frames: UserFrames, keys: ListenKeys) {
    this.#keys = keys
    this.#stop = exchange.subscribe((event) => {
      const own = frames.of(event)
      if (own === null) return
      for (const [listenKey, list] of this.#subscribed) {
        if (this.#keys.accountOf(listenKey) !== own.accountId) continue
        for (const frame of own.frames) this.#tell(list, frame)
      }
    })
    keys.onExpired = (listenKey) => {
      const list = this.#subscribed.get(listenKey) ?? []
      this.#tell(list, { e: 'listenKeyExpired', E: exchange.now(), listenKey })
    }
  }

  add(stream: string, listener: Listener): void {
    const [listenKey, events] = stream.split('@', 2)
    const subscribed = { listenKey, events: events === undefined ? null : new Set(events.split('/')), listener }
    const list = this.#subscribed.get(listenKey)
    if (list === undefined) this.#subscribed.set(listenKey, [subscribed])
    else list.push(subscribed)
  }

  remove(stream: string, listener: Listener): void {
    const [listenKey] = stream.split('@', 1)
    const left = (this.#subscribed.get(listenKey) ?? []).filter((one) => one.listener !== listener)
    if (left.length === 0) this.#subscribed.delete(listenKey)
    else this.#subscribed.set(listenKey, left)
  }

  close(): void {
    this.#stop()
    this.#subscribed.clear()
  }

  #tell(list: readonly Subscribed[], frame: UserFrame): void {
    const payload = JSON.stringify(frame)
    for (const { listenKey, events, listener } of list) {
      if (events !== null && !events.has(frame.e)) continue
      listener.deliver(payload, () => `{"stream":"${listenKey}","data":${payload}}`, { stream: frame.e })
    }
  }
}
