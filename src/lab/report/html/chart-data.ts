import type { EngineOutput, GroupName, Phase } from '#model/events.ts'
import type { InstanceId, InstrumentId } from '#model/ids.ts'
import { toNumber } from '#model/money.ts'
import type { Order, RoundTrip } from '#model/order.ts'
import type { PriceSeries } from '#model/run.ts'
import type { Operator } from '#model/strategy.ts'
import { inClosingOrder } from '../../metrics/outcome.ts'
import { signedMoney } from '../format.ts'
import { unitOf } from '../report-metrics.ts'
import type { ReportRun } from '../report-run.ts'
import { groupLabel, phaseWords, thresholdText } from '../words.ts'

/** One instrument's picture as plain JSON; times are whole seconds after `origin`, prices in units of 1 ÷ `scale`. */
export interface PriceChart {
  readonly id: string
  /** Unix seconds. */
  readonly origin: number
  readonly from: number
  readonly to: number
  readonly scale: number
  /** Length of a bar, seconds. */
  readonly step: number
  /** Time, open, high, low, close of each bar, one after another. */
  readonly bars: readonly number[]
  readonly phases: readonly {
    readonly phase: Phase
    readonly word: string
    readonly from: number
    readonly to: number
  }[]
  readonly strips: readonly StripRow[]
  readonly trades: readonly ChartTrade[]
}

/** A condition over time. `held` = each verdict lasts until the next; otherwise they are moments. */
export interface StripRow {
  readonly label: string
  readonly held: boolean
  readonly times: readonly number[]
  /** 1 met, 0 unmet, −1 pending. */
  readonly verdicts: readonly number[]
}

export interface ChartTrade {
  /** From 1, in order of closing over the whole run. */
  readonly number: number
  readonly side: 'long' | 'short'
  readonly opened: number
  readonly closed: number
  readonly entry: number
  readonly exit: number
  /** 1 won, 0 even, −1 lost. */
  readonly result: 1 | 0 | -1
  readonly net: string
  /** Time and price of each level the stop took. */
  readonly stops: readonly (readonly [time: number, price: number])[]
  readonly target: number | null
}

const maxCharts = 24

/** A chart for each instrument with prices, the most traded first; `maxBars` over all of them together. */
export function priceCharts(run: ReportRun, maxBars: number): readonly PriceChart[] {
  const numbered = inClosingOrder(run.roundTrips).map((trip, index) => ({ trip, number: index + 1 }))
  const byInstrument = Map.groupBy(numbered, ({ trip }) => trip.instrumentId)
  const count = (id: InstrumentId): number => byInstrument.get(id)?.length ?? 0
  const chosen = run.prices
    .filter(({ time }) => time.length > 0)
    .toSorted((a, b) => count(b.instrumentId) - count(a.instrumentId) || (a.instrumentId < b.instrumentId ? -1 : 1))
    .slice(0, maxCharts)
  const share = Math.max(100, Math.floor(maxBars / Math.max(1, chosen.length)))
  const facts = Map.groupBy(
    run.decisions.filter((fact) => 'instrumentId' in fact),
    (fact) => fact.instrumentId,
  )
  return chosen.map((prices) => {
    const id = prices.instrumentId
    return priceChart(run, thinned(prices, share), facts.get(id) ?? [], byInstrument.get(id) ?? [], share)
  })
}

function priceChart(
  run: ReportRun,
  prices: PriceSeries,
  facts: readonly EngineOutput[],
  trades: readonly { readonly trip: RoundTrip; readonly number: number }[],
  maxPoints: number,
): PriceChart {
  const origin = Math.floor(run.spec.from / 1000)
  const seconds = (time: number): number => Math.floor(time / 1000) - origin
  const highest = prices.high.reduce((a, b) => Math.max(a, b), 0)
  // Six significant digits of the highest price.
  const scale = 10 ** Math.max(0, 5 - Math.floor(Math.log10(highest || 1)))
  const units = (price: number): number => Math.round(price * scale)
  const bars: number[] = []
  for (let row = 0; row < prices.time.length; row++) {
    const columns = [prices.open, prices.high, prices.low, prices.close]
    bars.push(seconds(prices.time[row]), ...columns.map((column) => units(column[row])))
  }
  return {
    id: prices.instrumentId,
    origin,
    from: 0,
    to: Math.max(1, seconds(run.spec.to)),
    scale,
    step: Math.max(1, Math.round(prices.intervalMs / 1000)),
    bars,
    phases: phasesOf(facts, run.spec.to).map((phase) => ({
      ...phase,
      word: phaseWords[phase.phase],
      from: seconds(phase.from),
      to: seconds(phase.to),
    })),
    strips: stripsOf(run, prices.instrumentId, facts).map((strip) =>
      thinnedStrip({ ...strip, times: strip.times.map(seconds) }, maxPoints),
    ),
    trades: trades.map(({ trip, number }) => ({
      number,
      side: trip.side,
      opened: seconds(trip.openedAt),
      closed: seconds(trip.closedAt),
      entry: units(trip.entryPrice),
      exit: units(trip.exitPrice),
      result: trip.netProfit > 0n ? 1 : trip.netProfit < 0n ? -1 : 0,
      net: signedMoney(trip.netProfit),
      stops: facts
        .filter((fact) => fact.type === 'stopMoved' && fact.signalId === trip.signalId)
        .map((fact) => [seconds((fact as { time: number }).time), units((fact as { to: number }).to)] as const),
      target: targetOf(run, trip, units),
    })),
  }
}

/** Every stretch of a phase other than watching, of all strategies on the instrument. */
function phasesOf(facts: readonly EngineOutput[], end: number): { phase: Phase; from: number; to: number }[] {
  const open = new Map<InstanceId, { phase: Phase; from: number }>()
  const stretches: { phase: Phase; from: number; to: number }[] = []
  for (const fact of facts) {
    if (fact.type !== 'transitioned') continue
    const before = open.get(fact.instanceId)
    if (before !== undefined && before.phase !== 'watching') stretches.push({ ...before, to: fact.time })
    open.set(fact.instanceId, { phase: fact.to, from: fact.time })
  }
  for (const last of open.values()) if (last.phase !== 'watching') stretches.push({ ...last, to: end })
  return stretches
}

function stripsOf(run: ReportRun, id: InstrumentId, facts: readonly EngineOutput[]): StripRow[] {
  const recorded = (run.strips ?? []).filter((strip) => strip.instrumentId === id)
  const several = run.spec.strategies.length > 1
  const label = (
    group: GroupName,
    reading: string,
    threshold: { operator: Operator; threshold: number | readonly number[] },
    indicator: string,
    instance: string,
  ): string =>
    `${groupLabel(group)} · ${reading} ${thresholdText(threshold, unitOf(run, indicator))}${several ? ` · ${instance.split('@')[0] ?? ''}` : ''}`
  if (recorded.length > 0) {
    return recorded.map((strip) => ({
      label: label(strip.group, strip.reading, strip, strip.reading, strip.instanceId),
      held: true,
      times: Array.from(strip.time),
      verdicts: Array.from(strip.verdicts),
    }))
  }
  const rows = new Map<string, { times: number[]; verdicts: number[] }>()
  for (const fact of facts) {
    if (fact.type !== 'transitioned' && fact.type !== 'signalSkipped') continue
    for (const verdict of fact.verdicts) {
      const key = label(verdict.group, verdict.reading, verdict, verdict.indicator, fact.instanceId)
      const row = rows.get(key) ?? { times: [], verdicts: [] }
      rows.set(key, row)
      row.times.push(fact.time)
      row.verdicts.push(verdict.verdict === 'met' ? 1 : verdict.verdict === 'unmet' ? 0 : -1)
    }
  }
  return [...rows].map(([key, row]) => ({ label: key, held: false, ...row })).slice(0, 16)
}

/** The resting order's price, or the distance the strategy states; null when it came from a reading. */
function targetOf(run: ReportRun, trip: RoundTrip, units: (price: number) => number): number | null {
  const order = run.orders.find((entry: Order) => entry.signalId === trip.signalId && entry.purpose === 'takeProfit')
  const resting = order?.price ?? order?.stopPrice
  if (resting !== undefined) return units(resting)
  const target = run.spec.strategies.find(({ name }) => name === trip.strategy)?.document.protection.takeProfit
  if (target?.distancePct === undefined || target.priceReading !== undefined || target.scaling !== undefined)
    return null
  return units(trip.entryPrice * (1 + ((trip.side === 'long' ? 1 : -1) * target.distancePct) / 100))
}

/** At most `max` bars, neighbors merged. */
function thinned(prices: PriceSeries, max: number): PriceSeries {
  const every = Math.ceil(prices.time.length / max)
  if (every <= 1) return prices
  const length = Math.ceil(prices.time.length / every)
  const merged = {
    instrumentId: prices.instrumentId,
    intervalMs: prices.intervalMs * every,
    time: new Float64Array(length),
    open: new Float64Array(length),
    high: new Float64Array(length),
    low: new Float64Array(length),
    close: new Float64Array(length),
  }
  for (let row = 0; row < length; row++) {
    const first = row * every
    const end = Math.min(prices.time.length, first + every)
    merged.time[row] = prices.time[first]!
    merged.open[row] = prices.open[first]!
    merged.close[row] = prices.close[end - 1]!
    merged.high[row] = prices.high.subarray(first, end).reduce((a, b) => Math.max(a, b))
    merged.low[row] = prices.low.subarray(first, end).reduce((a, b) => Math.min(a, b))
  }
  return merged
}

/** At most about `max` verdicts: of those in one slot of time a met one wins, else the last. */
function thinnedStrip(strip: StripRow, max: number): StripRow {
  const { times, verdicts } = strip
  if (times.length <= max) return strip
  const slot = Math.max(1, (times.at(-1)! - times[0]) / (max / 2))
  const kept = { times: [] as number[], verdicts: [] as number[] }
  let last = -1
  times.forEach((time, at) => {
    const here = Math.floor((time - times[0]) / slot)
    if (here !== last) {
      kept.times.push(time)
      kept.verdicts.push(verdicts[at])
    } else if (kept.verdicts.at(-1) !== 1) kept.verdicts[kept.verdicts.length - 1] = verdicts[at]!
    last = here
  })
  return { ...strip, ...kept }
}

/** Equity and drawdown as plain JSON; times in whole seconds after `origin`. */
export interface EquityChart {
  readonly origin: number
  readonly currency: string
  readonly start: number
  readonly times: readonly number[]
  readonly equity: readonly number[]
  /** Fractions of the running peak. */
  readonly drawdown: readonly number[]
}

const maxEquityPoints = 1_500

/** The equity curve with every local extreme kept: of each stretch the first, lowest, highest and last point. */
export function equityChart(run: ReportRun): EquityChart {
  const { time, equity } = run.equity
  const origin = Math.floor(run.spec.from / 1000)
  const start = toNumber(run.spec.capital)
  const kept: number[] = []
  const stretch = Math.max(1, Math.ceil(time.length / (maxEquityPoints / 4)))
  for (let first = 0; first < time.length; first += stretch) {
    const end = Math.min(time.length, first + stretch)
    let low = first
    let high = first
    for (let row = first; row < end; row++) {
      if (equity[row] < equity[low]) low = row
      if (equity[row] > equity[high]) high = row
    }
    kept.push(...new Set([first, low, high, end - 1].sort((a, b) => a - b)))
  }
  let peak = start
  return {
    origin,
    currency: run.spec.currency,
    start,
    times: kept.map((row) => Math.floor(time[row] / 1000) - origin),
    equity: kept.map((row) => Math.round(equity[row] * 100) / 100),
    drawdown: kept.map((row) => {
      peak = Math.max(peak, equity[row])
      return peak > 0 ? Math.round(((peak - equity[row]) / peak) * 1e6) / 1e6 : 0
    }),
  }
}
