import type { ResolvedStrategy } from '#engine/engine.ts'
import type { MarketBlock } from '#model/market.ts'
import type { MarketSource } from '#model/source.ts'
import { checkStrategy } from '../strategies.ts'
import { detectSignals } from './detect.ts'

const turns = 3

/** A timer so slow that it hardly looks at the clock. */
const slowTimerMs = 3_600_000

/** What a detector costs; CPU time of this process on decoded data in memory, best of three passes. */
export interface DetectorCost {
  /** The S1 of the strategy less an S1 of one bare condition on the last price, per trade. */
  readonly nsPerTrade: number
  /** The same with a timer that hardly ticks: what a trade alone costs. */
  readonly nsPerTradeWithoutTimer: number
  /** The whole engine with that S1: instants, timer, tapes. */
  readonly engineNsPerTrade: number
  /** Of one pass. */
  readonly trades: number
  /** Trades and points of the timer grid: on thin markets most of the work is looking at the clock. */
  readonly instants: number
}

export interface CostHooks {
  readonly signal?: AbortSignal | undefined
  readonly onPass: (done: number, of: number) => void
}

interface Pass {
  readonly detector: ResolvedStrategy
  readonly gridMs: number
}

/** Runs detector and bare condition by turns over the recordings. */
export async function measureCost(
  recordings: readonly MarketSource[],
  strategy: ResolvedStrategy,
  refractoryMs: number,
  hooks: CostHooks,
): Promise<DetectorCost> {
  const sources = await Promise.all(recordings.map(inMemory))
  const bare = bareStrategy()
  const passes: readonly Pass[] = [1_000, slowTimerMs].flatMap((gridMs) => [
    { detector: strategy, gridMs },
    { detector: bare, gridMs },
  ])
  const best = passes.map(() => Infinity)
  let trades = 0
  let instants = 0
  for (let turn = 0; turn < turns; turn++) {
    for (const [index, { detector, gridMs }] of passes.entries()) {
      const before = process.cpuUsage()
      trades = 0
      let gone = 0
      for (const source of sources) {
        const run = await detectSignals(source, detector, {
          refractoryMs,
          gridMs,
          ...(hooks.signal ? { signal: hooks.signal } : {}),
        })
        trades += run.rows
        gone += run.instants
      }
      const { user, system } = process.cpuUsage(before)
      best[index] = Math.min(best[index], (user + system) * 1_000)
      instants = Math.max(instants, gone)
      hooks.onPass(turn * passes.length + index + 1, turns * passes.length)
    }
  }
  const [withTimer, bareWithTimer, alone, bareAlone] = best
  return {
    nsPerTrade: (withTimer - bareWithTimer) / trades,
    nsPerTradeWithoutTimer: (alone - bareAlone) / trades,
    engineNsPerTrade: withTimer / trades,
    trades,
    instants,
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

/** A detector that looks at the last price and is never met. */
function bareStrategy(): ResolvedStrategy {
  const checked = checkStrategy(
    {
      schemaVersion: 1,
      name: 'bare',
      direction: 'long',
      readings: { price: { indicator: 'lastPrice' } },
      signal: { when: { reading: 'price', is: 'lte', value: 0 } },
      entry: { size: { riskPct: 1 } },
      protection: { stopLoss: { distancePct: 50 } },
    },
    [],
  )
  if (!checked.ok) throw new Error(checked.problems[0]?.message)
  return checked.strategy
}
