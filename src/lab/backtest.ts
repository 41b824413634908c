import { createEngine, type ResolvedStrategy } from '#engine/engine.ts'
import type { UnixMs } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { Money } from '#model/money.ts'
import type { Costs } from '#model/order.ts'
import type { LookaheadCheck, StoredRun } from '#model/run.ts'
import type { MarketSource } from '#model/source.ts'
import { replay } from '#session/session.ts'
import { createSimulator } from '#simulator/simulator.ts'
import { hashOf } from './canonical.ts'
import { codeVersion } from './code-version.ts'
import { cutSource } from './cut-source.ts'
import { barIntervalsOf, gridOf } from './grid.ts'
import { measureRun } from './metrics/measure.ts'
import { runMetrics } from './metrics/record.ts'
import { capitalOf, checkRun, currencyOf } from './preflight.ts'
import { RunRecorder } from './recorder.ts'
import { type DataNotes, openSource } from './source.ts'
import type { BacktestSpec } from './spec.ts'
import { loadStrategy } from './strategies.ts'

export interface BacktestHooks {
  /** Share of the whole work done, 0–1, with the event time reached. */
  readonly onProgress?: (share: number, time: UnixMs, stage: 'replay' | 'lookahead') => void
  readonly signal?: AbortSignal
}

/** A run that is not in the ledger yet. */
export type FinishedRun = Omit<StoredRun, 'id'>

/** Runs a spec from data to metrics, then once more with the data cut to check for look-ahead. Throws `UserError` on anything the user can mend. */
export async function runBacktest(spec: BacktestSpec, hooks: BacktestHooks = {}): Promise<FinishedRun> {
  const started = performance.now()
  const strategies = spec.strategies.map((name) => loadStrategy(name, spec.strategyFolder))
  const { source, notes } = await openSource(spec)
  const instruments = source.instruments.map((instrument) => withFees(instrument, spec))
  const currency = currencyOf(instruments)
  const capital = capitalOf(spec.capital, currency)
  const barIntervals = await barIntervalsOf(source)
  checkRun(strategies, source, capital, spec.limits, barIntervals)
  const gridMs = gridOf(spec.gridMs, source, barIntervals)
  const setup: Setup = { spec, strategies, instruments, currency, capital, source, gridMs }
  const total = source.segments.reduce((sum, { rows }) => sum + rows, 0) || 1
  const first = await runOnce(
    setup,
    source,
    (rows, time) => hooks.onProgress?.(Math.min(1, rows / total) / 2, time, 'replay'),
    hooks.signal,
  )
  const lookahead = await checkLookahead(
    setup,
    first.recorder,
    (rows, time) => hooks.onProgress?.(0.5 + Math.min(1, rows / total) / 2, time, 'lookahead'),
    hooks.signal,
  )
  return finish(setup, notes, first, lookahead, performance.now() - started)
}

interface Setup {
  readonly spec: BacktestSpec
  readonly strategies: readonly ResolvedStrategy[]
  readonly instruments: readonly Instrument[]
  readonly currency: string
  readonly capital: Money
  readonly source: MarketSource
  readonly gridMs: number
}

interface Pass {
  readonly recorder: RunRecorder
  readonly engine: ReturnType<typeof createEngine>
  readonly events: number
}

async function runOnce(
  setup: Setup,
  source: MarketSource,
  onProgress: (rows: number, time: UnixMs) => void,
  signal: AbortSignal | undefined,
): Promise<Pass> {
  const { spec, strategies, instruments, currency, capital, gridMs } = setup
  const from = Math.min(...source.segments.map((segment) => segment.from))
  const engine = createEngine({
    sessionId: '1',
    instruments,
    strategies,
    currency,
    balance: capital,
    limits: spec.limits,
    gridMs,
    ...(spec.warmUpMs > 0 ? { entriesFrom: from + spec.warmUpMs } : {}),
  })
  const venue = createSimulator({
    instruments,
    balance: capital,
    latency: spec.latency,
    reportLatencyMs: spec.reportLatencyMs,
    participation: spec.participation,
    impact: spec.impact,
    seed: spec.seed,
    assumedFundingRate: spec.assumedFundingRate,
    fundingFeeds: [
      ...new Set(
        source.segments.filter(({ feeds }) => feeds.includes('funding')).map(({ instrumentId }) => instrumentId),
      ),
    ],
  })
  const recorder = new RunRecorder(engine, onProgress)
  const events = await replay({ engine, venue, source, observer: recorder, ...(signal ? { signal } : {}) })
  return { recorder, engine, events }
}

/** The same run on data that ends, for everyone involved, at each of many moments before it goes on: no decision may differ. */
async function checkLookahead(
  setup: Setup,
  first: RunRecorder,
  onProgress: (rows: number, time: UnixMs) => void,
  signal: AbortSignal | undefined,
): Promise<LookaheadCheck> {
  const cuts = chooseCuts(setup, first.decisionTimes)
  const second = await runOnce(setup, cutSource(setup.source, cuts), onProgress, signal)
  const a = first.decisionHashes
  const b = second.recorder.decisionHashes
  let changedDecisions = Math.abs(a.length - b.length)
  let firstChange: string | undefined
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    if (a[index] === b[index]) continue
    changedDecisions++
    firstChange ??= `${a[index]} became ${b[index]}`
  }
  return { cuts: cuts.length, changedDecisions, ...(firstChange === undefined ? {} : { firstChange }) }
}

/** Half of the cuts at moments of decision, where looking ahead would pay; the rest spread over the data by the seed. */
function chooseCuts({ spec, source }: Setup, decisionTimes: readonly UnixMs[]): UnixMs[] {
  const cuts = new Set<UnixMs>()
  const moments = [...new Set(decisionTimes)]
  const step = Math.max(1, Math.ceil(moments.length / Math.ceil(spec.cuts / 2)))
  for (let index = 0; index < moments.length; index += step) cuts.add(moments[index])
  let state = (spec.seed ^ 0x9e3779b9) >>> 0
  for (let tries = 0; cuts.size < spec.cuts && tries < spec.cuts * 4; tries++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const segment = source.segments[state % source.segments.length]
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    if (segment) cuts.add(Math.floor(segment.from + (segment.to - segment.from) * (state / 2 ** 32)))
  }
  return [...cuts]
}

function finish(
  setup: Setup,
  notes: DataNotes,
  { recorder, engine, events }: Pass,
  lookahead: LookaheadCheck,
  durationMs: number,
): FinishedRun {
  const { spec, source, strategies, instruments, currency, capital } = setup
  const from = Math.min(...source.segments.map((segment) => segment.from))
  const to = Math.max(...source.segments.map((segment) => segment.to))
  const data = source.segments.map((segment) => ({
    instrumentId: segment.instrumentId,
    label: segment.label,
    checksum: segment.checksum,
    rows: segment.rows,
    from: segment.from,
    to: segment.to,
  }))
  const simulator = {
    latency: spec.latency,
    reportLatencyMs: spec.reportLatencyMs,
    participation: spec.participation,
    impact: spec.impact,
    assumedFundingRate: spec.assumedFundingRate,
    fees: spec.fees ?? null,
  }
  const runSpec: StoredRun['spec'] = {
    strategies: strategies.map(({ document, version }) => ({ name: document.name, hash: version, document })),
    instruments,
    data,
    limits: spec.limits,
    capital,
    currency,
    simulator,
    settings: {
      source: spec.source,
      instruments: spec.instruments,
      warmUpMs: spec.warmUpMs,
      gridMs: setup.gridMs,
    },
    seed: spec.seed,
    from,
    to,
  }
  const decisions = recorder.decisions
  const count = (type: string): number => decisions.filter((decision) => decision.type === type).length
  const outputHash = recorder.outputHash()
  const version = codeVersion()
  const inputs = {
    strategies: runSpec.strategies.map(({ hash }) => hash),
    data: data.map(({ checksum }) => checksum),
    instruments,
    simulator,
    limits: spec.limits,
    capital,
    seed: spec.seed,
    gridMs: setup.gridMs,
    warmUpMs: spec.warmUpMs,
    from,
    to,
  }
  const measured = {
    spec: runSpec,
    roundTrips: recorder.roundTrips,
    decisions,
    orders: [...recorder.orders.values()],
    fills: recorder.fills,
    equity: recorder.equity(),
    prices: recorder.prices(),
    account: engine.account(),
  }
  return {
    ...measured,
    name: strategies.map(({ document }) => document.name).join('+'),
    createdAt: new Date().toISOString(),
    kind: 'backtest',
    status: 'completed',
    codeVersion: version,
    fingerprint: hashOf({ inputs, version, outputHash }),
    outputHash,
    durationMs,
    counts: {
      events,
      signals: count('signalDetected'),
      skippedSignals: count('signalSkipped'),
      deniedOrders: count('orderDenied'),
      orders: recorder.orders.size,
      fills: recorder.fills.length,
      roundTrips: recorder.roundTrips.length,
    },
    metrics: runMetrics(measureRun(measured)),
    costs: totalCosts(recorder.roundTrips.map(({ costs }) => costs)),
    postings: recorder.postings,
    nearMisses: engine.nearMisses(),
    quality: { ...notes, rows: events, files: source.segments.length },
    lookahead,
  }
}

function totalCosts(costs: readonly Costs[]): Costs {
  const total = { fee: 0n, spread: 0n, impact: 0n, delay: 0n, funding: 0n }
  for (const cost of costs) {
    total.fee += cost.fee
    total.spread += cost.spread
    total.impact += cost.impact
    total.delay += cost.delay
    total.funding += cost.funding
  }
  return total
}

function withFees(instrument: Instrument, { fees }: BacktestSpec): Instrument {
  return fees ? { ...instrument, makerFeeRate: fees.maker, takerFeeRate: fees.taker } : instrument
}
