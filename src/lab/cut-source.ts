import type { UnixMs } from '#model/ids.ts'
import type { BarColumns, MarketBlock, QuoteColumns, TradeColumns } from '#model/market.ts'
import type { MarketSegment, MarketSource } from '#model/source.ts'

/** The part of a source between two times. Instruments without data there are gone. */
export function clipSource(source: MarketSource, from: UnixMs, to: UnixMs): MarketSource {
  if (from === -Infinity && to === Infinity) return source
  const segments = source.segments
    .filter((segment) => segment.to >= from && segment.from < to)
    .map((segment) => ({
      ...segment,
      from: Math.max(segment.from, from),
      to: Math.min(segment.to, to - 1),
      async *read() {
        for await (const block of segment.read()) {
          const part = slice(block, from, to)
          if (part) yield part
        }
      },
    }))
  const present = new Set(segments.map(({ instrumentId }) => instrumentId))
  return { instruments: source.instruments.filter(({ id }) => present.has(id)), segments }
}

/**
 * The same source in blocks that end at the given times: whoever reads one block at a time has decided everything up to a cut
 * before anything later exists for it.
 */
export function cutSource(source: MarketSource, cuts: readonly UnixMs[]): MarketSource {
  const ascending = cuts.toSorted((a, b) => a - b)
  return { instruments: source.instruments, segments: source.segments.map((segment) => cutSegment(segment, ascending)) }
}

function cutSegment(segment: MarketSegment, cuts: readonly UnixMs[]): MarketSegment {
  return {
    ...segment,
    async *read() {
      for await (const block of segment.read()) {
        let from = -Infinity
        for (const cut of cuts) {
          const part = slice(block, from, cut + 1)
          if (part) yield part
          from = cut + 1
        }
        const rest = slice(block, from, Infinity)
        if (rest) yield rest
      }
    },
  }
}

/** Rows with `from ≤ time < to`, as views; undefined when there are none. */
function slice(block: MarketBlock, from: UnixMs, to: UnixMs): MarketBlock | undefined {
  const trades = block.trades && sliceTrades(block.trades, from, to)
  const quotes = block.quotes && sliceQuotes(block.quotes, from, to)
  const bars = block.bars && sliceBars(block.bars, from, to)
  const events = block.events?.filter(({ time }) => time >= from && time < to)
  if (!trades?.time.length && !quotes?.time.length && !bars?.time.length && !events?.length) return undefined
  return {
    instrumentId: block.instrumentId,
    ...(trades?.time.length ? { trades } : {}),
    ...(quotes?.time.length ? { quotes } : {}),
    ...(bars?.time.length ? { bars } : {}),
    ...(events?.length ? { events } : {}),
  }
}

function sliceTrades(columns: TradeColumns, from: UnixMs, to: UnixMs): TradeColumns {
  const [a, b] = rows(columns.time, from, to)
  return {
    time: columns.time.subarray(a, b),
    price: columns.price.subarray(a, b),
    quantity: columns.quantity.subarray(a, b),
    side: columns.side.subarray(a, b),
  }
}

function sliceQuotes(columns: QuoteColumns, from: UnixMs, to: UnixMs): QuoteColumns {
  const [a, b] = rows(columns.time, from, to)
  return {
    time: columns.time.subarray(a, b),
    bid: columns.bid.subarray(a, b),
    ask: columns.ask.subarray(a, b),
    bidSize: columns.bidSize.subarray(a, b),
    askSize: columns.askSize.subarray(a, b),
  }
}

function sliceBars(columns: BarColumns, from: UnixMs, to: UnixMs): BarColumns {
  const [a, b] = rows(columns.time, from, to)
  return {
    intervalMs: columns.intervalMs,
    time: columns.time.subarray(a, b),
    open: columns.open.subarray(a, b),
    high: columns.high.subarray(a, b),
    low: columns.low.subarray(a, b),
    close: columns.close.subarray(a, b),
    volume: columns.volume.subarray(a, b),
  }
}

function rows(time: Float64Array, from: UnixMs, to: UnixMs): [number, number] {
  return [firstAtOrAfter(time, from), firstAtOrAfter(time, to)]
}

/** First row whose time is not before `moment`. */
export function firstAtOrAfter(time: Float64Array, moment: UnixMs): number {
  let low = 0
  let high = time.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (time[middle] < moment) low = middle + 1
    else high = middle
  }
  return low
}
