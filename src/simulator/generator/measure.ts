import { lowerBound } from '#model/block.ts'
import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { TradeColumns } from '#model/market.ts'
import type { LabelKind, MarketLabel } from './labels.ts'
import { pathAt } from './shapes.ts'
import type { EventShape } from './shapes.ts'

const minute = 60_000

/** Labels of planted events read off the finished tape: one each, and the fall after every pump. */
export function measureLabels(
  instrumentId: InstrumentId,
  trades: TradeColumns,
  shapes: readonly EventShape[],
): readonly MarketLabel[] {
  const counts = new Map<LabelKind, number>()
  const nameOf = (kind: LabelKind): string => {
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    return `${instrumentId}_${kind}_${count}`
  }
  return shapes.flatMap((shape) => {
    const label = measure(instrumentId, trades, shape, nameOf(shape.kind))
    return shape.kind === 'pump' ? [label, fallAfter(label, trades, shape, nameOf('dump'))] : [label]
  })
}

function measure(instrumentId: InstrumentId, trades: TradeColumns, shape: EventShape, eventId: string): MarketLabel {
  const { kind, profile, onset, twitch, peakMs } = shape
  const first = lowerBound(trades.time, onset)
  const before = medianPrice(trades, onset - 60 * minute, onset - 5 * minute)
  const prePrice = before ?? trades.price[Math.max(0, first - 1)]
  const until = kind === 'fatFinger' ? onset + 1 : onset + peakMs + Math.min(2 * minute, Math.max(10_000, peakMs))
  const peakRow = extremeRow(trades, first, lowerBound(trades.time, until), shape.rise < 0 ? -1 : 1)
  const peakTime = trades.time[peakRow]
  const peakPrice = trades.price[peakRow]
  return {
    eventId,
    instrumentId,
    kind,
    ...(profile === undefined ? {} : { profile }),
    onset,
    ...(twitch === undefined ? {} : { twitch }),
    peakTime,
    prePrice,
    peakPrice,
    risePct: (peakPrice / prePrice - 1) * 100,
    plannedRisePct: (Math.exp(shape.rise) - 1) * 100,
    ...afterOf(trades, peakTime, peakPrice),
    end: onset + shape.lengthMs,
  }
}

function fallAfter(pump: MarketLabel, trades: TradeColumns, shape: EventShape, eventId: string): MarketLabel {
  const { instrumentId, peakTime: onset, peakPrice: prePrice, end } = pump
  const lowRow = extremeRow(trades, lowerBound(trades.time, onset), lowerBound(trades.time, onset + 30 * minute), -1)
  const peakTime = trades.time[lowRow]
  const peakPrice = trades.price[lowRow]
  const planned = pathAt(shape, shape.onset + shape.peakMs + 30 * minute) - shape.rise
  return {
    eventId,
    instrumentId,
    kind: 'dump',
    onset,
    peakTime,
    prePrice,
    peakPrice,
    risePct: (peakPrice / prePrice - 1) * 100,
    plannedRisePct: (Math.exp(planned) - 1) * 100,
    ...afterOf(trades, peakTime, peakPrice),
    end,
  }
}

function afterOf(trades: TradeColumns, peakTime: UnixMs, peakPrice: number): { readonly afterPct?: number } {
  const after = medianPrice(trades, peakTime + 25 * minute, peakTime + 35 * minute)
  return after === undefined ? {} : { afterPct: (after / peakPrice - 1) * 100 }
}

/** Row of the highest (sign 1) or lowest (−1) price in [from, to); `from` when that is empty. */
function extremeRow(trades: TradeColumns, from: number, to: number, sign: 1 | -1): number {
  let best = from
  for (let row = from; row < to; row++) {
    if ((trades.price[row] - trades.price[best]) * sign > 0) best = row
  }
  return best
}

/** Lower median of the trade prices in [from, to); absent when nothing traded. */
function medianPrice(trades: TradeColumns, from: UnixMs, to: UnixMs): number | undefined {
  const prices = trades.price.slice(lowerBound(trades.time, from), lowerBound(trades.time, to)).sort()
  return prices.length === 0 ? undefined : prices[(prices.length - 1) >> 1]
}
