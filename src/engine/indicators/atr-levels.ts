import {
  type ColumnKernel,
  type IndicatorDefinition,
  type MarketView,
  type Parameters,
  pending,
} from '#model/indicator.ts'
import { atrMemory, stepAtr } from './atr.ts'
import { barRecursion } from './bar-kernels.ts'
import {
  bars,
  barsLookback,
  direction,
  intervalMs,
  numberOf,
  percent,
  ratio,
  signOfDirection,
} from './parameter-specs.ts'

const period = bars('period', 'Bars of the ATR', 14)

const shared = {
  inputs: ['trade', 'bar'],
  unit: 'price',
  range: [0, Infinity],
  lookbackMs: (parameters: Parameters) => barsLookback(parameters, numberOf(parameters, 'period') + 1),
} as const satisfies Partial<IndicatorDefinition>

export const atrStop: IndicatorDefinition = {
  ...shared,
  id: 'atrStop',
  title: 'ATR stop',
  description:
    'Stop price a multiple of the average true range away from the last price, on the losing side. Pending ' +
    'where it would not be a price.',
  formula: 'last price − multiple · ATR(period) for a long, + multiple · ATR(period) for a short',
  source: 'Wilder 1978',
  parameters: [intervalMs, period, ratio('multiple', 'ATRs between price and stop', 2, 0.1, 50), direction],
  create: (market, parameters) => atrLevel(market, parameters, -signOfDirection(parameters)),
}

export const atrTarget: IndicatorDefinition = {
  ...shared,
  id: 'atrTarget',
  title: 'ATR target',
  description:
    'Target price a multiple of the average true range away from the last price, on the winning side. ' +
    'Pending where it would not be a price.',
  formula: 'last price + multiple · ATR(period) for a long, − multiple · ATR(period) for a short',
  source: 'Wilder 1978',
  parameters: [intervalMs, period, ratio('multiple', 'ATRs between price and target', 3, 0.1, 50), direction],
  create: (market, parameters) => atrLevel(market, parameters, signOfDirection(parameters)),
}

export const dynamicStop: IndicatorDefinition = {
  ...shared,
  id: 'dynamicStop',
  title: 'Dynamic stop',
  description:
    'Stop price that gives room to a wild market and to a move that still runs against the position, and ' +
    'tightens as it dies down.',
  formula:
    'last price · (1 ∓ d / 100), d = basePct + min(volatilityCapPct, volatilityMultiple · a) + momentumPct · ' +
    'm; a = 100 · ATR(period) / last price; m = how far price has run against the position from ' +
    'TWPA(momentumMs, 0), in ATRs, cut to 0…1',
  source: 'domain §1.4 dynamic stop; the fading of the move is measured in ATRs',
  parameters: [
    intervalMs,
    period,
    percent('basePct', 'Distance in a calm market', 5, 0.01, 50),
    ratio('volatilityMultiple', 'Distance added per ATR', 0.5, 0, 20),
    percent('volatilityCapPct', 'Most that volatility adds', 3, 0, 50),
    percent('momentumPct', 'Added while the move against the position is alive', 2, 0, 50),
    {
      name: 'momentumMs',
      description: 'Window of the price the move is measured from',
      unit: 'ms',
      type: 'integer',
      default: 60_000,
      min: 1000,
      max: 3_600_000,
    },
    direction,
  ],
  lookbackMs: (parameters) => Math.max(shared.lookbackMs(parameters), numberOf(parameters, 'momentumMs')),
  create(market, parameters) {
    const sign = signOfDirection(parameters)
    const base = numberOf(parameters, 'basePct')
    const multiple = numberOf(parameters, 'volatilityMultiple')
    const cap = numberOf(parameters, 'volatilityCapPct')
    const momentum = numberOf(parameters, 'momentumPct')
    const twpa = market.twpa(numberOf(parameters, 'momentumMs'), 0)
    return onAtr(market, parameters, (from, to, values) => {
      twpa.ensure()
      const averages = twpa.values
      const { offset, price } = market.trades
      const { trades } = market.timeline
      for (let at = from; at < to; at++) {
        const last = price[trades[at] - 1 - offset]
        const range = values[at]
        const against = sign * (averages[at] - last)
        const alive = Math.min(1, Math.max(0, against) / Math.max(range, Number.MIN_VALUE))
        const distance = base + Math.min(cap, (100 * multiple * range) / last) + momentum * alive
        values[at] = last * (1 - (sign * distance) / 100)
      }
    })
  },
}

function atrLevel(market: MarketView, parameters: Parameters, sign: number): ColumnKernel {
  const distance = sign * numberOf(parameters, 'multiple')
  return onAtr(market, parameters, (from, to, values) => {
    const { offset, price } = market.trades
    const { trades } = market.timeline
    for (let at = from; at < to; at++) values[at] = price[trades[at] - 1 - offset] + distance * values[at]
  })
}

/** An ATR column that `place` turns into prices where it has values; what is not above 0 is no price. */
function onAtr(
  market: MarketView,
  parameters: Parameters,
  place: (from: number, to: number, values: Float64Array) => void,
): ColumnKernel {
  const range = barRecursion(
    market,
    numberOf(parameters, 'intervalMs'),
    atrMemory,
    stepAtr(numberOf(parameters, 'period')),
  )
  const ranges = new Float64Array(market.timeline.time.length)
  return {
    ...range,
    fill(from, to, values, reasons) {
      range.fill(from, to, ranges, reasons)
      values.set(ranges.subarray(from, to), from)
      place(from, to, values)
      for (let at = from; at < to; at++) {
        if (values[at] > 0) continue
        values[at] = Number.NaN
        if (ranges[at] === ranges[at]) reasons[at] = pending.undefined
      }
    },
  }
}
