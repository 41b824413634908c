import type { UnixMs } from '#model/ids.ts'
import type { Bar, Trade } from '#model/market.ts'
import { type HistoryRange, VenueError } from '#model/venue.ts'
import { type Contract, mexc } from './instruments.ts'
import { toTrade } from './mapper.ts'
import { klineIntervals, type MarketApi, seconds } from './market-api.ts'
import { historyLimit } from './trade-feed.ts'
import type { Klines } from './wire/market.ts'

const barsPerPage = 2_000

/**
 * Bars that lie within `[from, to)` and are over at `now`, the venue's time. Opens are the venue's own, of which it is said that they continue
 * the close before.
 */
export async function* barPages(
  api: MarketApi,
  contract: Contract,
  { from, to, intervalMs }: Omit<HistoryRange, 'instrumentId'> & { readonly intervalMs: number },
  now: () => UnixMs,
): AsyncGenerator<readonly Bar[]> {
  const interval = klineIntervals.get(intervalMs)
  if (interval === undefined)
    throw new VenueError(mexc, 'refused', 'interval', `has no bars of ${intervalMs} ms; it has ${told}`)
  // opens are told in whole seconds; where weeks begin is the venue's business
  let open = Math.ceil(from / 1_000) * 1_000
  while (open + intervalMs <= Math.min(to, now())) {
    const end = Math.min(open + (barsPerPage - 1) * intervalMs, to - intervalMs)
    const page = await api.klines(contract.instrument.symbol, interval, seconds(open), seconds(end))
    const bars = toBars(contract, page, intervalMs).filter(
      (bar) => bar.time - intervalMs >= open && bar.time <= to && bar.time <= now(),
    )
    if (bars.length > 0) yield bars
    open = end + 1_000
  }
}

/** The newest prints within the range: the venue tells no older ones. */
export async function* tradePages(
  api: MarketApi,
  contract: Contract,
  { from, to }: Omit<HistoryRange, 'instrumentId'>,
): AsyncGenerator<readonly Trade[]> {
  const deals = await api.deals(contract.instrument.symbol, historyLimit)
  const trades = deals
    .filter(({ t }) => t >= from && t < to)
    .toReversed()
    .sort((a, b) => a.t - b.t)
    .map((deal) => toTrade(contract, deal))
  if (trades.length > 0) yield trades
}

function toBars({ instrument, scale }: Contract, columns: Klines, intervalMs: number): Bar[] {
  return columns.time
    .map((time, row): Bar => ({
      type: 'bar',
      instrumentId: instrument.id,
      time: time * 1_000 + intervalMs,
      intervalMs,
      open: columns.open[row],
      high: columns.high[row],
      low: columns.low[row],
      close: columns.close[row],
      volume: scale.toBase(columns.vol[row]),
    }))
    .sort((a, b) => a.time - b.time)
}

const told = [...klineIntervals.keys()].map((ms) => `${ms / 60_000} min`).join(', ')
