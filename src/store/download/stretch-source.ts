import { spanOf } from '#model/block.ts'
import type { Instrument } from '#model/instrument.ts'
import type { Bar, BarColumns, MarketBlock, Side, SideCode, Trade, TradeColumns } from '#model/market.ts'
import type { MarketSource } from '#model/source.ts'
import { FeedScan } from '../blocks.ts'
import { BlockHasher } from '../checksum.ts'

/** One block as a source; it must not be empty. */
export function sourceOf(instrument: Instrument, block: MarketBlock): MarketSource {
  const scan = new FeedScan()
  scan.add(block)
  const hasher = new BlockHasher()
  hasher.add(block)
  const span = spanOf(block)!
  const segment = {
    instrumentId: instrument.id,
    feeds: [...scan.feeds],
    ...span,
    rows: scan.rows,
    label: `${instrument.id} ${new Date(span.from).toISOString().slice(0, 10)}`,
    checksum: hasher.digest(),
    read: () => once(block),
  }
  return { instruments: [instrument], segments: [segment] }
}

export function tradeColumns(trades: readonly Trade[]): TradeColumns {
  return {
    time: Float64Array.from(trades, ({ time }) => time),
    price: Float64Array.from(trades, ({ price }) => price),
    quantity: Float64Array.from(trades, ({ quantity }) => quantity),
    side: Int8Array.from(trades, ({ side }) => codeOf(side)),
  }
}

export function barColumns(bars: readonly Bar[], intervalMs: number): BarColumns {
  const column = (of: (bar: Bar) => number): Float64Array => Float64Array.from(bars, of)
  return {
    intervalMs,
    time: column(({ time }) => time),
    open: column(({ open }) => open),
    high: column(({ high }) => high),
    low: column(({ low }) => low),
    close: column(({ close }) => close),
    volume: column(({ volume }) => volume),
  }
}

function codeOf(side: Side | undefined): SideCode {
  if (side === undefined) return 0
  return side === 'buy' ? 1 : -1
}

async function* once(block: MarketBlock): AsyncGenerator<MarketBlock, void, undefined> {
  yield block
}
