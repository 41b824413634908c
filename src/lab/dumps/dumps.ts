import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UserError } from '#model/failure.ts'
import type { UnixMs } from '#model/ids.ts'
import type { RoundTrip } from '#model/order.ts'
import { openFiles } from '#store/store.ts'
import { runBacktests } from '../jobs.ts'
import { refractoryOf } from '../pumps/detect.ts'
import { findTicks } from '../pumps/find-ticks.ts'
import { readJumps, readLabels } from '../pumps/labels.ts'
import { blockText } from '../pumps/misses.ts'
import type { NotScored, PumpHooks } from '../pumps/pumps.ts'
import { isScored, type Score, scoreAlerts } from '../pumps/score.ts'
import { durationText } from '../report/format.ts'
import type { BacktestSpec } from '../spec.ts'
import { loadStrategy } from '../strategies.ts'
import { type Capture, captureOf, type CaptureScore, scoreCaptures, tradesOf } from './captured.ts'
import { type Followed, follow } from './follow.ts'
import { type DetectionScore, type FallScore, scoreFall, scoreFalls } from './score.ts'

export interface DumpSpec {
  /** Folder of ticks. */
  readonly data: string
  readonly labels: string
  /** null = `other_jumps.csv` beside the labels, else measured. */
  readonly jumps: string | null
  /** Name or path. */
  readonly strategy: string
  /** Sleep after an alert; null = the strategy's own. */
  readonly refractoryMs: number | null
  /** Score what was before and from this time apart as well. */
  readonly splitAt: UnixMs | null
  /** Trade the whole strategy, too; null = score S1 only. */
  readonly workers: number | null
  /** How to trade; its warm-up and its seed are those of the score. */
  readonly backtest: Omit<BacktestSpec, 'strategies' | 'source' | 'instruments'>
}

/** One fall with what was said of it and what was taken. */
export interface FollowedFall extends FallScore {
  /** null = not traded at all. */
  readonly capture: Capture | null
  /** Of one that was not found: what stood in the way of S1, in one line. */
  readonly blockedBy: string | null
}

export interface DumpScore {
  readonly detection: DetectionScore
  /** Of false alerts and coin-days. */
  readonly alarms: Score
  readonly capture: CaptureScore | null
}

export interface DumpReport {
  readonly spec: DumpSpec
  readonly strategy: { readonly name: string; readonly hash: string }
  readonly currency: string
  readonly refractoryMs: number
  readonly jumps: string | null
  readonly score: DumpScore
  /** Recordings with their falls by the moment of their first label. */
  readonly parts: { readonly before: DumpScore; readonly from: DumpScore } | null
  readonly falls: readonly FollowedFall[]
  /** Decisions that the look-ahead check saw change; null = nothing was traded. */
  readonly changedDecisions: number | null
  readonly notScored: readonly NotScored[]
}

/** Scores a short strategy on labelled recordings: its S1 as a detector of the peak, and all of it as a trader. Throws `UserError`. */
export async function scoreDumps(spec: DumpSpec, hooks: PumpHooks = {}): Promise<DumpReport> {
  const { signal } = hooks
  const { warmUpMs } = spec.backtest
  const labels = await readLabels(spec.labels)
  const beside = join(dirname(spec.labels), 'other_jumps.csv')
  const jumpsPath = spec.jumps ?? (existsSync(beside) ? beside : null)
  const jumps = jumpsPath === null ? null : await readJumps(jumpsPath)
  const strategy = loadStrategy(spec.strategy, spec.backtest.strategyFolder)
  if (strategy.document.direction !== 'short') throw notShort(strategy.document.name)
  const refractoryMs = spec.refractoryMs ?? refractoryOf(strategy)
  const found = await findTicks(spec.data, labels, [spec.labels, jumpsPath])
  const followed: Followed[] = []
  const share = spec.workers === null ? 1 : 0.4
  for (const [file, path] of found.paths) {
    hooks.onProgress?.((followed.length / found.paths.size) * share, file)
    signal?.throwIfAborted()
    followed.push(
      await follow({
        file,
        source: await openFiles([path], signal ? { signal } : {}),
        labels: labels.filter((label) => label.file === file),
        jumps: jumps && jumps.filter((jump) => jump.file === file),
        strategy,
        refractoryMs,
        ...(signal ? { signal } : {}),
      }),
    )
  }
  const traded = spec.workers === null ? null : await trade(spec, spec.workers, [...found.paths.values()], hooks)
  const parts = followed.map((one, index): Part => partOf(one, traded?.[index]?.roundTrips ?? null, warmUpMs))
  refuseNothing(spec, parts)
  const notScored = [
    ...labels
      .filter(({ file }) => found.missing.includes(file))
      .map(({ eventId, file }) => ({ eventId, file, reason: 'its file is not in the data' })),
    ...parts.flatMap((part) => part.notScored),
  ]
  const { splitAt } = spec
  return {
    spec,
    strategy: { name: strategy.document.name, hash: strategy.version },
    currency: followed[0].currency,
    refractoryMs,
    jumps: jumpsPath,
    score: scoreOf(parts, spec),
    parts:
      splitAt === null
        ? null
        : {
            before: scoreOf(
              parts.filter(({ at }) => at < splitAt),
              spec,
            ),
            from: scoreOf(
              parts.filter(({ at }) => at >= splitAt),
              spec,
            ),
          },
    falls: parts.flatMap(({ falls }) => falls).toSorted((a, b) => a.peak.time - b.peak.time),
    changedDecisions: traded && traded.reduce((sum, { lookahead }) => sum + (lookahead?.changedDecisions ?? 0), 0),
    notScored,
  }
}

/** What one recording brings to the score. */
interface Part extends Followed {
  readonly falls: readonly FollowedFall[]
  /** null = not traded. */
  readonly elsewhere: readonly RoundTrip[] | null
  readonly notScored: readonly NotScored[]
}

function partOf(followed: Followed, trades: readonly RoundTrip[] | null, warmUpMs: number): Part {
  const { recording, falls: all, blocked } = followed
  const { file, alerts, pumps } = recording
  const scored = pumps.filter((pump) => isScored(recording, pump, warmUpMs))
  const falls = all
    .filter(({ eventId }) => scored.some((pump) => pump.eventId === eventId))
    .toSorted((a, b) => a.onset - b.onset)
  const owned = falls.map((fall) => (trades === null ? null : tradesOf(fall, falls, trades)))
  return {
    ...followed,
    falls: falls.map((fall, index) => {
      const own = owned[index]
      const score = scoreFall(fall, alerts)
      const blockedBy = score.alert === null ? blockText(blocked[all.indexOf(fall)]) : null
      return { ...score, capture: own && captureOf(fall, own), blockedBy }
    }),
    elsewhere: trades && trades.filter((one) => !owned.some((own) => own?.includes(one))),
    notScored: pumps
      .filter(({ eventId }) => !falls.some((fall) => fall.eventId === eventId))
      .map((pump) => ({
        eventId: pump.eventId,
        file,
        reason: scored.includes(pump)
          ? 'nothing traded around its minute: no peak is known'
          : 'its onset is not in the scored part of its file',
      })),
  }
}

function scoreOf(parts: readonly Part[], { backtest }: DumpSpec): DumpScore {
  const falls = parts.flatMap((part) => part.falls)
  const captures = falls.flatMap(({ capture }) => capture ?? [])
  const elsewhere = parts.flatMap((part) => part.elsewhere ?? [])
  return {
    detection: scoreFalls(falls, backtest.seed),
    alarms: scoreAlerts(
      parts.map(({ recording }) => recording),
      backtest,
    ),
    capture: parts.some((part) => part.elsewhere !== null) ? scoreCaptures(captures, elsewhere, backtest.seed) : null,
  }
}

/** The whole strategy, every file on an account of its own. */
function trade({ strategy, backtest }: DumpSpec, workers: number, paths: readonly string[], hooks: PumpHooks) {
  const specs = paths.map((path): BacktestSpec => ({
    ...backtest,
    strategies: [strategy],
    source: { kind: 'files', paths: [path] },
    instruments: [],
  }))
  return runBacktests(specs, workers, {
    ...(hooks.signal ? { signal: hooks.signal } : {}),
    onProgress: (share) => hooks.onProgress?.(0.4 + 0.6 * share, 'trading'),
  })
}

function notShort(name: string): UserError {
  return new UserError({
    code: 'notShort',
    message: `${name} is a long strategy: it does not sell the fall`,
    where: '--strategy',
    remedy: 'name a short one, e.g. pump-fade; `riptide lab pumps` scores long ones',
    exit: 'configuration',
  })
}

/** A score of nothing would look like a good one. */
function refuseNothing({ labels, backtest }: DumpSpec, parts: readonly Part[]): void {
  if (parts.some(({ falls }) => falls.length > 0)) return
  throw new UserError({
    code: 'noEvents',
    message: `no peak of a pump can be scored after a warm-up of ${durationText(backtest.warmUpMs)}`,
    where: labels,
    remedy: 'label at least one row with kind pump, use longer recordings, or a shorter --warm-up',
  })
}
