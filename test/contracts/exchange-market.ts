import type { MarketEvent } from '#model/market.ts'
import type { FeedStatus, MarketVenue, MarketWatch, Want } from '#model/venue.ts'
import { venueId } from '#model/ids.ts'
import type { Exchange } from '../../src/simulator/server/exchange.ts'
import type { ExchangeEvent } from '../../src/simulator/server/types.ts'

/** For tests: the market of an exchange in this process, watched without any wire. */
export function marketOf(exchange: Exchange): MarketVenue {
  return {
    id: venueId('simulator'),
    instruments: async () => exchange.instruments(),
    watch(wants, listener): MarketWatch {
      const wanted = new Map<string, Want>()
      let messages = 0
      const tell = (event: MarketEvent): void => {
        messages++
        listener.onEvent(event, exchange.now())
      }
      const add = (more: readonly Want[]): void => {
        for (const want of more) {
          wanted.set(want.instrumentId, want)
          for (const event of opening(exchange, want)) tell(event)
        }
      }
      add(wants)
      const stop = exchange.subscribe((event) => {
        for (const told of toMarketEvents(event)) {
          const id = told.type === 'instrumentChanged' ? told.instrument.id : told.instrumentId
          if (wanted.has(id)) tell(told)
        }
      })
      return {
        add,
        remove: (ids) => ids.forEach((id) => wanted.delete(id)),
        status: () =>
          [...wanted.values()].flatMap(({ instrumentId, feeds }) =>
            feeds.map((feed): FeedStatus => ({ instrumentId, feed, state: 'live', since: 0, lastEventAt: null })),
          ),
        stats: () => ({ messages, reconnects: 0, gaps: 0, resyncs: 0, rejected: {} }),
        close: async () => stop(),
      }
    },
    async *bars({ instrumentId, from, to, intervalMs }) {
      const served = exchange.market(instrumentId)?.bars(intervalMs, { from, to: to - 1 }) ?? []
      yield served
        .filter((bar) => bar.closed)
        .map(({ openTime, open, high, low, close, volume }) => ({
          type: 'bar' as const,
          instrumentId,
          time: openTime + intervalMs,
          intervalMs,
          open,
          high,
          low,
          close,
          volume,
        }))
    },
    async *trades({ instrumentId, from, to }) {
      const kept = exchange.market(instrumentId)?.trades(5_000) ?? []
      yield kept
        .filter(({ time }) => time >= from && time < to)
        .map(({ time, price, quantity, side }) => ({
          type: 'trade' as const,
          instrumentId,
          time,
          price,
          quantity,
          side,
        }))
    },
    close: async () => {},
  }
}

function opening(exchange: Exchange, { instrumentId, feeds }: Want): MarketEvent[] {
  const market = exchange.market(instrumentId)
  const top = market?.top()
  if (market === undefined || top === undefined || top === null) return []
  const { bids, asks } = market.book()
  const time = exchange.now()
  const levels = (rows: typeof bids): (readonly [number, number])[] => rows.map(({ price, size }) => [price, size])
  return [
    ...(feeds.includes('book')
      ? [{ type: 'bookUpdate' as const, instrumentId, time, snapshot: true, bids: levels(bids), asks: levels(asks) }]
      : []),
    { type: 'quote', instrumentId, ...top, time },
  ]
}

function toMarketEvents(event: ExchangeEvent): MarketEvent[] {
  const { time } = event
  if (event.type === 'trade') {
    const { price, quantity, side, tradeId } = event.trade
    return [{ type: 'trade', instrumentId: event.instrumentId, time, price, quantity, side, tradeId }]
  }
  if (event.type === 'mark')
    return [{ type: 'markPrice', instrumentId: event.instrumentId, time, price: event.mark.mark }]
  if (event.type === 'funding') {
    const { rate, mark } = event.settled
    return [{ type: 'funding', instrumentId: event.instrumentId, time, rate, markPrice: mark }]
  }
  if (event.type === 'instrument') return [{ type: 'instrumentChanged', time, instrument: event.instrument }]
  if (event.type !== 'book') return []
  const { instrumentId, changes, top, topChanged } = event
  const side = (of: 'bid' | 'ask'): (readonly [number, number])[] =>
    changes.filter((change) => change.side === of).map(({ price, size }) => [price, size])
  return [
    { type: 'bookUpdate', instrumentId, time, snapshot: false, bids: side('bid'), asks: side('ask') },
    ...(topChanged && top !== null ? [{ type: 'quote' as const, instrumentId, ...top, time }] : []),
  ]
}
