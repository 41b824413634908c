import type { InstrumentId } from '#model/ids.ts'
import type { Feed, MarketEvent, SideCode } from '#model/market.ts'
import {
  type MarketListener,
  type MarketVenue,
  type MarketWatch,
  type Timers,
  VenueError,
  type Want,
} from '#model/venue.ts'
import type { Exchange } from '../server/exchange.ts'
import type { TapeSink } from '../server/tape-reader.ts'

/** Told to the exchange for every instrument that is watched. */
const needed: readonly Feed[] = ['trade', 'side', 'quote', 'markPrice', 'funding']

/** Lets live markets be watched, and tells each of them, once, to the exchange as well: first to the watcher, then to the exchange. */
export interface Feeder {
  watch(wants: readonly Want[], listener: MarketListener): MarketWatch
  /** Resolves when the exchange has a market of the instrument, or after 10 s; watches it itself where nobody does. Throws `VenueError` for one that is not listed. */
  need(instrumentId: InstrumentId): Promise<void>
  close(): Promise<void>
}

const marketMs = 10_000

export function createFeeder(market: MarketVenue, exchange: Exchange, timers: Timers): Feeder {
  /** Whose events of an instrument go to the exchange. */
  const feeding = new Map<InstrumentId, object>()
  const tapes = new Map<InstrumentId, TapeSink>()
  const watches = new Map<object, { readonly wants: Map<InstrumentId, ReadonlySet<Feed>>; watch: MarketWatch }>()
  const waiting = new Map<InstrumentId, Set<() => void>>()
  let own: MarketWatch | undefined

  const feed = (owner: object, wants: Iterable<Want>): void => {
    for (const { instrumentId, feeds } of wants) {
      if (feeding.has(instrumentId) || exchange.market(instrumentId) === undefined) continue
      feeding.set(instrumentId, owner)
      const depth = feeds.includes('book')
      tapes.set(instrumentId, exchange.control.tape(instrumentId, { depth, quotes: !depth }))
    }
  }
  const unfeed = (owner: object, ids: Iterable<InstrumentId>): void => {
    for (const id of ids) {
      if (feeding.get(id) !== owner) continue
      feeding.delete(id)
      for (const [other, { wants }] of watches) {
        const feeds = wants.get(id)
        if (other !== owner && feeds !== undefined) feed(other, [{ instrumentId: id, feeds: [...feeds] }])
      }
    }
  }

  const tellExchange = (owner: object, event: MarketEvent): void => {
    if (event.type === 'instrumentChanged') {
      const { instrument } = event
      const before = exchange.market(instrument.id)?.instrument
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(instrument))
        exchange.control.change(instrument.id, instrument)
      return
    }
    const id = event.instrumentId
    const tape = tapes.get(id)
    if (tape === undefined || feeding.get(id) !== owner) return
    if (event.type === 'trade') tape.print(event.price, event.quantity, codeOf(event.side))
    else if (event.type === 'quote') tape.quote(event.bid, event.ask, event.bidSize, event.askSize)
    else tape.event(event)
    if (waiting.size === 0 || exchange.market(id)?.top() === null) return
    for (const resolve of waiting.get(id) ?? []) resolve()
    waiting.delete(id)
  }

  const open = (owner: object, wants: readonly Want[], listener: MarketListener): MarketWatch => {
    const wanted = new Map<InstrumentId, ReadonlySet<Feed>>()
    const note = (more: readonly Want[]): void => {
      for (const { instrumentId, feeds } of more)
        wanted.set(instrumentId, new Set([...(wanted.get(instrumentId) ?? []), ...feeds]))
    }
    note(wants)
    feed(owner, wants)
    const watch = market.watch(wants.map(withNeeded), {
      onEvent(event, receivedAt) {
        if (isWanted(wanted, event)) listener.onEvent(event, receivedAt)
        tellExchange(owner, event)
      },
      onStatus(status) {
        if (wanted.get(status.instrumentId)?.has(status.feed) === true) listener.onStatus?.(status)
      },
    })
    watches.set(owner, { wants: wanted, watch })
    return {
      add(more) {
        note(more)
        feed(owner, more)
        watch.add(more.map(withNeeded))
      },
      remove(ids) {
        for (const id of ids) wanted.delete(id)
        watch.remove(ids)
        unfeed(owner, ids)
      },
      status: () => watch.status().filter(({ instrumentId, feed: of }) => wanted.get(instrumentId)?.has(of) === true),
      stats: () => watch.stats(),
      async close() {
        watches.delete(owner)
        unfeed(owner, wanted.keys())
        await watch.close()
      },
    }
  }

  return {
    watch: (wants, listener) => open({}, wants, listener),
    async need(id) {
      if (exchange.market(id) === undefined)
        throw new VenueError(market.id, 'refused', 'unknownInstrument', `${id} is not listed`)
      if (!feeding.has(id)) {
        const want = { instrumentId: id, feeds: needed }
        if (own === undefined) own = open({}, [want], { onEvent: () => {} })
        else own.add([want])
      }
      if (exchange.market(id)?.top() !== null) return
      await new Promise<void>((resolve) => {
        waiting.set(id, (waiting.get(id) ?? new Set()).add(resolve))
        timers.after(marketMs, resolve)
      })
    },
    async close() {
      await Promise.all([...watches.values()].map(({ watch }) => watch.close()))
      for (const resolves of waiting.values()) for (const resolve of resolves) resolve()
      waiting.clear()
    },
  }
}

const withNeeded = ({ instrumentId, feeds }: Want): Want => ({
  instrumentId,
  feeds: [...new Set([...feeds, ...needed])],
})

const codeOf = (side: 'buy' | 'sell' | undefined): SideCode => (side === 'buy' ? 1 : side === 'sell' ? -1 : 0)

const feedOf: Readonly<Partial<Record<MarketEvent['type'], Feed>>> = {
  trade: 'trade',
  quote: 'quote',
  bookUpdate: 'book',
  bar: 'bar',
  markPrice: 'markPrice',
  funding: 'funding',
}

function isWanted(wanted: ReadonlyMap<InstrumentId, ReadonlySet<Feed>>, event: MarketEvent): boolean {
  const feeds = wanted.get(event.type === 'instrumentChanged' ? event.instrument.id : event.instrumentId)
  const feed = feedOf[event.type]
  return feeds !== undefined && (feed === undefined || feeds.has(feed))
}
