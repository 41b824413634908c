import { createEngine, type Engine, type ResolvedStrategy } from '#engine/engine.ts'
import type { EngineOutput, NearMiss, VerdictRecord } from '#model/events.ts'
import type { InstrumentId, UnixMs } from '#model/ids.ts'
import { defaultLimits } from '#model/limits.ts'
import type { MarketSource } from '#model/source.ts'
import { type ReplayVenue, replay } from '#session/session.ts'
import { barIntervalsOf, gridOf } from '../grid.ts'
import { checkRun, currencyOf } from '../preflight.ts'
import { pausedAt } from './paused-source.ts'
import { signalOnly } from './signal-only.ts'

/** After an alert a detector sleeps at least this long: one that never sleeps would tell one pump a thousand times. */
const shortestRefractoryMs = 1_000

/** How long the strategy itself sleeps after a signal that leads to no entry. */
export function refractoryOf({ document: { cancel } }: ResolvedStrategy): number {
  return Math.max(shortestRefractoryMs, cancel.timeoutMs + cancel.cooldownMs)
}

/** A signal as a live system would have told it, at the event time at which the engine emitted it. */
export interface Alert {
  readonly instrumentId: InstrumentId
  readonly time: UnixMs
  /** Last trade. */
  readonly price: number
  readonly verdicts: readonly VerdictRecord[]
}

/** A stretch of event time of whose near misses an account is wanted. */
export interface Watch {
  readonly from: UnixMs
  readonly to: UnixMs
}

export interface DetectionRun {
  readonly alerts: readonly Alert[]
  /** How close S1 came in each watch; of watches that overlap, since the last one began. */
  readonly watched: readonly (readonly NearMiss[])[]
  /** Rows fed, and instants gone through: trades and points of the timer grid. */
  readonly rows: number
  readonly instants: number
}

export interface DetectOptions {
  /** Sleep after an alert; the strategy's own when absent. */
  readonly refractoryMs?: number
  /** Timer of the engine where the data has trades; 1 s when absent. */
  readonly gridMs?: number
  readonly watches?: readonly Watch[]
  readonly signal?: AbortSignal
  readonly onProgress?: (rows: number, time: UnixMs) => void
}

/**
 * Runs the S1 group of a strategy over recorded market, as a replay runs it, and gives every signal; no order ever leaves.
 * State starts fresh with every call: separate recordings of one instrument are separate calls (`recordingsOf`).
 * Throws `UserError` where the data lacks a feed the signal needs.
 */
export async function detectSignals(
  source: MarketSource,
  strategy: ResolvedStrategy,
  options: DetectOptions = {},
): Promise<DetectionRun> {
  const detector = signalOnly(strategy, options.refractoryMs ?? refractoryOf(strategy))
  const barIntervals = await barIntervalsOf(source)
  checkRun([detector], source, balance, defaultLimits, barIntervals)
  const engine = createEngine({
    sessionId: '1',
    instruments: source.instruments,
    strategies: [detector],
    currency: currencyOf(source.instruments),
    balance,
    limits: defaultLimits,
    gridMs: gridOf(options.gridMs ?? 1_000, source, barIntervals),
  })
  const alerts: Alert[] = []
  const onOutputs = (outputs: readonly EngineOutput[]): void => collect(outputs, alerts)
  const { watched, paused } = watching(engine, source, options.watches ?? [], onOutputs)
  const rows = await replay({
    engine,
    venue: noVenue,
    source: paused,
    observer: { onOutputs, onProgress: options.onProgress ?? ignore },
    ...(options.signal ? { signal: options.signal } : {}),
  })
  return { alerts, watched, rows, instants: engine.instants() }
}

/** Every segment of a source as a source of its own. */
export function recordingsOf(source: MarketSource): readonly MarketSource[] {
  return source.segments.map((segment) => ({
    instruments: source.instruments.filter(({ id }) => id === segment.instrumentId),
    segments: [segment],
  }))
}

/** The source with a stop at both ends of every watch, at which the engine's clock is brought there and its account read. */
function watching(
  engine: Engine,
  source: MarketSource,
  watches: readonly Watch[],
  onOutputs: (outputs: readonly EngineOutput[]) => void,
): { watched: (readonly NearMiss[])[]; paused: MarketSource } {
  const watched: (readonly NearMiss[])[] = watches.map(() => [])
  const times = new Set(watches.flatMap(({ from, to }) => [from, to]))
  const paused = pausedAt(source, [...times], (time) => {
    onOutputs(engine.process({ type: 'timer', time }))
    watches.forEach(({ to }, index) => {
      if (to === time) watched[index] = engine.nearMisses()
    })
    if (watches.some(({ from }) => from === time)) engine.forgetNearMisses()
  })
  return { watched, paused }
}

/** So much that no check of the account could ever stand between a signal and its alert. */
const balance = 1_000_000_000_00000000n

const ignore = (): void => undefined

function collect(outputs: readonly EngineOutput[], alerts: Alert[]): void {
  for (const output of outputs) {
    if (output.type === 'submitOrder') throw new Error('a detector may not trade')
    if (output.type !== 'signalDetected') continue
    const { instrumentId, time, price, verdicts } = output
    alerts.push({ instrumentId, time, price, verdicts })
  }
}

/** There is nothing to be told by a venue that never gets an order. */
const noVenue: ReplayVenue = {
  load: ignore,
  submit: ignore,
  cancel: ignore,
  nextTime: () => Infinity,
  take: () => [],
}
