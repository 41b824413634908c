import type { ResolvedStrategy } from '#engine/engine.ts'
import type { UnixMs } from '#model/ids.ts'
import type { MarketSource } from '#model/source.ts'
import { inBars } from '../bar-source.ts'
import { type PumpChart, eventChart, falseAlertChart } from './chart.ts'
import { detectSignals } from './detect.ts'
import { describeFalseAlert, type FalseAlertFacts } from './false-alerts.ts'
import type { Jump, PumpLabel } from './labels.ts'
import { measureJumps } from './measure-jumps.ts'
import { lateMs, type Miss, missOf, watchesOf } from './misses.ts'
import { eventScores, falseAlertsOf, hitMs, type PumpEvent, type Recording } from './score.ts'
import { readTape, type Tape } from './tape.ts'

const minuteMs = 60_000

/** One recording, what a detector said about it, and what only its tape can tell. */
export interface Heard {
  readonly recording: Recording
  /** Moment of its first label: to which side of a split it belongs. */
  readonly at: UnixMs
  readonly trades: number
  readonly misses: readonly Miss[]
  /** Hits later than 30 s. */
  readonly late: readonly Miss[]
  readonly falseAlerts: readonly FalseAlertFacts[]
  readonly charts: readonly PumpChart[]
}

export interface ListenOptions {
  readonly file: string
  readonly source: MarketSource
  /** Of this file. */
  readonly labels: readonly PumpLabel[]
  /** Of this file; null = to be measured. */
  readonly jumps: readonly Jump[] | null
  readonly strategy: ResolvedStrategy
  readonly warmUpMs: number
  readonly refractoryMs: number
  /** What the detector gets instead of the trades; null = the trades. */
  readonly candlesMs: number | null
  readonly charts: boolean
  readonly signal?: AbortSignal | undefined
}

/** Runs the detector over one recording and explains what it missed and what it raised for nothing. */
export async function listen(options: ListenOptions): Promise<Heard> {
  const { file, source, labels, strategy, warmUpMs, refractoryMs } = options
  const tape = await readTape(source)
  const pumps = labels.filter(({ kind }) => kind === 'pump').map((label) => pumpOf(label, tape))
  const { alerts, watched } = await detectSignals(
    options.candlesMs === null ? source : inBars(source, options.candlesMs),
    strategy,
    {
      refractoryMs,
      watches: pumps.flatMap(({ onset }) => watchesOf(onset)),
      ...(options.signal ? { signal: options.signal } : {}),
    },
  )
  const recording: Recording = {
    file,
    instrumentId: source.instruments[0].id,
    from: tape.from,
    to: tape.to,
    alerts: alerts.map(({ time, price }) => ({ time, price })),
    pumps,
    jumps: (options.jumps ?? measureJumps(tape)).map(({ minute }) => minute),
  }
  const misses: Miss[] = []
  const late: Miss[] = []
  const events = eventScores(recording, warmUpMs)
  for (const event of events) {
    const [lateWatch, missWatch] = watchesAt(pumps, event.eventId, watched)
    const facts = {
      alerts: recording.alerts,
      refractoryMs,
      renewAbovePct: strategy.document.signal.renewAbovePct ?? null,
    }
    const { onset } = event
    if (event.alert === null) {
      const silence = tape.longestSilence(onset, onset + hitMs)
      misses.push(missOf(event, { ...facts, nearMisses: missWatch, silence }))
    } else if (event.alert.time > onset + lateMs) {
      const silence = tape.longestSilence(onset, onset + lateMs)
      late.push(missOf(event, { ...facts, nearMisses: lateWatch, silence }))
    }
  }
  const falseAlerts = falseAlertsOf(recording, warmUpMs).map((alert) => describeFalseAlert(alert, tape))
  const charts = options.charts
    ? [
        ...events.map((event) => eventChart(event, pumps, recording.alerts, tape)),
        ...falseAlerts.map((alert) => falseAlertChart(alert, recording.alerts, tape)),
      ]
    : []
  const at = Math.min(...labels.map(({ onset, listed }) => onset ?? listed ?? tape.from))
  return { recording, at, trades: tape.trades.time.length, misses, late, falseAlerts, charts }
}

/** What the list leaves open is measured as the list itself was: around the announced minute. */
export function pumpOf({ eventId, onset, listed, prePrice, peakPrice, peakTime }: PumpLabel, tape: Tape): PumpEvent {
  const begin = onset as UnixMs
  const around = listed ?? begin
  const peak = tape.highest(around - 5 * minuteMs, around + 15 * minuteMs)
  return {
    eventId,
    onset: begin,
    prePrice: prePrice ?? tape.medianPrice(around - 60 * minuteMs, around - 5 * minuteMs),
    peakPrice: peakPrice ?? peak?.price ?? null,
    peakTime: peakTime ?? peak?.time ?? null,
  }
}

function watchesAt<T>(pumps: readonly PumpEvent[], eventId: string, watched: readonly T[]): readonly [T, T] {
  const index = pumps.findIndex((pump) => pump.eventId === eventId)
  return [watched[2 * index], watched[2 * index + 1]]
}
