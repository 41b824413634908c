import { createEngine, type ResolvedStrategy } from '#engine/engine.ts'
import { spanOf } from '#model/block.ts'
import type { Evidence } from '#model/events.ts'
import type { UnixMs } from '#model/ids.ts'
import { defaultLimits } from '#model/limits.ts'
import type { MarketSource } from '#model/source.ts'
import { clipSource } from '../cut-source.ts'
import { barIntervalsOf, gridOf } from '../grid.ts'
import { onBarsOf } from '../on-bars-of.ts'
import { checkRun, currencyOf } from '../preflight.ts'

const timerMs = 1_000
const balance = 1_000_000_000_00000000n

/** What a strategy reads at a moment, as a live engine would that began so long before. */
export interface ReadingsAt {
  readonly readings: ReadonlyMap<string, Evidence>
  /** Time of the last row seen; −Infinity without any. */
  readonly lastDataAt: UnixMs
}

/**
 * Runs one recording through an engine up to a time, inclusive, from `lookbackMs` before it, and asks for the readings there.
 * Throws `UserError` where the data lacks a feed they need.
 */
export async function readingsAt(
  recording: MarketSource,
  strategy: ResolvedStrategy,
  at: UnixMs,
  lookbackMs: number,
): Promise<ReadingsAt> {
  const barIntervals = await barIntervalsOf(recording)
  const [interval] = barIntervals.values()
  const reader = interval === undefined ? strategy : onBarsOf(strategy, interval)
  checkRun([reader], recording, balance, defaultLimits, barIntervals)
  const engine = createEngine({
    sessionId: '1',
    instruments: recording.instruments,
    strategies: [reader],
    currency: currencyOf(recording.instruments),
    balance,
    limits: defaultLimits,
    gridMs: gridOf(timerMs, recording, barIntervals),
  })
  let lastDataAt = -Infinity
  for (const segment of clipSource(recording, at - lookbackMs, at + 1).segments) {
    for await (const block of segment.read()) {
      lastDataAt = spanOf(block)?.to ?? lastDataAt
      engine.load(block)
      while (engine.nextTime() !== Infinity) engine.step()
    }
  }
  engine.process({ type: 'timer', time: at })
  const [readings = []] = engine.readings(recording.instruments[0].id).values()
  return { readings: new Map(readings.map((reading) => [reading.reading, reading])), lastDataAt }
}
