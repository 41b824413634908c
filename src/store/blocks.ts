import { rowsIn, spanOf } from '#model/block.ts'
import type { UnixMs } from '#model/ids.ts'
import type { Feed, MarketBlock, MarketEvent } from '#model/market.ts'

/** Columns one after the other; a single one comes back as it is. */
export function concat<T extends object>(parts: readonly T[]): T | undefined {
  const first = parts[0]
  if (first === undefined || parts.length === 1) return first
  const entries = Object.entries(first) as [keyof T & string, unknown][]
  return Object.fromEntries(
    entries.map(([name, column]) => {
      if (!(column instanceof Float64Array || column instanceof Int8Array)) return [name, column]
      const length = parts.reduce((sum, part) => sum + (part[name] as Float64Array).length, 0)
      const joined = column instanceof Float64Array ? new Float64Array(length) : new Int8Array(length)
      let at = 0
      for (const part of parts) {
        joined.set(part[name] as Float64Array, at)
        at += (part[name] as Float64Array).length
      }
      return [name, joined]
    }),
  ) as T
}

/** What blocks deliver, gathered over a pass. */
export class FeedScan {
  readonly feeds = new Set<Feed>()
  rows = 0
  from: UnixMs = Infinity
  to: UnixMs = -Infinity

  add(block: MarketBlock): void {
    const { trades, quotes, bars, events } = block
    if (trades && !this.feeds.has('side') && trades.side.some((side) => side !== 0)) this.feeds.add('side')
    if (trades) this.feeds.add('trade')
    if (quotes) this.feeds.add('quote')
    if (bars) this.feeds.add('bar')
    for (const { type } of events ?? []) {
      const feed = feedOfEvent[type]
      if (feed) this.feeds.add(feed)
    }
    const span = spanOf(block)
    if (!span) return
    this.rows += rowsIn(block)
    this.from = Math.min(this.from, span.from)
    this.to = Math.max(this.to, span.to)
  }
}

const feedOfEvent: Partial<Readonly<Record<MarketEvent['type'], Feed>>> = {
  bookUpdate: 'book',
  markPrice: 'markPrice',
  funding: 'funding',
}
