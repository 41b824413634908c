import type { ResolvedStrategy } from '#engine/engine.ts'
import type { UnixMs } from '#model/ids.ts'
import type { MarketSource } from '#model/source.ts'
import { detectSignals } from '../pumps/detect.ts'
import type { Jump, PumpLabel } from '../pumps/labels.ts'
import { pumpOf } from '../pumps/listen.ts'
import { measureJumps } from '../pumps/measure-jumps.ts'
import { conditionsOf, type MissedCondition } from '../pumps/misses.ts'
import type { Recording } from '../pumps/score.ts'
import { readTape } from '../pumps/tape.ts'
import { type Fall, fallOf } from './fall.ts'
import { hitMs } from './score.ts'

/** One recording, what a detector of peaks said about it, and the falls that its tape has. */
export interface Followed {
  readonly recording: Recording
  readonly falls: readonly Fall[]
  /** How close S1 came within 300 s after the peak, in the order of the falls. */
  readonly blocked: readonly (readonly MissedCondition[])[]
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
  const falls = pumps.flatMap((pump) => fallOf(pump, { file, instrumentId, tape }) ?? [])
  const { alerts, watched } = await detectSignals(source, strategy, {
    refractoryMs,
    watches: falls.map(({ peak }) => ({ from: peak.time, to: peak.time + hitMs })),
    ...(signal ? { signal } : {}),
  })
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
    falls,
    blocked: falls.map(({ peak }, index) => conditionsOf(watched[index], peak.time)),
    at: Math.min(...labels.map(({ onset, listed }) => onset ?? listed ?? tape.from)),
    currency,
  }
}
