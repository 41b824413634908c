import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { BarColumns, MarketBlock, MarketEvent, QuoteColumns, TradeColumns } from '#model/market.ts'

/** What one file of the series store holds; `bar-<interval in ms>`. */
export type SeriesKind = 'trade' | 'quote' | 'event' | `bar-${number}`

/** Events beside their time, for kinds that are not columns of numbers. */
export interface EventColumns {
  readonly time: Float64Array
  readonly events: readonly MarketEvent[]
}

/** Rows of one kind, ascending by time. */
export type Columns = TradeColumns | QuoteColumns | BarColumns | EventColumns

/** UTC day as `YYYY-MM-DD`. */
export type Day = string

const names = {
  trade: ['time', 'price', 'quantity', 'side'],
  quote: ['time', 'bid', 'ask', 'bidSize', 'askSize'],
  bar: ['time', 'open', 'high', 'low', 'close', 'volume'],
} as const

/** Columns of a kind in the order of its files, time first; the only one of single bytes is `side`. */
export function columnNames(kind: SeriesKind): readonly string[] {
  if (kind === 'trade' || kind === 'quote') return names[kind]
  return kind === 'event' ? ['time', 'event'] : names.bar
}

export function barKind(intervalMs: number): SeriesKind {
  return `bar-${intervalMs}`
}

/** Interval of a bar kind; undefined for the others. */
export function intervalOf(kind: SeriesKind): number | undefined {
  return kind.startsWith('bar-') ? Number(kind.slice(4)) : undefined
}

/** The parts of a block, each with its kind. */
export function partsOf({ trades, quotes, bars, events }: MarketBlock): readonly (readonly [SeriesKind, Columns])[] {
  const parts: [SeriesKind, Columns][] = []
  if (trades) parts.push(['trade', trades])
  if (quotes) parts.push(['quote', quotes])
  if (bars) parts.push([barKind(bars.intervalMs), bars])
  if (events && events.length > 0)
    parts.push(['event', { time: Float64Array.from(events, ({ time }) => time), events }])
  return parts
}

/** The block of one part. */
export function blockOf(instrumentId: InstrumentId, kind: SeriesKind, columns: Columns): MarketBlock {
  if (kind === 'trade') return { instrumentId, trades: columns as TradeColumns }
  if (kind === 'quote') return { instrumentId, quotes: columns as QuoteColumns }
  if (kind === 'event') return { instrumentId, events: (columns as EventColumns).events }
  return { instrumentId, bars: columns as BarColumns }
}

/** Makes columns of a kind from arrays in the order of `columnNames`. */
export function columnsFrom(kind: SeriesKind, arrays: readonly (Float64Array | Int8Array)[]): Columns {
  const entries = columnNames(kind).map((name, index) => [name, arrays[index]])
  const intervalMs = intervalOf(kind)
  return { ...Object.fromEntries(entries), ...(intervalMs === undefined ? {} : { intervalMs }) } as Columns
}

/** The arrays of columns in the order of `columnNames`; not for events. */
export function arraysOf(kind: SeriesKind, columns: Columns): readonly (Float64Array | Int8Array)[] {
  const byName = columns as unknown as Readonly<Record<string, Float64Array | Int8Array>>
  return columnNames(kind).map((name) => byName[name])
}

/** Rows `[from, to)` as views. */
export function sliceColumns(kind: SeriesKind, columns: Columns, from: number, to: number): Columns {
  if (from === 0 && to === columns.time.length) return columns
  if (kind === 'event')
    return { time: columns.time.subarray(from, to), events: (columns as EventColumns).events.slice(from, to) }
  return columnsFrom(
    kind,
    arraysOf(kind, columns).map((array) => array.subarray(from, to)),
  )
}

/** Rows of all parts, one after the other. */
export function concatColumns(kind: SeriesKind, parts: readonly Columns[]): Columns {
  if (parts.length === 1) return parts[0]
  const length = parts.reduce((sum, part) => sum + part.time.length, 0)
  if (kind === 'event') {
    const time = new Float64Array(length)
    parts.reduce((at, part) => (time.set(part.time, at), at + part.time.length), 0)
    return { time, events: parts.flatMap((part) => (part as EventColumns).events) }
  }
  const joined = columnNames(kind).map((name) => (name === 'side' ? new Int8Array(length) : new Float64Array(length)))
  let at = 0
  for (const part of parts) {
    arraysOf(kind, part).forEach((array, index) => joined[index].set(array, at))
    at += part.time.length
  }
  return columnsFrom(kind, joined)
}

const dayMs = 86_400_000

/** The day a row belongs to: a bar to the day in which it opened, so that one closing at midnight stays with its day. */
export function dayIndex(kind: SeriesKind, time: UnixMs): number {
  return Math.floor((kind.startsWith('bar-') ? time - 1 : time) / dayMs)
}

export function dayName(index: number): Day {
  return new Date(index * dayMs).toISOString().slice(0, 10)
}

/** One past the last time of that day, by the rule of `dayIndex`. */
export function dayEnd(kind: SeriesKind, index: number): UnixMs {
  return (index + 1) * dayMs + (kind.startsWith('bar-') ? 1 : 0)
}
