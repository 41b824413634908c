import { type ColumnKernel, type IndicatorDefinition, pending } from '#model/indicator.ts'
import { type InstrumentId, instrumentId, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import { defaultLimits } from '#model/limits.ts'
import { toMoney } from '#model/money.ts'
import { type StrategyDocument, strategySchema } from '#model/strategy.ts'
import type { EngineSetup } from './setup.ts'
import type { ResolvedStrategy } from './strategy/strategy.ts'

/** For tests: 2023-11-14 22:00 UTC, on the grid. */
export const start = 1_699_999_200_000
/** For tests: that many seconds later. */
export const second = (seconds: number): number => start + Math.round(seconds * 1_000)

export const pepe = instrumentId('PEPE_USDT')
export const doge = instrumentId('DOGE_USDT')

/** For tests: a contract on easy grids, taker fee 0.1 %. */
export const exampleInstrument = (id: InstrumentId = pepe, changes: Partial<Instrument> = {}): Instrument => ({
  id,
  venue: venueId('simulator'),
  symbol: id,
  kind: 'perpetual',
  base: id.split('_')[0] ?? '',
  quote: 'USDT',
  tickSize: 0.01,
  lotSize: 0.1,
  contractSize: 1,
  minQuantity: 0.1,
  minNotional: 5,
  maxLeverage: 50,
  makerFeeRate: 0.0005,
  takerFeeRate: 0.001,
  marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage: 50 }],
  liquidationFeeRate: 0.01,
  ...changes,
})

const definition = (
  id: string,
  changes: Partial<IndicatorDefinition> & Pick<IndicatorDefinition, 'create'>,
): IndicatorDefinition => ({
  id,
  title: id,
  description: id,
  formula: id,
  source: 'test',
  inputs: ['trade'],
  parameters: [],
  unit: 'price',
  range: [-Infinity, Infinity],
  lookbackMs: () => 60_000,
  ...changes,
})

/** For tests: a reading that is what `valueAt` says of the time, in ms since `start`; NaN = pending. Throws when it throws. */
export const scripted = (id: string, valueAt: (ms: number) => number): IndicatorDefinition =>
  definition(id, {
    unit: 'ratio',
    create: ({ timeline }): ColumnKernel => ({
      kind: 'column',
      fill(from, to, values, reasons) {
        for (let at = from; at < to; at++) {
          values[at] = timeline.time[at] > 0 ? valueAt(timeline.time[at] - start) : Number.NaN
          if (Number.isNaN(values[at])) reasons[at] = pending.undefined
        }
      },
    }),
  })

/** For tests: 1 from `from` seconds up to `to`, 0 otherwise. */
export const between = (id: string, from: number, to = Infinity): IndicatorDefinition =>
  scripted(id, (ms) => Number(ms >= from * 1_000 && ms < to * 1_000))

/** For tests: the last trade of continuous data. */
export const lastPrice: IndicatorDefinition = definition('lastPrice', {
  create(market) {
    const edge = market.tradeEdge(60_000)
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        edge.ensure()
        const { price, offset, start } = market.trades
        for (let at = from; at < to; at++) {
          const row = market.timeline.trades[at] - 1
          values[at] = row >= start && row >= edge.values[at] - 1 ? price[row - offset] : Number.NaN
          if (Number.isNaN(values[at])) reasons[at] = pending.noTrades
        }
      },
    }
  },
})

/** For tests: trades since it was made; has memory, so it must be filled in order. */
export const countedTrades: IndicatorDefinition = definition('countedTrades', {
  unit: 'count',
  create(market) {
    let count = 0
    return {
      kind: 'column',
      fill(from, to, values) {
        const { trades } = market.timeline
        for (let at = from; at < to; at++) {
          count += trades[at] - trades[at - 1]
          values[at] = count
        }
      },
      snapshot: () => count,
      restore: (saved) => {
        count = saved as number
      },
    }
  },
})

/** For tests: percent the last trade is above the entry of the open position. */
export const gainPercent: IndicatorDefinition = definition('gainPercent', {
  unit: 'percent',
  inputs: ['trade', 'position'],
  create: ({ timeline, trades }) => ({
    kind: 'state',
    read(at, { entryPrice, quantity }, reasons) {
      const row = timeline.trades[at] - 1 - trades.offset
      if (quantity !== 0) return (trades.price[row] / entryPrice - 1) * 100
      reasons[at] = pending.noPosition
      return Number.NaN
    },
  }),
})

type Changes = Omit<Partial<StrategyDocument>, 'readings' | 'schemaVersion'>

/**
 * For tests: buys 10 for 1 000 USDT at market as soon as `go` is 1, stop 5 % below, nothing else.
 * `readings` are the indicators its groups may name; `go` comes once, at second 2, unless given.
 */
export function exampleStrategy(
  changes: Changes = {},
  readings: Readonly<Record<string, IndicatorDefinition>> = {},
): ResolvedStrategy {
  const all = { go: between('go', 2, 3), ...readings }
  const document = strategySchema.parse({
    schemaVersion: 1,
    name: 'pump',
    direction: 'long',
    signal: { when: { reading: 'go', is: 'gte', value: 1 } },
    cancel: { cooldownMs: 30_000 },
    entry: { size: { notional: 1_000 } },
    protection: { stopLoss: { distancePct: 5 } },
    exit: { cooldownMs: 60_000 },
    emergency: { cooldownMs: 600_000 },
    ...changes,
    readings: Object.fromEntries(Object.entries(all).map(([name, { id }]) => [name, { indicator: id }])),
  } satisfies StrategyDocument)
  return {
    document,
    version: `${document.name}0123456789abcdef`,
    readings: new Map(
      Object.entries(all).map(([name, definition]) => [
        name,
        { name, definition, parameters: {}, role: 'general' } as const,
      ]),
    ),
    lookbackMs: 60_000,
    feeds: ['trade'],
  }
}

/** For tests: 100 000 USDT, one contract, wide limits. */
export const exampleSetup = (changes: Partial<EngineSetup> = {}): EngineSetup => ({
  sessionId: '7',
  instruments: [exampleInstrument()],
  strategies: [exampleStrategy()],
  currency: 'USDT',
  balance: toMoney(100_000),
  limits: { ...defaultLimits, maxDataAgeMs: 60_000 },
  ...changes,
})
