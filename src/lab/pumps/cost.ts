import type { ResolvedStrategy } from '#engine/engine.ts'
import type { MarketBlock } from '#model/market.ts'
import type { StrategyDocument } from '#model/strategy.ts'
import type { MarketSource } from '#model/source.ts'
import { checkStrategy } from '../strategies.ts'
import { detectSignals } from './detect.ts'

const turns = 3
const timerMs = 1_000
/** A timer so slow that it hardly looks at the clock. */
const slowTimerMs = 3_600_000

/**
 * What a detector costs: the S1 of the strategy less an S1 of one bare condition on the last price, in CPU time of this process
 * on decoded data in memory, best of three passes. Evidence, which a live engine keeps up as well, is not counted.
 */
export interface DetectorCost {
  /** For a trade. */
  readonly nsPerTrade: number
  /** For a point of the 1 s timer, of which a thin market has far more than trades. */
  readonly nsPerTimerPoint: number
  /** The whole engine with that S1, timer, tapes and evidence included. */
  readonly engineNsPerTrade: number
  /** Of one pass. */
  readonly trades: number
  readonly timerPoints: number
}

export interface CostHooks {
  readonly signal?: AbortSignal | undefined
  readonly onPass: (done: number, of: number) => void
}

/** Runs detector and bare condition by turns over the recordings. */
export async function measureCost(
  recordings: readonly MarketSource[],
  strategy: ResolvedStrategy,
  hooks: CostHooks,
): Promise<DetectorCost> {
  const sources = await Promise.all(recordings.map(inMemory))
  const { evidence: _, ...signal } = strategy.document.signal
  const detector = resolved({ ...strategy.document, signal })
  const bare = resolved(bareDocument)
  const passes = [
    { detector, gridMs: slowTimerMs },
    { detector: bare, gridMs: slowTimerMs },
    { detector, gridMs: timerMs },
    { detector: bare, gridMs: timerMs },
    { detector: strategy, gridMs: timerMs },
  ]
  const best = passes.map(() => ({ ns: Infinity, trades: 0, instants: 0 }))
  for (let turn = 0; turn < turns; turn++) {
    for (const [index, pass] of passes.entries()) {
      const before = process.cpuUsage()
      let trades = 0
      let instants = 0
      for (const source of sources) {
        const { gridMs } = pass
        const run = await detectSignals(source, pass.detector, {
          gridMs,
          ...(hooks.signal && { signal: hooks.signal }),
        })
        trades += run.rows
        instants += run.instants
      }
      const { user, system } = process.cpuUsage(before)
      best[index] = { ns: Math.min(best[index].ns, (user + system) * 1_000), trades, instants }
      hooks.onPass(turn * passes.length + index + 1, turns * passes.length)
    }
  }
  const [alone, bareAlone, timed, bareTimed, whole] = best
  const ofTrades = alone.ns - bareAlone.ns
  const timerPoints = timed.instants - timed.trades
  return {
    nsPerTrade: ofTrades / alone.trades,
    nsPerTimerPoint: timerPoints > 0 ? (timed.ns - bareTimed.ns - ofTrades) / timerPoints : 0,
    engineNsPerTrade: whole.ns / whole.trades,
    trades: alone.trades,
    timerPoints,
  }
}

async function inMemory(source: MarketSource): Promise<MarketSource> {
  const segments = source.segments.map(async (segment) => {
    const blocks: MarketBlock[] = []
    for await (const block of segment.read()) blocks.push(block)
    return {
      ...segment,
      async *read() {
        yield* blocks
      },
    }
  })
  return { instruments: source.instruments, segments: await Promise.all(segments) }
}

function resolved(document: StrategyDocument): ResolvedStrategy {
  const checked = checkStrategy(document, [])
  if (!checked.ok) throw new Error(checked.problems[0]?.message)
  return checked.strategy
}

/** A detector that looks at the last price and is never met. */
const bareDocument: StrategyDocument = {
  schemaVersion: 1,
  name: 'bare',
  direction: 'long',
  readings: { price: { indicator: 'lastPrice' } },
  signal: { when: { reading: 'price', is: 'lte', value: 0 } },
  entry: { size: { riskPct: 1 } },
  protection: { stopLoss: { distancePct: 50 } },
}
