import type { ResolvedStrategy } from '#engine/engine.ts'
import { type IndicatorDefinition, pending } from '#model/indicator.ts'
import { type StrategyDocument, strategySchema } from '#model/strategy.ts'

const definition = (
  changes: Pick<IndicatorDefinition, 'id' | 'create'> & Partial<IndicatorDefinition>,
): IndicatorDefinition => ({
  title: changes.id,
  description: changes.id,
  formula: changes.id,
  source: 'test',
  inputs: ['trade'],
  parameters: [],
  unit: 'price',
  range: [-Infinity, Infinity],
  lookbackMs: () => 30_000,
  ...changes,
})

const lastPrice = definition({
  id: 'lastPrice',
  create: ({ timeline, trades }) => ({
    kind: 'column',
    fill(from, to, values, reasons) {
      for (let at = from; at < to; at++) {
        const row = timeline.trades[at] - 1
        values[at] = row >= trades.start ? trades.price[row - trades.offset] : Number.NaN
        if (Number.isNaN(values[at])) reasons[at] = pending.noTrades
      }
    },
  }),
})

/** Percent the last price is above the time-weighted price of the last 20 s. */
const pumpPercent = definition({
  id: 'pumpPercent',
  unit: 'percent',
  create(market) {
    const mean = market.twpa(20_000, 0)
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        mean.ensure()
        const { trades, timeline } = market
        for (let at = from; at < to; at++) {
          const row = timeline.trades[at] - 1 - trades.offset
          values[at] = row >= 0 ? (trades.price[row] / mean.values[at] - 1) * 100 : Number.NaN
          if (Number.isNaN(values[at])) reasons[at] = pending.warmingUp
        }
      },
    }
  },
})

/** Quote volume of the last 10 s. */
const volume = definition({
  id: 'volume',
  unit: 'notional',
  create(market) {
    const edge = market.tradeEdge(10_000)
    return {
      kind: 'column',
      fill(from, to, values) {
        edge.ensure()
        const { quote, offset } = market.trades
        for (let at = from; at < to; at++)
          values[at] = quote[market.timeline.trades[at] - offset] - quote[edge.values[at] - offset]
      },
    }
  },
})

/** A moving average that remembers. */
const smooth = definition({
  id: 'smooth',
  create({ timeline, trades }) {
    let mean = Number.NaN
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        for (let at = from; at < to; at++) {
          for (let row = timeline.trades[at - 1]; row < timeline.trades[at]; row++) {
            const price = trades.price[row - trades.offset]
            mean = Number.isNaN(mean) ? price : mean + (price - mean) * 0.2
          }
          values[at] = mean
          if (Number.isNaN(mean)) reasons[at] = pending.noTrades
        }
      },
      snapshot: () => mean,
      restore: (saved) => {
        mean = saved as number
      },
    }
  },
})

const closes = definition({
  id: 'closes',
  inputs: ['bar'],
  create(market) {
    const { tape, seen } = market.bars(5_000)
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        seen.ensure()
        for (let at = from; at < to; at++) {
          const row = seen.values[at] - 1
          values[at] = row >= tape.start ? tape.close[row - tape.offset] : Number.NaN
          if (Number.isNaN(values[at])) reasons[at] = pending.noBars
        }
      },
    }
  },
})

const gain = definition({
  id: 'gain',
  unit: 'percent',
  inputs: ['trade', 'position'],
  create: ({ timeline, trades }) => ({
    kind: 'state',
    read(at, { entryPrice, quantity }, reasons) {
      if (quantity !== 0)
        return Math.sign(quantity) * (trades.price[timeline.trades[at] - 1 - trades.offset] / entryPrice - 1) * 100
      reasons[at] = pending.noPosition
      return Number.NaN
    },
  }),
})

/** Percent the last price is above that of the signal. */
const sinceSignal = definition({
  id: 'sinceSignal',
  unit: 'percent',
  inputs: ['trade', 'signal'],
  create: ({ timeline, trades }) => ({
    kind: 'state',
    read(at, { signalPrice }, reasons) {
      if (Number.isNaN(signalPrice)) reasons[at] = pending.noSignal
      return (trades.price[timeline.trades[at] - 1 - trades.offset] / signalPrice - 1) * 100
    },
  }),
})

/** Of the newest trade; throws where it is a multiple of three, as a kernel with a fault would now and then. */
function quantityOrThrow(quantity: number): number {
  if (quantity % 3 === 0) throw new Error(`no root of ${quantity}`)
  return quantity
}

const brittle = definition({
  id: 'brittle',
  unit: 'quantity',
  create: ({ timeline, trades }) => ({
    kind: 'column',
    fill(from, to, values) {
      for (let at = from; at < to; at++)
        values[at] = quantityOrThrow(trades.quantity[timeline.trades[at] - 1 - trades.offset])
    },
  }),
})

/** Instants since it was made; fails as `brittle`, and begins anew. */
const brittleCount = definition({
  id: 'brittleCount',
  unit: 'count',
  create({ timeline, trades }) {
    let count = 0
    return {
      kind: 'column',
      fill(from, to, values) {
        for (let at = from; at < to; at++) {
          quantityOrThrow(trades.quantity[timeline.trades[at] - 1 - trades.offset])
          values[at] = ++count
        }
      },
      snapshot: () => count,
      restore: (saved) => {
        count = saved as number
      },
    }
  },
})

const readings = { price: lastPrice, pump: pumpPercent, volume, smooth, close: closes, gain, sinceSignal }
const failing = { ...readings, brittle, brittleCount }

function strategyOf(
  document: Omit<StrategyDocument, 'schemaVersion' | 'readings'>,
  named: Readonly<Record<string, IndicatorDefinition>> = readings,
): ResolvedStrategy {
  return {
    document: strategySchema.parse({
      ...document,
      schemaVersion: 1,
      readings: Object.fromEntries(Object.entries(named).map(([name, { id }]) => [name, { indicator: id }])),
    }),
    version: '0123456789abcdef',
    readings: new Map(
      Object.entries(named).map(([name, definition]) => [
        name,
        { name, definition, parameters: {}, role: 'general' } as const,
      ]),
    ),
    lookbackMs: 30_000,
    feeds: ['trade'],
  }
}

/** For tests: three strategies that use every kind of group, order and protection, and trade often. */
export const busyStrategies: readonly ResolvedStrategy[] = [
  strategyOf({
    name: 'pump',
    direction: 'long',
    signal: {
      when: {
        atLeast: 2,
        of: [
          { reading: 'pump', is: 'gte', value: 0.5 },
          { reading: 'volume', is: 'gt', value: 300, forMs: 2_000 },
          { reading: 'price', is: 'crossesAbove', value: { reading: 'smooth' } },
        ],
      },
      renewAbovePct: 0.4,
    },
    cancel: { when: { reading: 'pump', is: 'lt', value: -0.5 }, timeoutMs: 15_000, cooldownMs: 5_000 },
    entry: {
      when: { not: { reading: 'pump', is: 'between', value: [-0.1, 0.1] } },
      size: { riskPct: 1, scaling: { reading: 'pump', points: [[0, 1], [2, 0.5]] } }, // prettier-ignore
      timeoutMs: 8_000,
      maxChasePct: 3,
    },
    protection: {
      stopLoss: { distancePct: 1 },
      takeProfit: { distancePct: 1.5 },
      trailingStop: { activatePct: 0.5, distancePct: 0.6 },
      timeLimitMs: 60_000,
    },
    exit: {
      when: { reading: 'gain', is: 'crossesBelow', value: 0 },
      order: { type: 'limit', adjustPct: 0.2, timeoutMs: 4_000 },
      cooldownMs: 4_000,
    },
    emergency: { when: { reading: 'gain', is: 'lte', value: -0.8, forMs: 1_000 }, cooldownMs: 10_000 },
  }),
  strategyOf({
    name: 'fade',
    direction: 'short',
    signal: {
      when: {
        any: [
          { reading: 'price', is: 'gt', value: { reading: 'close' } },
          { reading: 'pump', is: 'gte', value: 1 },
        ],
      },
      detects: 'reversal',
      evidence: ['close'],
    },
    cancel: { timeoutMs: 5_000, cooldownMs: 3_000 },
    entry: { order: { type: 'limit', offsetPct: -0.3 }, size: { notional: 700 }, timeoutMs: 6_000, leverage: 3 },
    protection: {
      stopLoss: {
        distancePct: 0.8,
        priceReading: 'close',
        scaling: {
          reading: 'pump',
          points: [
            [-1, 1],
            [1, 1.5],
          ],
        },
      },
      takeProfit: { distancePct: 1, priceReading: 'smooth' },
      timeLimitMs: 20_000,
    },
    exit: { when: { reading: 'price', is: 'lt', value: { reading: 'smooth' } }, cooldownMs: 2_000 },
  }),
  strategyOf({
    name: 'hasty',
    direction: 'long',
    signal: {
      when: {
        any: [
          { reading: 'pump', is: 'gte', value: 0.2, forMs: 500 },
          { reading: 'price', is: 'crossesAbove', value: { reading: 'smooth' } },
          { reading: 'sinceSignal', is: 'between', value: [0.8, 1.5] },
        ],
      },
      renewAbovePct: 0.3,
      detects: 'flashPump',
      evidence: ['volume', 'sinceSignal', 'gain'],
    },
    cancel: { when: { reading: 'pump', is: 'lt', value: -0.2 }, timeoutMs: 3_000, cooldownMs: 20_000 },
    entry: {
      when: { reading: 'pump', is: 'gte', value: 1, forMs: 1_500 },
      order: { type: 'limit', offsetPct: -0.5 },
      size: { notional: 300 },
      timeoutMs: 3_000,
    },
    protection: { stopLoss: { distancePct: 1 }, timeLimitMs: 5_000 },
  }),
]

/** For tests: two strategies whose readings fail now and then, each asked for in another phase. */
export const brittleStrategies: readonly ResolvedStrategy[] = [
  strategyOf(
    {
      name: 'brittle',
      direction: 'long',
      signal: {
        when: {
          all: [
            { reading: 'brittle', is: 'gte', value: 8, forMs: 500 },
            { reading: 'pump', is: 'gte', value: -5 },
          ],
        },
        renewAbovePct: 0.2,
        detects: 'flashPump',
        evidence: ['brittle', 'brittleCount'],
      },
      cancel: { when: { reading: 'brittleCount', is: 'crossesAbove', value: 6 }, timeoutMs: 4_000, cooldownMs: 2_000 },
      entry: { when: { reading: 'brittle', is: 'crossesAbove', value: 20 }, size: { notional: 500 } },
      protection: { stopLoss: { distancePct: 1 }, timeLimitMs: 8_000 },
      exit: { when: { reading: 'brittle', is: 'gte', value: 35 }, cooldownMs: 1_000 },
    },
    failing,
  ),
  strategyOf(
    {
      name: 'counting',
      direction: 'short',
      signal: { when: { reading: 'brittleCount', is: 'gte', value: 4 } },
      cancel: { when: { reading: 'brittle', is: 'lte', value: 7 }, timeoutMs: 6_000, cooldownMs: 0 },
      entry: { when: { reading: 'brittleCount', is: 'gte', value: 9 }, size: { notional: 400 } },
      protection: { stopLoss: { distancePct: 1 } },
      exit: { when: { reading: 'brittleCount', is: 'lte', value: 2 }, cooldownMs: 500 },
    },
    failing,
  ),
]
