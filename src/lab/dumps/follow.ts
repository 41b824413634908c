import type { ResolvedStrategy } from '#engine/engine.ts'
import type { UnixMs } from '#model/ids.ts'
import type { MarketSource } from '#model/source.ts'
import { detectSignals } from '../pumps/detect.ts'
import type { Jump, PumpLabel } from '../pumps/labels.ts'
import { pumpOf } from '../pumps/listen.ts'
import { measureJumps } from '../pumps/measure-jumps.ts'
import type { Recording } from '../pumps/score.ts'
import { readTape } from '../pumps/tape.ts'
import { type Fall, fallOf } from './fall.ts'

/** One recording, what a detector of peaks said about it, and the falls that its tape has. */
export interface Followed {
  readonly recording: Recording
  readonly falls: readonly Fall[]
  /** Moment of its first label: to which side of a split it belongs. */
  readonly at: UnixMs
  readonly currency: string
}

export interface FollowOptions {
  readonly file: string
  readonly source: MarketSource
  /** Of this file. */
  readonly labels: readonly PumpLabel[]
  /** Of this file; null = to be measured. */
  readonly jumps: readonly Jump[] | null
  readonly strategy: ResolvedStrategy
  readonly refractoryMs: number
  readonly signal?: AbortSignal
}

/** Runs the S1 of a strategy over one recording, as `lab pumps` does, and measures what came after each pump. */
export async function follow(options: FollowOptions): Promise<Followed> {
  const { file, source, labels, strategy, refractoryMs, signal } = options
  const tape = await readTape(source)
  const [{ id: instrumentId, quote: currency }] = source.instruments
  const pumps = labels.filter(({ kind }) => kind === 'pump').map((label) => pumpOf(label, tape))
  const { alerts } = await detectSignals(source, strategy, { refractoryMs, ...(signal ? { signal } : {}) })
  return {
    recording: {
      file,
      instrumentId,
      from: tape.from,
      to: tape.to,
      alerts: alerts.map(({ time, price }) => ({ time, price })),
      pumps,
      jumps: (options.jumps ?? measureJumps(tape)).map(({ minute }) => minute),
    },
    falls: pumps.flatMap((pump) => fallOf(pump, { file, instrumentId, tape }) ?? []),
    at: Math.min(...labels.map(({ onset, listed }) => onset ?? listed ?? tape.from)),
    currency,
  }
}
