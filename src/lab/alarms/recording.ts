import type { ResolvedStrategy } from '#engine/engine.ts'
import { UserError } from '#model/failure.ts'
import type { UnixMs } from '#model/ids.ts'
import type { BarColumns } from '#model/market.ts'
import type { MarketSource } from '#model/source.ts'
import { inBars } from '../bar-source.ts'
import { barIntervalsOf } from '../grid.ts'
import { onBarsOf } from '../on-bars-of.ts'
import { detectSignals } from '../pumps/detect.ts'
import { readTape } from '../pumps/tape.ts'
import type { LiquidityTally } from './liquidity.ts'

const minuteMs = 60_000
/** After an alarm the highest price is looked for in this time. */
export const afterMs = 15 * minuteMs

/** What a recording is made of: trades, or candles of a length in ms. */
export type Grain = 'ticks' | number

/** A signal on a market without labels. */
export interface Alarm {
  readonly time: UnixMs
  readonly price: number
  /** Highest price of the 15 minutes after, above that of the alarm, percent; null where the recording ends before. */
  readonly furtherRisePct: number | null
}

export async function grainOf(recording: MarketSource): Promise<Grain> {
  const [interval] = (await barIntervalsOf(recording)).values()
  return interval ?? 'ticks'
}

export interface ListenOptions {
  readonly warmUpMs: number
  /** null = the strategy's own. */
  readonly refractoryMs: number | null
  readonly signal?: AbortSignal | undefined
}

/** Runs a detector over one recording; alarms of its warm-up are left out. Throws `UserError` where its data lacks what S1 reads. */
export async function alarmsIn(
  recording: MarketSource,
  strategy: ResolvedStrategy,
  { warmUpMs, refractoryMs, signal }: ListenOptions,
): Promise<readonly Alarm[]> {
  const [{ from, to }] = recording.segments
  const grain = await grainOf(recording)
  const detector = grain === 'ticks' ? strategy : onBarsOf(strategy, grain)
  const options = { ...(refractoryMs === null ? {} : { refractoryMs }), ...(signal ? { signal } : {}) }
  const { alerts } = await detectSignals(recording, detector, options).catch((error: unknown) => {
    throw error instanceof UserError && error.code === 'missingFeed' ? otherDetector(error) : error
  })
  const highest = await highestIn(recording, grain)
  return alerts
    .filter(({ time }) => time >= from + warmUpMs)
    .map(({ time, price }) => ({
      time,
      price,
      furtherRisePct:
        time + afterMs > to ? null : 100 * (Math.max(price, highest(time, time + afterMs) ?? price) / price - 1),
    }))
}

/** Adds a recording to what is known of its market's liquidity; trades count as minutes. */
export async function measureLiquidity(recording: MarketSource, tally: LiquidityTally): Promise<void> {
  for await (const bars of barsOf(inBars(recording, minuteMs))) tally.add(bars)
}

/** Highest price after a time up to another; null without any. */
type Highest = (after: UnixMs, until: UnixMs) => number | null

async function highestIn(recording: MarketSource, grain: Grain): Promise<Highest> {
  if (grain === 'ticks') {
    const tape = await readTape(recording)
    return (after, until) => tape.highest(after, until)?.price ?? null
  }
  const blocks: BarColumns[] = []
  for await (const bars of barsOf(recording)) blocks.push(bars)
  return (after, until) => {
    let best = -Infinity
    for (const { time, high } of blocks) {
      for (let at = 0; at < time.length; at++)
        if (time[at] > after && time[at] <= until) best = Math.max(best, high[at])
    }
    return best === -Infinity ? null : best
  }
}

async function* barsOf(recording: MarketSource): AsyncGenerator<BarColumns> {
  for (const segment of recording.segments) for await (const { bars } of segment.read()) if (bars) yield bars
}

const otherDetector = (error: UserError): UserError =>
  new UserError({
    code: error.code,
    message: error.message,
    where: error.where,
    remedy: 'choose a detector that does without, e.g. -s candle-pump on candles, or data that has it',
    cause: error,
  })
