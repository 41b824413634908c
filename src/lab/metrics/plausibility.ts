import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { Side } from '#model/market.ts'
import type { PriceSeries } from '#model/run.ts'

/** Our own execution, whole or partial. */
export interface FillView {
  readonly instrumentId: InstrumentId
  readonly time: UnixMs
  readonly side: Side
  readonly price: number
  readonly quantity: number
}

export type DoubtCode = 'cagr' | 'volumeShare' | 'favorableExtreme' | 'outsideBar' | 'noLosses' | 'noCosts'

/** A result too good to be taken as it is; `value` is what was found, `limit` what is plausible. */
export interface Doubt {
  readonly code: DoubtCode
  readonly value: number
  readonly limit: number
  readonly message: string
}

export const plausibleLimits = { cagr: 10, volumeShare: 0.1, favorableExtremes: 0.05, lossless: 20 } as const

const extremeTolerance = 0.001
/** What a venue that fills a tenth of every print carries over from the one before, for whole lots. */
const lotTolerance = 0.02

export interface PlausibilityInput {
  readonly cagr: number | null
  /** Length of the run, which growth is extrapolated from. */
  readonly elapsedMs: number
  readonly fills: readonly FillView[]
  readonly prices: readonly PriceSeries[]
  /** How long after it happened a fill is stamped; 0 when absent. */
  readonly reportLatencyMs?: number
  readonly trades: number
  readonly losses: number
  readonly totalCosts: bigint
}

/** Every reason to distrust a result, worst kinds of evidence first. */
export function doubtsOf(input: PlausibilityInput): readonly Doubt[] {
  const found = inspectFills(input.fills, input.prices, input.reportLatencyMs ?? 0)
  const doubts: Doubt[] = []
  const doubt = (code: DoubtCode, value: number, limit: number, message: string): void =>
    void doubts.push({ code, value, limit, message })
  if (found.outside > 0) {
    doubt(
      'outsideBar',
      found.outside,
      0,
      `${countText(found.outside, 'fill')} at a price the bar never traded at. The data or the fills are wrong.`,
    )
  }
  if (input.cagr !== null && input.cagr > plausibleLimits.cagr) {
    doubt(
      'cagr',
      input.cagr,
      plausibleLimits.cagr,
      `Yearly growth of ${grouped(input.cagr * 100)} % from ${grouped(input.elapsedMs / 86_400_000)} days (over ${plausibleLimits.cagr * 100} %). No real account keeps this up.`,
    )
  }
  if (found.large > 0) {
    const share = `${plausibleLimits.volumeShare * 100} %`
    doubt(
      'volumeShare',
      found.largestShare,
      plausibleLimits.volumeShare,
      `${countText(found.large, 'fill')} took more than ${share} of the bar's volume (up to ${grouped(found.largestShare * 100)} %). The market would have moved further.`,
    )
  }
  const extremeShare = input.fills.length === 0 ? 0 : found.favorable / input.fills.length
  if (found.favorable >= 3 && extremeShare > plausibleLimits.favorableExtremes) {
    doubt(
      'favorableExtreme',
      extremeShare,
      plausibleLimits.favorableExtremes,
      `${countText(found.favorable, 'fill')} bought the exact low or sold the exact high of a bar (${grouped(extremeShare * 100)} % of all). Look for look-ahead.`,
    )
  }
  if (input.trades >= plausibleLimits.lossless && input.losses === 0) {
    doubt(
      'noLosses',
      input.trades,
      plausibleLimits.lossless,
      `${input.trades} trades without one loss. Check that stops and costs are on.`,
    )
  }
  if (input.trades > 0 && input.totalCosts === 0n) {
    doubt('noCosts', 0, 0, 'No costs at all were charged. Real venues charge at least a fee.')
  }
  return doubts
}

interface Findings {
  readonly outside: number
  readonly large: number
  readonly largestShare: number
  readonly favorable: number
}

function inspectFills(fills: readonly FillView[], prices: readonly PriceSeries[], latencyMs: number): Findings {
  const byInstrument = new Map(prices.map((entry) => [entry.instrumentId, entry]))
  const perBar = new Map<string, number>()
  let outside = 0
  let favorable = 0
  let large = 0
  let largestShare = 0
  for (const fill of fills) {
    const columns = byInstrument.get(fill.instrumentId)
    const rows = columns === undefined ? [] : barsAt(columns, fill.time - latencyMs, fill.time)
    if (columns === undefined || rows.length === 0) continue
    const row = rows.find((at) => isPossible(fill, columns, at))
    if (row === undefined) {
      outside++
      continue
    }
    const low = columns.low[row]
    const high = columns.high[row]
    if (high > low && fill.price === (fill.side === 'buy' ? low : high)) favorable++
    const volume = columns.volume?.[row] ?? 0
    if (volume <= 0) continue
    const key = `${fill.instrumentId} ${row}`
    const taken = (perBar.get(key) ?? 0) + fill.quantity
    perBar.set(key, taken)
    const share = taken / volume
    if (share > plausibleLimits.volumeShare * (1 + lotTolerance)) large++
    if (share > largestShare) largestShare = share
  }
  return { outside, large, largestShare, favorable }
}

/**
 * Spread and impact may push a taker past the extreme on the adverse side; past the other one is impossible. A quote may
 * stand a little outside what was traded.
 */
function isPossible(fill: FillView, bars: PriceSeries, row: number): boolean {
  return fill.side === 'buy'
    ? fill.price >= bars.low[row] * (1 - extremeTolerance)
    : fill.price <= bars.high[row] * (1 + extremeTolerance)
}

/**
 * Rows of the bars a fill belongs to that happened and was stamped at these times, the earliest first. What is filled from a
 * candle happens at its close, which is the opening of the next: at an opening both count.
 */
function barsAt(bars: PriceSeries, happened: UnixMs, stamped: UnixMs): readonly number[] {
  const rows: number[] = []
  for (let row = barBefore(bars, stamped); row >= 0 && bars.time[row] + bars.intervalMs >= happened; row--)
    rows.unshift(row)
  return rows
}

/** The last bar that began at or before a time; −1 when none did. */
function barBefore(bars: PriceSeries, time: UnixMs): number {
  let low = 0
  let high = bars.time.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (bars.time[middle] <= time) low = middle + 1
    else high = middle
  }
  return low - 1
}

const countText = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
const grouped = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 1 : 0 })
