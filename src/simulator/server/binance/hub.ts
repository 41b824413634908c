import type { InstrumentId } from '#model/ids.ts'
import type { Exchange } from '../exchange.ts'
import type { ExchangeEvent } from '../types.ts'
import type { Channel, Listener } from './channel.ts'

/** Makes the channel of a stream name, or null where nothing ever comes on it. */
export type ChannelFactory = (name: string) => Channel | null

interface Open {
  readonly name: string
  readonly channel: Channel
  readonly listeners: Set<Listener>
}

/** Every stream somebody listens to: made with the first listener, gone with the last. */
export class Hub {
  readonly #exchange: Exchange
  readonly #create: ChannelFactory
  readonly #open = new Map<string, Open>()
  readonly #byInstrument = new Map<string, Open[]>()
  readonly #everywhere: Open[] = []
  readonly #cadences = new Map<number, { readonly open: Set<Open>; stop: () => void }>()
  readonly #stop: () => void

  constructor(exchange: Exchange, create: ChannelFactory) {
    this.#exchange = exchange
    this.#create = create
    this.#stop = exchange.subscribe((event) => this.#take(event))
  }

  listen(name: string, listener: Listener): void {
    let open = this.#open.get(name)
    if (open === undefined) {
      const channel = this.#create(name)
      // an unknown stream is acknowledged and stays silent
      if (channel === null) return
      open = { name, channel, listeners: new Set() }
      this.#start(open)
    }
    open.listeners.add(listener)
  }

  leave(name: string, listener: Listener): void {
    const open = this.#open.get(name)
    if (open === undefined) return
    open.listeners.delete(listener)
    if (open.listeners.size === 0) this.#end(open)
  }

  close(): void {
    this.#stop()
    for (const { stop } of this.#cadences.values()) stop()
    this.#open.clear()
  }

  #start(open: Open): void {
    this.#open.set(open.name, open)
    const { cadenceMs, context, onBook, onTrade, onForced, onInstrument } = open.channel
    if (onBook ?? onTrade ?? onForced ?? onInstrument) this.#listFor(context.symbol).push(open)
    if (cadenceMs === undefined) return
    let cadence = this.#cadences.get(cadenceMs)
    if (cadence === undefined) {
      cadence = { open: new Set(), stop: () => {} }
      this.#cadences.set(cadenceMs, cadence)
      this.#beat(cadenceMs)
    }
    cadence.open.add(open)
  }

  #end(open: Open): void {
    this.#open.delete(open.name)
    const list = this.#listFor(open.channel.context.symbol)
    const index = list.indexOf(open)
    if (index >= 0) list.splice(index, 1)
    const { cadenceMs } = open.channel
    const cadence = cadenceMs === undefined ? undefined : this.#cadences.get(cadenceMs)
    if (cadence === undefined || cadenceMs === undefined) return
    cadence.open.delete(open)
    if (cadence.open.size > 0) return
    cadence.stop()
    this.#cadences.delete(cadenceMs)
  }

  #listFor(symbol: string | undefined): Open[] {
    if (symbol === undefined) return this.#everywhere
    let list = this.#byInstrument.get(symbol)
    if (list === undefined) this.#byInstrument.set(symbol, (list = []))
    return list
  }

  #beat(cadenceMs: number): void {
    const cadence = this.#cadences.get(cadenceMs)
    if (cadence === undefined) return
    cadence.stop = this.#exchange.after(cadenceMs, () => {
      const now = this.#exchange.now()
      for (const open of cadence.open) {
        for (const payload of open.channel.tick?.(now) ?? []) this.#send(open, payload)
      }
      this.#beat(cadenceMs)
    })
  }

  #take(event: ExchangeEvent): void {
    switch (event.type) {
      case 'book':
        this.#each(event.instrumentId, ({ channel }) => channel.onBook?.(event))
        return
      case 'trade':
        this.#each(event.instrumentId, ({ channel }) => channel.onTrade?.(event))
        return
      case 'forced':
        this.#each(event.order.instrumentId, ({ channel }) => {
          channel.onForced?.(event)
          return null
        })
        return
      case 'instrument':
        this.#each(event.instrument.id, ({ channel }) => channel.onInstrument?.(event))
        return
      default:
    }
  }

  #each(id: InstrumentId, payloadOf: (open: Open) => string | null | undefined): void {
    const own = this.#byInstrument.get(id)
    if (own !== undefined) for (const open of own) this.#send(open, payloadOf(open))
    for (const open of this.#everywhere) this.#send(open, payloadOf(open))
  }

  #send({ name, channel, listeners }: Open, payload: string | null | undefined): void {
    if (payload === null || payload === undefined) return
    let wrapped: string | null = null
    const wrap = (): string => (wrapped ??= `{"stream":"${streamOf(name)}","data":${payload}}`)
    for (const listener of listeners) listener.deliver(payload, wrap, channel.context)
  }
}

/** The name as the client spelled it; what comes after `#` is ours. */
const streamOf = (name: string): string => name.split('#', 1)[0]
