import type { MarketSegment, MarketSource } from '#model/source.ts'

/** Where there are only candles nothing is known between two closes: the timer need not be finer than the shortest of them. */
export function gridOf(gridMs: number, source: MarketSource, barIntervals: ReadonlyMap<MarketSegment, number>): number {
  if (source.segments.some((segment) => !barIntervals.has(segment))) return gridMs
  return Math.max(gridMs, Math.min(...barIntervals.values()))
}

/** Interval of the bars of every bar-only segment, read from its first block. */
export async function barIntervalsOf(source: MarketSource): Promise<Map<MarketSegment, number>> {
  const intervals = new Map<MarketSegment, number>()
  for (const segment of source.segments) {
    if (segment.feeds.includes('trade')) continue
    for await (const block of segment.read()) {
      if (block.bars) intervals.set(segment, block.bars.intervalMs)
      break
    }
  }
  return intervals
}
