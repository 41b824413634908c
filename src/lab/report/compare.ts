import { formatMoney, toNumber } from '#model/money.ts'
import type { RoundTrip } from '#model/order.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { inClosingOrder } from '../metrics/outcome.ts'
import { wrap } from './columns.ts'
import { amountsIn, countOf, decimalsOf, numberText, parseMoney, percentText, priceText, timeText } from './format.ts'
import { metricsOf } from './report-metrics.ts'
import type { ReportRun } from './report-run.ts'
import { type DecisionDifference, firstDifference, type SpecDifference, specDifferences } from './run-differences.ts'
import { settingRows, type SettingRow } from './setting-rows.ts'
import { renderTable, type TerminalOptions } from './terminal-table.ts'

export interface MetricPair {
  readonly name: string
  readonly a: number | null
  readonly b: number | null
  /** b − a; null when either is undefined, and for amounts in different currencies. */
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
  /** Of each run's amounts. */
  readonly currencies: readonly [a: string, b: string]
  readonly sameFingerprint: boolean
  readonly metrics: readonly MetricPair[]
  /** Every leaf that differs. */
  readonly spec: readonly SpecDifference[]
  /** The same in short, as the text shows it. */
  readonly settings: readonly SettingRow[]
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
    currencies: [a.spec.currency, b.spec.currency],
    sameFingerprint: a.fingerprint === b.fingerprint,
    metrics: metricPairs(metricsOf(a), metricsOf(b), a.spec.currency === b.spec.currency),
    spec: specDifferences(a, b),
    settings: settingRows(a.spec, b.spec),
    shared: [...keysA].filter((key) => keysB.has(key)).length,
    onlyA: inClosingOrder(a.roundTrips.filter((trip) => !keysB.has(keyOf(trip)))).map(comparedTrade),
    onlyB: inClosingOrder(b.roundTrips.filter((trip) => !keysA.has(keyOf(trip)))).map(comparedTrade),
    firstDifference: firstDifference(a.decisions, b.decisions),
  }
}

function metricPairs(a: Metrics, b: Metrics, sameCurrency: boolean): readonly MetricPair[] {
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
    const comparable = left !== null && right !== null && (kind !== 'money' || sameCurrency)
    return { name, kind, a: left, b: right, change: comparable ? right - left : null }
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

/** Rows of settings shown; the rest is counted. */
const maxSettings = 15

/** The comparison for a terminal. */
export function comparisonText(comparison: Comparison, options: TerminalOptions): string {
  const { currencies } = comparison
  const same = currencies[0] === currencies[1]
  const columns = [
    { title: 'Metric', align: 'left' as const },
    { title: `A ${comparison.a}`, align: 'right' as const },
    { title: `B ${comparison.b}`, align: 'right' as const },
    { title: 'B − A', align: 'right' as const, drop: 1 },
  ]
  const rows = comparison.metrics.map((pair) => [
    pair.kind === 'money' && same ? `${pair.name}, ${currencies[0]}` : pair.name,
    pairText(pair, pair.a, currencies[0], same),
    pairText(pair, pair.b, currencies[1], same),
    changeText(pair, currencies[0]),
  ])
  const title = comparison.sameFingerprint
    ? 'The two runs have the same fingerprint.'
    : 'The two runs have different fingerprints.'
  return [
    title,
    settingsText(comparison, options),
    renderTable('WHAT CAME OUT', columns, rows, options),
    `${comparison.shared} trades in both, ${comparison.onlyA.length} only in A, ${comparison.onlyB.length} only in B.`,
    ...tradesOnly('ONLY IN A', comparison.onlyA, currencies[0], options),
    ...tradesOnly('ONLY IN B', comparison.onlyB, currencies[1], options),
    differenceText(comparison, options.width),
  ].join('\n\n')
}

function settingsText({ settings, spec }: Comparison, options: TerminalOptions): string {
  if (spec.length === 0) return 'No setting differs.'
  const columns = [
    { title: 'Setting', align: 'left' as const },
    { title: 'A', align: 'left' as const },
    { title: 'B', align: 'left' as const },
  ]
  // A third of the terminal for each, two lines at most.
  const most = Math.max(24, Math.floor(((options.width - 30) / 2) * 1.8))
  const cut = (text: string): string => (text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text)
  const rows = settings.slice(0, maxSettings).map(({ path, a, b }) => [path, cut(a), cut(b)])
  const rest = settings.length - rows.length
  const more = rest > 0 ? [`and ${countOf(rest, 'more setting')}`] : []
  const note = [...more, `${countOf(spec.length, 'value')} in all; --json lists every one.`].join('; ')
  return `${renderTable('WHAT WAS ASKED', columns, rows, options)}\n${note}`
}

function tradesOnly(
  title: string,
  trades: readonly ComparedTrade[],
  currency: string,
  options: TerminalOptions,
): readonly string[] {
  if (trades.length === 0) return []
  const columns = [
    { title: 'Instrument', align: 'left' as const },
    { title: 'Side', align: 'left' as const, drop: 3 },
    { title: 'Strategy', align: 'left' as const, drop: 1 },
    { title: 'Opened', align: 'left' as const },
    { title: 'Entry', align: 'right' as const, drop: 1 },
    { title: 'Exit reason', align: 'left' as const, drop: 2 },
    { title: `Net ${currency}`, align: 'right' as const },
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
      amountsIn(currency).signed(parseMoney(trade.netProfit)),
    ])
  const more = trades.length > 20 ? `\nand ${trades.length - 20} more` : ''
  return [renderTable(title, columns, rows, options) + more]
}

function differenceText({ firstDifference: first }: Comparison, width: number): string {
  if (first === null) return 'Every decision is the same.'
  const side = (name: string, text: string | null): readonly string[] =>
    wrap(`${name}  ${text ?? 'nothing more'}`, width - 3, 2).map((line, at) => (at === 0 ? line : `   ${line}`))
  return [
    `The decisions part at number ${first.index + 1}, ${first.at}:`,
    ...side('A', first.a),
    ...side('B', first.b),
  ].join('\n')
}

function changeText(pair: MetricPair, currency: string): string {
  const text = pairText(pair, pair.change, currency, true)
  return pair.change !== null && pair.change > 0 && /[1-9]/.test(text) ? `+${text}` : text
}

/** The currency stands beside the amount where the two runs have different ones. */
function pairText(pair: MetricPair, value: number | null, currency: string, same: boolean): string {
  if (pair.kind === 'fraction') return percentText(value)
  if (pair.kind === 'count') return numberText(value, 0)
  if (pair.kind === 'number') return numberText(value)
  const text = numberText(value, decimalsOf(currency))
  return same || value === null ? text : `${text} ${currency}`
}
