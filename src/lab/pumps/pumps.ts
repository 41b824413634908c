import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UserError } from '#model/failure.ts'
import type { UnixMs } from '#model/ids.ts'
import { openFiles } from '#store/store.ts'
import { inBars } from '../bar-source.ts'
import { onBarsOf } from '../on-bars-of.ts'
import { durationText, timeText } from '../report/format.ts'
import { loadStrategy } from '../strategies.ts'
import type { PumpChart } from './chart.ts'
import { type DetectorCost, measureCost } from './cost.ts'
import { refractoryOf } from './detect.ts'
import type { FalseAlertFacts } from './false-alerts.ts'
import { findTicks } from './find-ticks.ts'
import { readJumps, readLabels } from './labels.ts'
import { type Heard, listen } from './listen.ts'
import type { Miss } from './misses.ts'
import { isScored, type Score, scoreAlerts } from './score.ts'

/** Trades on which the cost of a detector is measured, at least, where there are so many. */
const costTrades = 200_000

export interface PumpSpec {
  /** Folder of ticks. */
  readonly data: string
  readonly labels: string
  /** null = `other_jumps.csv` beside the labels, else measured. */
  readonly jumps: string | null
  /** Name or path. */
  readonly strategy: string
  readonly strategyFolder: string
  readonly warmUpMs: number
  /** null = the strategy's own. */
  readonly refractoryMs: number | null
  /** Length of the candles, made of the trades, that the detector gets instead of them; null = the trades. */
  readonly candlesMs: number | null
  /** Score what was before and from this time apart as well. */
  readonly splitAt: UnixMs | null
  readonly seed: number
  readonly charts: boolean
}

export interface PumpHooks {
  readonly onProgress?: (share: number, what: string) => void
  readonly signal?: AbortSignal
}

/** A label that could not be scored. */
export interface NotScored {
  readonly eventId: string
  readonly file: string
  readonly reason: string
}

/** Everything that was found out about a detector. */
export interface PumpReport {
  readonly spec: PumpSpec
  readonly refractoryMs: number
  readonly strategy: { readonly name: string; readonly hash: string }
  /** Path of the list of jumps; null = measured on the tape. */
  readonly jumps: string | null
  readonly score: Score
  /** Recordings with their events by the moment of their first label. */
  readonly parts: { readonly before: Score; readonly from: Score } | null
  readonly cost: DetectorCost
  readonly misses: readonly Miss[]
  /** Hits later than 30 s, with what stood in the way until then. */
  readonly late: readonly Miss[]
  readonly falseAlerts: readonly FalseAlertFacts[]
  readonly notScored: readonly NotScored[]
  /** Files of the folder without labels. */
  readonly unlabelled: readonly string[]
  readonly charts: readonly PumpChart[]
}

/** Scores the S1 of a strategy on labelled recordings. Throws `UserError` on anything the user can mend. */
export async function scorePumps(spec: PumpSpec, hooks: PumpHooks = {}): Promise<PumpReport> {
  const { signal } = hooks
  const labels = await readLabels(spec.labels)
  const beside = join(dirname(spec.labels), 'other_jumps.csv')
  const jumpsPath = spec.jumps ?? (existsSync(beside) ? beside : null)
  const jumps = jumpsPath === null ? null : await readJumps(jumpsPath)
  const named = loadStrategy(spec.strategy, spec.strategyFolder)
  const strategy = spec.candlesMs === null ? named : onBarsOf(named, spec.candlesMs)
  const refractoryMs = spec.refractoryMs ?? refractoryOf(strategy)
  const found = await findTicks(spec.data, labels, [spec.labels, jumpsPath])
  const heard: Heard[] = []
  for (const [file, path] of found.paths) {
    hooks.onProgress?.((heard.length / found.paths.size) * 0.6, file)
    signal?.throwIfAborted()
    heard.push(
      await listen({
        ...spec,
        refractoryMs,
        file,
        strategy,
        source: await openFiles([path], signal ? { signal } : {}),
        labels: labels.filter((label) => label.file === file),
        jumps: jumps && jumps.filter((jump) => jump.file === file),
        signal,
      }),
    )
  }
  const notScored = [
    ...labels
      .filter(({ file }) => found.missing.includes(file))
      .map(({ eventId, file }) => ({ eventId, file, reason: 'its file is not in the data' })),
    ...heard.flatMap((one) => notScoredIn(one, spec.warmUpMs)),
  ]
  refuseNothing(spec, heard, notScored)
  const sample = await sampleOf([...found.paths.values()], heard, spec.candlesMs)
  const cost = await measureCost(sample, strategy, {
    signal,
    onPass: (done, of) => hooks.onProgress?.(0.6 + 0.4 * (done / of), 'measuring the cost'),
  })
  return {
    spec,
    refractoryMs,
    strategy: { name: named.document.name, hash: named.version },
    jumps: jumpsPath,
    score: scoreOf(heard, spec),
    parts: spec.splitAt === null ? null : partsOf(heard, spec, spec.splitAt),
    cost,
    misses: heard.flatMap(({ misses }) => misses),
    late: heard.flatMap(({ late }) => late),
    falseAlerts: heard.flatMap(({ falseAlerts }) => falseAlerts),
    notScored,
    unlabelled: found.unlabelled,
    charts: heard.flatMap(({ charts }) => charts),
  }
}

const scoreOf = (heard: readonly Heard[], spec: PumpSpec): Score =>
  scoreAlerts(
    heard.map(({ recording }) => recording),
    spec,
  )

const partsOf = (heard: readonly Heard[], spec: PumpSpec, splitAt: UnixMs): PumpReport['parts'] => ({
  before: scoreOf(
    heard.filter(({ at }) => at < splitAt),
    spec,
  ),
  from: scoreOf(
    heard.filter(({ at }) => at >= splitAt),
    spec,
  ),
})

function notScoredIn({ recording }: Heard, warmUpMs: number): NotScored[] {
  const { file, from, to } = recording
  return recording.pumps
    .filter((pump) => !isScored(recording, pump, warmUpMs))
    .map(({ eventId, onset }) => {
      const inWarmUp = onset >= from && onset <= to
      const reason = inWarmUp
        ? `it begins ${durationText(onset - from)} into its file, within the warm-up`
        : `its onset is outside its file, ${timeText(from)} to ${timeText(to)}`
      return { eventId, file, reason }
    })
}

/** A score of nothing would look like a good one. */
function refuseNothing({ labels, warmUpMs }: PumpSpec, heard: readonly Heard[], notScored: readonly NotScored[]): void {
  const pumps = heard.reduce((sum, { recording }) => sum + recording.pumps.length, 0)
  const scored = heard.some(({ recording }) => recording.pumps.some((pump) => isScored(recording, pump, warmUpMs)))
  if (scored) return
  const [first] = notScored
  throw new UserError({
    code: 'noEvents',
    message:
      pumps === 0
        ? 'no file in the data holds a pump'
        : `no pump can be scored after a warm-up of ${durationText(warmUpMs)}; ${first?.eventId}: ${first?.reason}`,
    where: labels,
    remedy: pumps === 0 ? 'label at least one row with kind pump' : 'use longer recordings or a shorter --warm-up',
  })
}

/** Recordings spread evenly over all of them, with enough trades together to tell a cost. */
async function sampleOf(paths: readonly string[], heard: readonly Heard[], candlesMs: number | null) {
  const total = heard.reduce((sum, { trades }) => sum + trades, 0)
  const step = Math.max(1, Math.floor(total / costTrades))
  const chosen = paths.filter((_, index) => index % step === 0)
  const sources = await Promise.all(chosen.map((path) => openFiles([path])))
  return candlesMs === null ? sources : sources.map((source) => inBars(source, candlesMs))
}
