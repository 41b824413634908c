import { createEngine, type ResolvedStrategy, resolveStrategy } from '#engine/engine.ts'
import { type InstrumentId, instrumentId, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import { defaultLimits } from '#model/limits.ts'
import type { MarketBlock, TradeColumns } from '#model/market.ts'
import type { MarketSource } from '#model/source.ts'
import { type Group, type StrategyDocument, strategySchema } from '#model/strategy.ts'
import { replay } from '#session/session.ts'
import { createSimulator, simulatorDefaults } from '#simulator/simulator.ts'

const id: InstrumentId = instrumentId('BENCH_USDT')
const blockRows = 65_536
const balance = 10_000_00000000n

export const instrument: Instrument = {
  id,
  venue: venueId('simulator'),
  symbol: 'BENCH_USDT',
  kind: 'perpetual',
  base: 'BENCH',
  quote: 'USDT',
  tickSize: 0.000001,
  lotSize: 0.001,
  contractSize: 1,
  minQuantity: 0.001,
  minNotional: 5,
  maxLeverage: 20,
  makerFeeRate: 0.0002,
  takerFeeRate: 0.0005,
  marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage: 20 }],
  liquidationFeeRate: 0.005,
  fundingIntervalMs: 28_800_000,
}

const readings: StrategyDocument['readings'] = {
  average: { indicator: 'twpa', params: { fromMs: 300_000, toMs: 0 } },
  ratio: {
    indicator: 'twpaRatio',
    params: { fromMs: 300_000, toMs: 60_000, baselineFromMs: 1_800_000, baselineToMs: 300_000 },
  },
  weighted: { indicator: 'vwap', params: { fromMs: 300_000, toMs: 0 } },
  high: { indicator: 'maxPrice', params: { fromMs: 300_000, toMs: 0 } },
  low: { indicator: 'minPrice', params: { fromMs: 300_000, toMs: 0 } },
  velocity: {
    indicator: 'priceVelocity',
    params: { fromMs: 10_000, baselineFromMs: 60_000, baselineLengthMs: 30_000 },
  },
  surge: {
    indicator: 'volumeSurgeRatio',
    params: { fromMs: 30_000, toMs: 0, baselineFromMs: 600_000, baselineToMs: 30_000 },
  },
  smooth: { indicator: 'timeDecayEma', params: { tauMs: 60_000 } },
  strength: { indicator: 'rsi', params: { intervalMs: 60_000, period: 14 } },
  momentum: {
    indicator: 'priceMomentumPct',
    params: { fromMs: 30_000, toMs: 0, baselineFromMs: 120_000, baselineToMs: 30_000 },
  },
}

/** The yardstick's S1; its magnitude in percent is the velocity times the 40 s between the centers of the windows. */
const setup: Group[] = [
  { reading: 'velocity', is: 'gte', value: 0.05 },
  { reading: 'surge', is: 'gte', value: 3 },
  { reading: 'momentum', is: 'gte', value: 1.5 },
]
/** Met by every value: so that a reading is asked for and computed. */
const any = (...names: readonly string[]): Group[] => names.map((reading) => ({ reading, is: 'gte', value: 0 }))

/**
 * Ten readings over five groups. `phases` asks, as traders' strategies do, only for what the present phase needs;
 * `all` asks for all ten at every instant, and keeps the near-miss account of all of them.
 */
export function benchStrategy(kind: 'all' | 'phases'): ResolvedStrategy {
  const others = ['average', 'ratio', 'weighted', 'high', 'low', 'smooth', 'strength']
  const document = strategySchema.parse({
    schemaVersion: 1,
    name: `bench-${kind}`,
    direction: 'long',
    readings,
    signal: { when: { all: kind === 'all' ? [...setup, ...any(...others)] : setup } },
    cancel: { when: { reading: 'velocity', is: 'lte', value: 0.005 }, timeoutMs: 60_000, cooldownMs: 300_000 },
    entry: {
      when: { all: [{ reading: 'strength', is: 'between', value: [45, 95] }, ...any('average', 'ratio', 'weighted')] },
      size: { notional: 2_000 },
    },
    protection: { stopLoss: { distancePct: 5 } },
    exit: {
      when: { all: [{ reading: 'momentum', is: 'lte', value: 0.2 }, ...any('high', 'low', 'smooth')] },
      cooldownMs: 300_000,
    },
    emergency: { when: { reading: 'velocity', is: 'lte', value: -0.05 }, cooldownMs: 300_000 },
  } satisfies StrategyDocument)
  const resolved = resolveStrategy(document, `bench-${kind}`.padEnd(64, '0'))
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems))
  return resolved.strategy
}

/** The whole path of a backtest but for the reports: session, engine, simulated venue, ledger, equity. */
export async function replayTrades(
  strategy: ResolvedStrategy,
  blocks: () => Iterable<TradeColumns>,
  rows: number,
): Promise<{ trades: number; roundTrips: number; equity: number }> {
  const engine = createEngine({
    sessionId: '1',
    instruments: [instrument],
    strategies: [strategy],
    currency: 'USDT',
    balance,
    limits: { ...defaultLimits, maxDailyLoss: 1, maxDrawdown: 1 },
  })
  const venue = createSimulator({ ...simulatorDefaults, instruments: [instrument], balance })
  let roundTrips = 0
  const trades = await replay({
    engine,
    venue,
    source: sourceOf(blocks, rows),
    observer: {
      onOutputs(outputs) {
        for (const output of outputs) if (output.type === 'positionClosed') roundTrips++
      },
    },
  })
  return { trades, roundTrips, equity: engine.account().equity }
}

/** Views of columns in blocks, as a source yields them. */
export function* blocksOf(columns: TradeColumns): Iterable<TradeColumns> {
  for (let from = 0; from < columns.time.length; from += blockRows) {
    const to = Math.min(columns.time.length, from + blockRows)
    yield {
      time: columns.time.subarray(from, to),
      price: columns.price.subarray(from, to),
      quantity: columns.quantity.subarray(from, to),
      side: columns.side.subarray(from, to),
    }
  }
}

/** A source of one instrument that streams the blocks anew at every pass. */
export function sourceOf(blocks: () => Iterable<TradeColumns>, rows: number): MarketSource {
  return {
    instruments: [instrument],
    segments: [
      {
        instrumentId: id,
        feeds: ['trade', 'side'],
        from: 0,
        to: Number.MAX_SAFE_INTEGER,
        rows,
        label: 'synthetic',
        checksum: '',
        async *read(): AsyncIterable<MarketBlock> {
          for (const trades of blocks()) yield { instrumentId: id, trades }
        },
      },
    ],
  }
}
