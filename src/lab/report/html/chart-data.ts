import type { EngineOutput, GroupName, Phase } from '#model/events.ts'
import type { InstanceId, InstrumentId } from '#model/ids.ts'
import type { Order, RoundTrip } from '#model/order.ts'
import type { PriceSeries } from '#model/run.ts'
import { inClosingOrder } from '../../metrics/outcome.ts'
import { amountsIn } from '../format.ts'
import { otherReadingOf } from '../other-reading.ts'
import { unitOf } from '../report-metrics.ts'
import type { ReportRun } from '../report-run.ts'
import { type Goal, groupLabel, phaseWords, thresholdText } from '../words.ts'
import { thinned, thinnedStrip } from './thinning.ts'

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
      net: amountsIn(run.spec.currency).signed(trip.netProfit),
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
  const label = (group: GroupName, reading: string, threshold: Goal, indicator: string, instance: string): string =>
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
      const [strategy = ''] = fact.instanceId.split('@')
      const against = otherReadingOf(run.spec, strategy, verdict)
      // The other reading moves: with its value every moment would be a row of its own.
      const goal = against === undefined ? verdict : { operator: verdict.operator, threshold: null, against }
      const key = label(verdict.group, verdict.reading, goal, verdict.indicator, fact.instanceId)
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
