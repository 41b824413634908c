import type { Instrument } from '#model/instrument.ts'
import type { InstrumentId } from '#model/ids.ts'
import type { Feed } from '#model/market.ts'
import type { MarketVenue, Timers } from '#model/venue.ts'

/** What the sockets brought before the patience was over. */
export interface FirstData {
  /** Between bid and ask, or the mark price. */
  readonly prices: ReadonlyMap<InstrumentId, number>
  /** `BTC_USDT quote`, with the venue's words where there are some. */
  readonly silent: readonly string[]
  readonly feeds: number
  /** From the wish to the last first message. */
  readonly tookMs: number
}

/** Waits for the first message of every feed; perpetuals carry mark prices, which come over other sockets at some venues. */
export async function firstData(
  market: Pick<MarketVenue, 'watch'>,
  instruments: readonly Instrument[],
  {
    timers,
    patienceMs,
    signal,
  }: { readonly timers: Timers; readonly patienceMs: number; readonly signal: AbortSignal },
): Promise<FirstData> {
  const quotes = new Map<InstrumentId, number>()
  const marks = new Map<InstrumentId, number>()
  const details = new Map<string, string>()
  const wants = instruments.map(({ id, kind }) => ({
    instrumentId: id,
    feeds: (kind === 'perpetual' ? ['quote', 'markPrice'] : ['quote']) satisfies readonly Feed[],
  }))
  const waiting = new Set(wants.flatMap(({ instrumentId, feeds }) => feeds.map((feed) => `${instrumentId} ${feed}`)))
  const feeds = waiting.size
  const startedAt = timers.now()
  const done = Promise.withResolvers<void>()
  const stop = timers.after(patienceMs, done.resolve)
  signal.addEventListener('abort', () => done.reject(signal.reason as Error), { once: true })
  const watch = market.watch(wants, {
    onEvent(event) {
      if (event.type === 'quote') quotes.set(event.instrumentId, (event.bid + event.ask) / 2)
      else if (event.type === 'markPrice') marks.set(event.instrumentId, event.price)
      else return
      waiting.delete(`${event.instrumentId} ${event.type}`)
      if (waiting.size === 0) done.resolve()
    },
    onStatus({ instrumentId, feed, detail }) {
      if (detail !== undefined) details.set(`${instrumentId} ${feed}`, detail)
    },
  })
  try {
    await done.promise
  } finally {
    stop()
    await watch.close()
  }
  return {
    prices: new Map([...marks, ...quotes]),
    silent: [...waiting].map((name) => {
      const detail = details.get(name)
      return detail === undefined ? name : `${name} (${detail})`
    }),
    feeds,
    tookMs: timers.now() - startedAt,
  }
}
