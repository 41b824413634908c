import { assemble } from '#model/block.ts'
import type { UnixMs } from '#model/ids.ts'
import type { BarColumns, MarketBlock, MarketEvent, TradeColumns } from '#model/market.ts'
import type { MarketSegment, MarketSource } from '#model/source.ts'

/**
 * The same market as candles: bars of `intervalMs` made of the trades, as an exchange publishes them, and nothing else but gaps. An
 * interval without trades becomes a flat bar of volume 0; the last one, which never closed, is left out. Segments that have candles
 * already stay as they are.
 */
export function inBars(source: MarketSource, intervalMs: number): MarketSource {
  return {
    instruments: source.instruments,
    segments: source.segments.map((segment) =>
      segment.feeds.includes('trade') ? barSegment(segment, intervalMs) : segment,
    ),
  }
}

function barSegment(segment: MarketSegment, intervalMs: number): MarketSegment {
  const { from, to } = segment
  const first = closeAfter(from, intervalMs)
  const last = Math.floor(to / intervalMs) * intervalMs
  return {
    ...segment,
    feeds: ['bar'],
    from: first,
    to: Math.max(first, last),
    rows: Math.max(0, (last - first) / intervalMs + 1),
    checksum: `${segment.checksum} in bars of ${intervalMs}`,
    async *read() {
      const forming = new FormingBar(intervalMs)
      for await (const block of segment.read()) yield* barBlocks(block, forming)
    },
  }
}

/** A gap comes after the bars that closed before it; the bar it falls into never closes. */
function* barBlocks({ instrumentId, trades, events }: MarketBlock, forming: FormingBar): Generator<MarketBlock> {
  let row = 0
  for (const event of events ?? []) {
    if (!isBreak(event)) continue
    if (trades) row = forming.add(trades, row, event.time)
    const before = assemble(instrumentId, { bars: forming.take() })
    if (before) yield before
    forming.drop()
    yield { instrumentId, events: [event] }
  }
  if (trades) forming.add(trades, row, Infinity)
  const rest = assemble(instrumentId, { bars: forming.take() })
  if (rest) yield rest
}

const isBreak = ({ type }: MarketEvent): boolean => type === 'feedGap' || type === 'feedEnded'

const closeAfter = (time: UnixMs, intervalMs: number): UnixMs => (Math.floor(time / intervalMs) + 1) * intervalMs

const names = ['time', 'open', 'high', 'low', 'close', 'volume'] as const

/** The bar that is being made, and those closed since they were last taken. */
class FormingBar {
  readonly #intervalMs: number
  /** NaN before the first trade. */
  #closeTime = Number.NaN
  #open = 0
  #high = 0
  #low = 0
  #close = 0
  #volume = 0
  #closed: number[][] = []

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs
  }

  /** Takes in the trades from `row` on up to a time inclusive; returns the first row left. */
  add({ time, price, quantity }: TradeColumns, row: number, until: UnixMs): number {
    let at = row
    for (; at < time.length && time[at] <= until; at++) {
      while (time[at] >= this.#closeTime) this.#finish()
      if (this.#volume === 0) this.#open = this.#high = this.#low = price[at]
      if (this.#closeTime !== this.#closeTime) this.#closeTime = closeAfter(time[at], this.#intervalMs)
      this.#high = Math.max(this.#high, price[at])
      this.#low = Math.min(this.#low, price[at])
      this.#close = price[at]
      this.#volume += quantity[at]
    }
    return at
  }

  take(): BarColumns {
    const closed = this.#closed
    this.#closed = []
    const [time, open, high, low, close, volume] = names.map((_, column) =>
      Float64Array.from(closed, (bar) => bar[column]),
    )
    return { intervalMs: this.#intervalMs, time, open, high, low, close, volume }
  }

  drop(): void {
    this.#closeTime = Number.NaN
    this.#volume = 0
  }

  #finish(): void {
    this.#closed.push([this.#closeTime, this.#open, this.#high, this.#low, this.#close, this.#volume])
    this.#closeTime += this.#intervalMs
    this.#open = this.#high = this.#low = this.#close
    this.#volume = 0
  }
}
