import type { UnixMs } from '#model/ids.ts'
import type { Bar, Trade } from '#model/market.ts'
import { type HistoryRange, VenueError } from '#model/venue.ts'
import type { Contract } from './instruments.ts'
import { toBar, toTrade } from './market-mapper.ts'
import { klineIntervals, type MarketApi } from './market-api.ts'
import type { AggTrade } from './wire/market.ts'

type Range = Omit<HistoryRange, 'instrumentId'>

/** Bars that lie within `[from, to)` and are over at `now`, the venue's time; minutes without a trade have one too. */
export async function* barPages(
  api: MarketApi,
  contract: Contract,
  { from, to, intervalMs }: Range & { readonly intervalMs: number },
  now: () => UnixMs,
): AsyncGenerator<readonly Bar[]> {
  const interval = klineIntervals.get(intervalMs)
  if (interval === undefined)
    throw new VenueError(
      api.dialect.venue,
      'refused',
      'interval',
      `has no bars of ${intervalMs} ms; it has ${[...klineIntervals.values()].join(', ')}`,
    )
  let open = from
  while (open + intervalMs <= Math.min(to, now())) {
    const end = Math.min(open + api.dialect.barsPerPage * intervalMs, to) - 1
    const rows = await api.klines(contract.instrument.symbol, interval, open, end)
    const bars = rows
      .filter(({ openTime, closeTime }) => openTime >= open && closeTime < to && closeTime < now())
      .map((row) => toBar(contract, row, intervalMs))
    if (bars.length > 0) yield bars
    open = end + 1
  }
}

const windowMs = 3_600_000 - 1

/** Aggregate trades, ascending and each once; the futures market tells only the last 48 hours. */
export async function* tradePages(
  api: MarketApi,
  contract: Contract,
  { from, to }: Range,
  now: () => UnixMs,
): AsyncGenerator<readonly Trade[]> {
  const { symbol } = contract.instrument
  const { tradeHistoryMs } = api.dialect
  const oldest = tradeHistoryMs === null ? from : Math.max(from, now() - tradeHistoryMs)
  /** Newest id told; pages after the first go by id, which neither skips nor repeats. */
  let last: number | null = null
  let start = oldest
  const end = Math.min(to, now() + 1_000)
  while (start < end) {
    const rows: readonly AggTrade[] =
      last === null
        ? await api.aggTrades(symbol, { startTime: start, endTime: Math.min(start + windowMs, end) - 1 })
        : await api.aggTrades(symbol, { fromId: last + 1 })
    const fresh = rows.filter(({ a, T }) => (last === null || a > last) && T >= from && T < to)
    if (fresh.length > 0) yield fresh.map((row) => toTrade(contract, row))
    const newest = rows.at(-1)
    if (newest === undefined) {
      if (last !== null) return
      start += windowMs
    } else {
      if (newest.T >= end || newest.a === last) return
      last = newest.a
    }
  }
}
