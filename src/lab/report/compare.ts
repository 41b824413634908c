import { formatMoney, toNumber } from '#model/money.ts'
import type { RoundTrip } from '#model/order.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { inClosingOrder } from '../metrics/outcome.ts'
import { numberText, percentText, priceText, timeText } from './format.ts'
import { metricsOf } from './report-metrics.ts'
import type { ReportRun } from './report-run.ts'
import { type DecisionDifference, firstDifference, type SpecDifference, specDifferences } from './run-differences.ts'
import { renderTable, type TerminalOptions } from './terminal-table.ts'

export interface MetricPair {
  readonly name: string
  readonly a: number | null
  readonly b: number | null
  /** b − a; null when either is undefined. */
  readonly change: number | null
  readonly kind: 'money' | 'fraction' | 'number' | 'count'
}

export interface ComparedTrade {
  readonly instrument: string
  readonly side: 'long' | 'short'
  readonly strategy: string
  readonly openedAt: string
  readonly entryPrice: number
  readonly exitReason: string
  readonly netProfit: string
}

/** Two runs side by side. */
export interface Comparison {
  readonly a: string
  readonly b: string
  readonly sameFingerprint: boolean
  readonly metrics: readonly MetricPair[]
  readonly spec: readonly SpecDifference[]
  /** Same strategy, instrument, side and time of entry in both. */
  readonly shared: number
  readonly onlyA: readonly ComparedTrade[]
  readonly onlyB: readonly ComparedTrade[]
  /** Null when every decision is the same. */
  readonly firstDifference: DecisionDifference | null
}

/** What differs between two runs: specification, metrics, trades and the first decision. */
export function compareRuns(a: ReportRun, b: ReportRun): Comparison {
  const keyOf = (trip: RoundTrip): string => `${trip.strategy} ${trip.instrumentId} ${trip.side} ${trip.openedAt}`
  const keysA = new Set(a.roundTrips.map(keyOf))
  const keysB = new Set(b.roundTrips.map(keyOf))
  return {
    a: a.id,
    b: b.id,
    sameFingerprint: a.fingerprint === b.fingerprint,
    metrics: metricPairs(metricsOf(a), metricsOf(b)),
    spec: specDifferences(a, b),
    shared: [...keysA].filter((key) => keysB.has(key)).length,
    onlyA: inClosingOrder(a.roundTrips.filter((trip) => !keysB.has(keyOf(trip)))).map(comparedTrade),
    onlyB: inClosingOrder(b.roundTrips.filter((trip) => !keysA.has(keyOf(trip)))).map(comparedTrade),
    firstDifference: firstDifference(a.decisions, b.decisions),
  }
}

function metricPairs(a: Metrics, b: Metrics): readonly MetricPair[] {
  const rows: readonly [string, MetricPair['kind'], (metrics: Metrics) => number | null][] = [
    ['Trades', 'count', (m) => m.outcome.trades],
    ['Net profit', 'money', (m) => toNumber(m.outcome.netProfit)],
    ['Total profit', 'fraction', (m) => m.totalReturn],
    ['CAGR', 'fraction', (m) => m.cagr],
    ['Max drawdown', 'fraction', (m) => m.maxDrawdown],
    ['Sharpe', 'number', (m) => m.sharpe],
    ['Sortino', 'number', (m) => m.sortino],
    ['Calmar', 'number', (m) => m.calmar],
    ['Win rate', 'fraction', (m) => m.outcome.winRate],
    ['Profit factor', 'number', (m) => m.outcome.profitFactor],
    ['Expectancy', 'money', (m) => m.outcome.expectancy],
    ['Payoff ratio', 'number', (m) => m.outcome.payoff],
    ['Costs', 'money', (m) => toNumber(m.costs.total)],
    ['Exposure', 'fraction', (m) => m.exposure.share],
    ['Signals', 'count', (m) => m.activity.signals],
    ['Skipped signals', 'count', (m) => m.activity.skipped],
    ['Denied entries', 'count', (m) => m.activity.denied],
  ]
  return rows.map(([name, kind, valueOf]) => {
    const left = valueOf(a)
    const right = valueOf(b)
    return { name, kind, a: left, b: right, change: left === null || right === null ? null : right - left }
  })
}

const comparedTrade = (trip: RoundTrip): ComparedTrade => ({
  instrument: trip.instrumentId,
  side: trip.side,
  strategy: trip.strategy,
  openedAt: timeText(trip.openedAt),
  entryPrice: trip.entryPrice,
  exitReason: trip.exitReason,
  netProfit: formatMoney(trip.netProfit),
})

/** The comparison for a terminal. */
export function comparisonText(comparison: Comparison, options: TerminalOptions): string {
  const columns = [
    { title: 'Metric', align: 'left' as const },
    { title: `A ${comparison.a}`, align: 'right' as const },
    { title: `B ${comparison.b}`, align: 'right' as const },
    { title: 'B − A', align: 'right' as const, drop: 1 },
  ]
  const rows = comparison.metrics.map((pair) => [
    pair.name,
    pairText(pair, pair.a),
    pairText(pair, pair.b),
    changeText(pair),
  ])
  const specColumns = [
    { title: 'Setting', align: 'left' as const },
    { title: 'A', align: 'right' as const },
    { title: 'B', align: 'right' as const },
  ]
  const value = (leaf: unknown): string =>
    leaf === undefined ? 'absent' : typeof leaf === 'string' ? leaf : JSON.stringify(leaf)
  const spec = comparison.spec.map(({ path, a, b }) => [path, value(a), value(b)])
  return [
    comparison.sameFingerprint
      ? 'The two runs have the same fingerprint.'
      : 'The two runs have different fingerprints.',
    spec.length === 0 ? 'No setting differs.' : renderTable('WHAT WAS ASKED', specColumns, spec, options),
    renderTable('WHAT CAME OUT', columns, rows, options),
    `${comparison.shared} trades in both, ${comparison.onlyA.length} only in A, ${comparison.onlyB.length} only in B.`,
    ...tradesOnly('ONLY IN A', comparison.onlyA, options),
    ...tradesOnly('ONLY IN B', comparison.onlyB, options),
    differenceText(comparison),
  ].join('\n\n')
}

function tradesOnly(title: string, trades: readonly ComparedTrade[], options: TerminalOptions): readonly string[] {
  if (trades.length === 0) return []
  const columns = [
    { title: 'Instrument', align: 'left' as const },
    { title: 'Side', align: 'left' as const },
    { title: 'Strategy', align: 'left' as const, drop: 1 },
    { title: 'Opened', align: 'left' as const },
    { title: 'Entry', align: 'right' as const },
    { title: 'Exit reason', align: 'left' as const, drop: 2 },
    { title: 'Net', align: 'right' as const },
  ]
  const rows = trades
    .slice(0, 20)
    .map((trade) => [
      trade.instrument,
      trade.side,
      trade.strategy,
      trade.openedAt,
      priceText(trade.entryPrice),
      trade.exitReason,
      trade.netProfit,
    ])
  const more = trades.length > 20 ? `\nand ${trades.length - 20} more` : ''
  return [renderTable(title, columns, rows, options) + more]
}

function differenceText({ firstDifference: first }: Comparison): string {
  if (first === null) return 'Every decision is the same.'
  return [
    `The decisions part at number ${first.index + 1}, ${first.at}:`,
    `  A  ${first.a ?? 'nothing more'}`,
    `  B  ${first.b ?? 'nothing more'}`,
  ].join('\n')
}

function changeText(pair: MetricPair): string {
  const text = pairText(pair, pair.change)
  return pair.change !== null && pair.change > 0 && /[1-9]/.test(text) ? `+${text}` : text
}

function pairText(pair: MetricPair, value: number | null): string {
  if (pair.kind === 'fraction') return percentText(value)
  return numberText(value, pair.kind === 'count' ? 0 : 2)
}
