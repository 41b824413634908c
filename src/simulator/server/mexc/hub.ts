import type { UnixMs } from '#model/ids.ts'
import type { Exchange } from '../exchange.ts'
import type { FaultContext } from '../faults.ts'
import type { BookEvent, ExchangeEvent, MarkState, PublicTrade } from '../types.ts'

/** Makes the frames of one subscription, once for all who have it. */
export interface Channel {
  /** Of every frame, for the fault plan. */
  readonly context: FaultContext
  /** Instrument whose events it takes; null = those of all. */
  readonly instrumentId: string | null
  /** How often `tick` is called; absent = never. */
  readonly cadenceMs?: number
  readonly tick?: (now: UnixMs) => readonly string[]
  readonly onBook?: (event: BookEvent, time: UnixMs) => readonly string[] | void
  readonly onTrade?: (trade: PublicTrade) => void
  readonly onMark?: (mark: MarkState, time: UnixMs) => readonly string[]
  readonly onInstrument?: (event: ExchangeEvent & { readonly type: 'instrument' }) => readonly string[]
}

export interface Subscriber {
  send(frame: string, context: FaultContext): void
}

interface Open {
  readonly channel: Channel
  readonly subscribers: Set<Subscriber>
}

/** Every public channel somebody has: made with the first subscriber, gone with the last. */
export class Hub {
  readonly #exchange: Exchange
  readonly #open = new Map<string, Open>()
  readonly #byInstrument = new Map<string | null, Set<Open>>()
  readonly #cadences = new Map<number, { readonly open: Set<Open>; stop: () => void }>()

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  /** A second time changes nothing. */
  add(key: string, subscriber: Subscriber, create: () => Channel): void {
    let open = this.#open.get(key)
    if (open === undefined) {
      open = { channel: create(), subscribers: new Set() }
      this.#start(key, open)
    }
    open.subscribers.add(subscriber)
  }

  remove(key: string, subscriber: Subscriber): void {
    const open = this.#open.get(key)
    if (open === undefined || !open.subscribers.delete(subscriber) || open.subscribers.size > 0) return
    this.#open.delete(key)
    this.#listOf(open).delete(open)
    const { cadenceMs } = open.channel
    const cadence = cadenceMs === undefined ? undefined : this.#cadences.get(cadenceMs)
    if (cadence === undefined || cadenceMs === undefined) return
    cadence.open.delete(open)
    if (cadence.open.size > 0) return
    cadence.stop()
    this.#cadences.delete(cadenceMs)
  }

  take(event: ExchangeEvent): void {
    switch (event.type) {
      case 'book':
        return this.#each(event.instrumentId, ({ onBook }) => onBook?.(event, event.time))
      case 'trade':
        return this.#each(event.instrumentId, ({ onTrade }) => onTrade?.(event.trade))
      case 'mark':
        return this.#each(event.instrumentId, ({ onMark }) => onMark?.(event.mark, event.time))
      case 'instrument':
        return this.#each(event.instrument.id, ({ onInstrument }) => onInstrument?.(event))
      default:
    }
  }

  close(): void {
    for (const { stop } of this.#cadences.values()) stop()
    this.#cadences.clear()
    this.#open.clear()
    this.#byInstrument.clear()
  }

  #start(key: string, open: Open): void {
    this.#open.set(key, open)
    this.#listOf(open).add(open)
    const { cadenceMs } = open.channel
    if (cadenceMs === undefined) return
    let cadence = this.#cadences.get(cadenceMs)
    if (cadence === undefined) {
      cadence = { open: new Set(), stop: () => {} }
      this.#cadences.set(cadenceMs, cadence)
      this.#beat(cadenceMs)
    }
    cadence.open.add(open)
  }

  #beat(cadenceMs: number): void {
    const cadence = this.#cadences.get(cadenceMs)
    if (cadence === undefined) return
    cadence.stop = this.#exchange.after(cadenceMs, () => {
      const now = this.#exchange.now()
      for (const open of cadence.open) send(open, open.channel.tick?.(now))
      this.#beat(cadenceMs)
    })
  }

  #listOf({ channel }: Open): Set<Open> {
    let list = this.#byInstrument.get(channel.instrumentId)
    if (list === undefined) this.#byInstrument.set(channel.instrumentId, (list = new Set()))
    return list
  }

  #each(instrumentId: string, framesOf: (channel: Channel) => readonly string[] | void): void {
    for (const id of [instrumentId, null]) {
      const list = this.#byInstrument.get(id)
      if (list !== undefined) for (const open of list) send(open, framesOf(open.channel))
    }
  }
}

function send({ channel, subscribers }: Open, frames: readonly string[] | void): void {
  if (frames === undefined) return
  for (const frame of frames) for (const subscriber of subscribers) subscriber.send(frame, channel.context)
}
