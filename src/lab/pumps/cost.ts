import type { ResolvedStrategy } from '#engine/engine.ts'
import type { MarketBlock } from '#model/market.ts'
import type { MarketSource } from '#model/source.ts'
import { checkStrategy } from '../strategies.ts'
import { detectSignals } from './detect.ts'

const passes = 3

/** What a detector costs; CPU time of this process on decoded data in memory, best of three passes. */
export interface DetectorCost {
  /** The S1 of the strategy less an S1 of one bare condition on the last price, per trade. */
  readonly nsPerTrade: number
  /** The whole engine with that S1: instants, timer, tapes. */
  readonly engineNsPerTrade: number
  /** Of one pass. */
  readonly trades: number
  /** Trades and points of the timer grid: on thin markets most of the work is looking at the clock. */
  readonly instants: number
}

/** Runs detector and bare condition by turns over the recordings. */
export async function measureCost(
  recordings: readonly MarketSource[],
  strategy: ResolvedStrategy,
  refractoryMs: number,
  hooks: { readonly signal?: AbortSignal | undefined; readonly onPass: (done: number, of: number) => void },
): Promise<DetectorCost> {
  const sources = await Promise.all(recordings.map(inMemory))
  const bare = bareStrategy()
  const best = { detector: Infinity, bare: Infinity }
  let trades = 0
  let instants = 0
  for (let pass = 0; pass < passes; pass++) {
    for (const name of ['detector', 'bare'] as const) {
      trades = instants = 0
      const before = process.cpuUsage()
      for (const source of sources) {
        const run = await detectSignals(source, name === 'bare' ? bare : strategy, {
          refractoryMs,
          ...(hooks.signal ? { signal: hooks.signal } : {}),
        })
        trades += run.rows
        instants += run.instants
      }
      const { user, system } = process.cpuUsage(before)
      best[name] = Math.min(best[name], (user + system) * 1_000)
      hooks.onPass(pass * 2 + (name === 'bare' ? 2 : 1), passes * 2)
    }
  }
  return {
    nsPerTrade: (best.detector - best.bare) / trades,
    engineNsPerTrade: best.detector / trades,
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
