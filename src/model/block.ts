import type { InstrumentId, UnixMs } from './ids.ts'
import type { BarColumns, MarketBlock, MarketEvent, QuoteColumns, TradeColumns } from './market.ts'

/** First index whose time is not below `time`. */
export function lowerBound(times: ArrayLike<number>, time: UnixMs): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle] < time) low = middle + 1
    else high = middle
  }
  return low
}

/** Rows of all kinds in a block. */
export function rowsIn({ trades, quotes, bars, events }: MarketBlock): number {
  return (trades?.time.length ?? 0) + (quotes?.time.length ?? 0) + (bars?.time.length ?? 0) + (events?.length ?? 0)
}

/** First and last time in a block; undefined when it is empty. */
export function spanOf({ trades, quotes, bars, events }: MarketBlock): { from: UnixMs; to: UnixMs } | undefined {
  let from = Infinity
  let to = -Infinity
  for (const times of [trades?.time, quotes?.time, bars?.time, events?.map(({ time }) => time)]) {
    if (!times || times.length === 0) continue
    from = Math.min(from, times[0])
    to = Math.max(to, times[times.length - 1])
  }
  return from <= to ? { from, to } : undefined
}

/** The rows with `from ≤ time < to`, as views; undefined when there are none. */
export function clip(block: MarketBlock, from: UnixMs, to: UnixMs): MarketBlock | undefined {
  const span = spanOf(block)
  if (!span || span.from >= to || span.to < from) return undefined
  if (span.from >= from && span.to < to) return block
  const { instrumentId, trades, quotes, bars, events } = block
  const within = <T extends { readonly time: Float64Array }>(columns: T | undefined): T | undefined =>
    columns && slice(columns, lowerBound(columns.time, from), lowerBound(columns.time, to))
  return assemble(instrumentId, {
    trades: within(trades),
    quotes: within(quotes),
    bars: within(bars),
    events: events?.filter(({ time }) => time >= from && time < to),
  })
}

export interface Parts {
  readonly trades?: TradeColumns | undefined
  readonly quotes?: QuoteColumns | undefined
  readonly bars?: BarColumns | undefined
  readonly events?: readonly MarketEvent[] | undefined
}

/** A block of the parts that are not empty; undefined when all are. */
export function assemble(instrumentId: InstrumentId, { trades, quotes, bars, events }: Parts): MarketBlock | undefined {
  const block: MarketBlock = {
    instrumentId,
    ...(trades && trades.time.length > 0 ? { trades } : {}),
    ...(quotes && quotes.time.length > 0 ? { quotes } : {}),
    ...(bars && bars.time.length > 0 ? { bars } : {}),
    ...(events && events.length > 0 ? { events } : {}),
  }
  return rowsIn(block) === 0 ? undefined : block
}

/** Rows `[from, to)` of columns, as views. */
export function slice<T extends object>(columns: T, from: number, to: number): T {
  const entries = Object.entries(columns) as [string, unknown][]
  return Object.fromEntries(
    entries.map(([name, column]) => [
      name,
      column instanceof Float64Array || column instanceof Int8Array ? column.subarray(from, to) : column,
    ]),
  ) as T
}
