import { formatMoney, toNumber } from '#model/money.ts'
import type { RoundTrip } from '#model/order.ts'
import type { EngineOutput } from '#model/events.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { inClosingOrder } from '../metrics/outcome.ts'
import { numberText, percentText, priceText, timeText } from './format.ts'
import { metricsOf } from './report-metrics.ts'
import type { ReportRun } from './report-run.ts'
import { renderTable, type TerminalOptions } from './terminal-table.ts'

export interface MetricPair {
  readonly name: string
  readonly a: number | null
  readonly b: number | null
  /** b − a; null when either is undefined. */
  readonly change: number | null
  readonly kind: 'money' | 'fraction' | 'number' | 'count'
}

/** A leaf of the runs' specifications that differs; `undefined` on one side = absent there. */
export interface SpecDifference {
  readonly path: string
  readonly a: unknown
  readonly b: unknown
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
  readonly firstDifference: {
    readonly index: number
    readonly at: string
    readonly a: string | null
    readonly b: string | null
  } | null
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

function specDifferences(a: ReportRun, b: ReportRun): readonly SpecDifference[] {
  const left = leaves(specOf(a))
  const right = leaves(specOf(b))
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((path) => JSON.stringify(left.get(path)) !== JSON.stringify(right.get(path)))
    .sort()
    .map((path) => ({ path, a: left.get(path), b: right.get(path) }))
}

/** What was asked for; the data by their hashes, the simulator by its own settings. */
function specOf({ spec }: ReportRun): unknown {
  return {
    seed: spec.seed,
    capital: `${formatMoney(spec.capital)} ${spec.currency}`,
    from: timeText(spec.from),
    to: timeText(spec.to),
    strategies: Object.fromEntries(spec.strategies.map(({ name, document }) => [name, document])),
    limits: spec.limits,
    instruments: Object.fromEntries(spec.instruments.map((instrument) => [instrument.id, instrument])),
    data: Object.fromEntries(spec.data.map(({ label, checksum }) => [label, checksum])),
    simulator: spec.simulator,
    settings: spec.settings,
  }
}

function leaves(value: unknown, path = '', into = new Map<string, unknown>()): ReadonlyMap<string, unknown> {
  if (typeof value === 'bigint') into.set(path, formatMoney(value))
  else if (value === null || typeof value !== 'object') into.set(path, value)
  else for (const [key, child] of Object.entries(value)) leaves(child, path === '' ? key : `${path}.${key}`, into)
  return into
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

function firstDifference(a: readonly EngineOutput[], b: readonly EngineOutput[]): Comparison['firstDifference'] {
  const length = Math.max(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const left = a[index]
    const right = b[index]
    if (left !== undefined && right !== undefined && stable(left) === stable(right)) continue
    const time = Math.min(left === undefined ? Infinity : timeOf(left), right === undefined ? Infinity : timeOf(right))
    return {
      index,
      at: timeText(time),
      a: left === undefined ? null : decisionText(left),
      b: right === undefined ? null : decisionText(right),
    }
  }
  return null
}

/** Ids that carry the session or the strategy's hash differ by design and decide nothing. */
const identities = new Set(['instanceId', 'signalId', 'positionId', 'orderId', 'venueOrderId'])
const stable = (fact: EngineOutput): string =>
  JSON.stringify(fact, (key, value: unknown) =>
    identities.has(key) ? undefined : typeof value === 'bigint' ? value.toString() : value,
  )

const timeOf = (fact: EngineOutput): number => (fact.type === 'posted' ? fact.posting.time : fact.time)

function decisionText(fact: EngineOutput): string {
  const at = timeText(timeOf(fact))
  switch (fact.type) {
    case 'transitioned':
      return `${at} ${fact.instrumentId} ${fact.from} → ${fact.to} (${fact.cause}) at ${priceText(fact.price)}`
    case 'signalDetected':
      return `${at} ${fact.instrumentId} signal at ${priceText(fact.price)}`
    case 'signalSkipped':
      return `${at} ${fact.instrumentId} signal skipped (${fact.reasons.join(', ')})`
    case 'orderDenied':
      return `${at} ${fact.instrumentId} denied (${fact.reasons.map((reason) => reason.code).join(', ')})`
    case 'submitOrder':
    case 'orderUpdated':
      return `${at} ${fact.order.instrumentId} ${fact.order.purpose} ${fact.order.side} ${fact.order.quantity}, ${fact.order.status}`
    default:
      return `${at} ${'instrumentId' in fact ? `${fact.instrumentId} ` : ''}${fact.type}`
  }
}

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
