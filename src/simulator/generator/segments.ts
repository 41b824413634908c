import { lowerBound } from '#model/block.ts'
import { createHash } from 'node:crypto'
import type { Feed, MarketBlock, QuoteColumns, TradeColumns } from '#model/market.ts'
import type { MarketSegment } from '#model/source.ts'
import type { GeneratedMarket, GeneratedSeries } from './series.ts'

const feeds: readonly Feed[] = ['trade', 'side', 'quote', 'markPrice', 'funding']
/** Trades and quotes of one block together. */
const maxRows = 65_536

/**
 * One segment per instrument, in the market's order. Blocks are views into the market's columns, at most 65 536 rows,
 * cut between milliseconds; the checksum is SHA-256 over columns and events, computed when first asked for.
 */
export function* segmentsOf(market: Pick<GeneratedMarket, 'series' | 'from' | 'to'>): Generator<MarketSegment> {
  for (const series of market.series) yield segmentOf(series)
}

function segmentOf(series: GeneratedSeries): MarketSegment {
  const { instrument, trades, quotes, events } = series
  let checksum: string | undefined
  return {
    instrumentId: instrument.id,
    feeds,
    from: Math.min(trades.time[0] ?? Infinity, quotes.time[0] ?? Infinity, events[0]?.time ?? Infinity),
    to: Math.max(trades.time.at(-1) ?? 0, quotes.time.at(-1) ?? 0, events.at(-1)?.time ?? 0),
    rows: trades.time.length + quotes.time.length + events.length,
    label: `generated ${instrument.id}`,
    get checksum() {
      checksum ??= checksumOf(series)
      return checksum
    },
    read: async function* () {
      yield* blocksOf(series)
    },
  }
}

function* blocksOf({ instrument, trades, quotes, events }: GeneratedSeries): Generator<MarketBlock> {
  let trade = 0
  let quote = 0
  let event = 0
  while (trade < trades.time.length || quote < quotes.time.length || event < events.length) {
    const until = cutAfter(trades.time, trade, quotes.time, quote)
    const tradeEnd = lowerBound(trades.time, until)
    const quoteEnd = lowerBound(quotes.time, until)
    let eventEnd = event
    while (eventEnd < events.length && events[eventEnd].time < until) eventEnd++
    yield {
      instrumentId: instrument.id,
      trades: tradesIn(trades, trade, tradeEnd),
      quotes: quotesIn(quotes, quote, quoteEnd),
      events: events.slice(event, eventEnd),
    }
    trade = tradeEnd
    quote = quoteEnd
    event = eventEnd
  }
}

/** Exclusive end of the block that begins at these rows; past the row itself when one millisecond overfills it. */
function cutAfter(trades: Float64Array, trade: number, quotes: Float64Array, quote: number): number {
  if (trades.length - trade + quotes.length - quote <= maxRows) return Infinity
  const half = maxRows / 2
  const tradeCut = trades[trade + half] ?? Infinity
  const quoteCut = quotes[quote + half] ?? Infinity
  const first = Math.min(trades[trade] ?? Infinity, quotes[quote] ?? Infinity)
  return Math.max(first + 1, Math.min(tradeCut, quoteCut))
}

function tradesIn(columns: TradeColumns, from: number, to: number): TradeColumns {
  return {
    time: columns.time.subarray(from, to),
    price: columns.price.subarray(from, to),
    quantity: columns.quantity.subarray(from, to),
    side: columns.side.subarray(from, to),
  }
}

function quotesIn(columns: QuoteColumns, from: number, to: number): QuoteColumns {
  return {
    time: columns.time.subarray(from, to),
    bid: columns.bid.subarray(from, to),
    ask: columns.ask.subarray(from, to),
    bidSize: columns.bidSize.subarray(from, to),
    askSize: columns.askSize.subarray(from, to),
  }
}

function checksumOf({ trades, quotes, events }: GeneratedSeries): string {
  const hash = createHash('sha256')
  for (const column of [...Object.values(trades), ...Object.values(quotes)]) hash.update(column)
  return hash.update(JSON.stringify(events)).digest('hex')
}
