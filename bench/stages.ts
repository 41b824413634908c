import { createEngine, resolveStrategy } from '#engine/engine.ts'
import { defaultLimits } from '#model/limits.ts'
import type { TradeColumns } from '#model/market.ts'
import { type StrategyDocument, strategySchema } from '#model/strategy.ts'
import { spreadOf, timed } from './measure.ts'
import { benchStrategy, blocksOf, instrument, replayTrades } from './replay.ts'

/** What each stage adds, nanoseconds a trade: every line runs all that the line before it runs. */
export interface StageCost {
  readonly stage: string
  readonly nanoseconds: number
  readonly added: number
}

/** Medians over `rounds` interleaved rounds. */
export async function stageCosts(columns: TradeColumns, rounds: number): Promise<StageCost[]> {
  const stages: readonly (readonly [string, () => unknown])[] = [
    ['tape, timeline, running sums', () => scan(columns, never([]))],
    ['one condition on the last price', () => scan(columns, never(['last']))],
    ['+ velocity', () => scan(columns, never(['last', 'velocity']))],
    ['+ surge', () => scan(columns, never(['last', 'velocity', 'surge']))],
    ['+ momentum', () => scan(columns, never(['last', 'velocity', 'surge', 'momentum']))],
    [
      'the strategy: entries, venue, ledger, equity',
      () => replayTrades(benchStrategy('phases'), () => blocksOf(columns), columns.time.length),
    ],
    [
      'all ten readings asked at every instant',
      () => replayTrades(benchStrategy('all'), () => blocksOf(columns), columns.time.length),
    ],
  ]
  const samples = stages.map((): number[] => [])
  for (let round = 0; round <= rounds; round++) {
    for (const [index, [, work]] of stages.entries()) {
      const ms = await timed(work)
      if (round > 0) samples[index].push((ms * 1e6) / columns.time.length)
    }
  }
  const medians = samples.map((sample) => spreadOf(sample).median)
  return stages.map(([stage], index) => ({
    stage,
    nanoseconds: medians[index],
    added: medians[index] - (medians[index - 1] ?? 0),
  }))
}

const parts: StrategyDocument['readings'] = {
  last: { indicator: 'lastPrice' },
  velocity: {
    indicator: 'priceVelocity',
    params: { fromMs: 10_000, baselineFromMs: 60_000, baselineLengthMs: 30_000 },
  },
  surge: {
    indicator: 'volumeSurgeRatio',
    params: { fromMs: 30_000, toMs: 0, baselineFromMs: 600_000, baselineToMs: 30_000 },
  },
  momentum: {
    indicator: 'priceMomentumPct',
    params: { fromMs: 30_000, toMs: 0, baselineFromMs: 120_000, baselineToMs: 30_000 },
  },
}

/** A strategy that never signals; without names an engine without strategies. */
function never(names: readonly string[]): ReturnType<typeof benchStrategy>[] {
  if (names.length === 0) return []
  const document = strategySchema.parse({
    schemaVersion: 1,
    name: 'never',
    direction: 'long',
    readings: Object.fromEntries(names.map((name) => [name, parts[name]])),
    signal: { when: { all: names.map((reading) => ({ reading, is: 'gte', value: 1e9 })) } },
    cancel: {},
    entry: { size: { notional: 1 } },
    protection: { stopLoss: { distancePct: 5 } },
  } satisfies StrategyDocument)
  const resolved = resolveStrategy(document, names.join('').padEnd(64, '0'))
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems))
  return [resolved.strategy]
}

function scan(columns: TradeColumns, strategies: ReturnType<typeof never>): void {
  const engine = createEngine({
    sessionId: '1',
    instruments: [instrument],
    strategies,
    currency: 'USDT',
    balance: 10_000_00000000n,
    limits: defaultLimits,
  })
  for (const trades of blocksOf(columns)) {
    engine.load({ instrumentId: instrument.id, trades })
    while (engine.nextTime() < Infinity) engine.step()
  }
}
