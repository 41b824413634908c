import {
  type ColumnKernel,
  type IndicatorDefinition,
  type MarketView,
  type Parameters,
  pending,
} from '#model/indicator.ts'
import {
  direction,
  fromMs,
  numberOf,
  percent,
  refuseWindow,
  signOfDirection,
  toMs,
  windowLookback,
} from './parameter-specs.ts'

const shared = {
  source: 'domain §1.4 price producers, on the time-weighted price',
  inputs: ['trade'],
  unit: 'price',
  range: [0, Infinity],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
} as const satisfies Partial<IndicatorDefinition>

export const simpleStop: IndicatorDefinition = {
  ...shared,
  id: 'simpleStop',
  title: 'Simple stop',
  description: 'Stop price a fixed percentage away from the recent average price, on the losing side of the position.',
  formula: 'TWPA(fromMs, toMs) · (1 − distancePct / 100) for a long, · (1 + distancePct / 100) for a short',
  parameters: [
    fromMs(10_000),
    toMs(),
    percent('distancePct', 'Distance from the average price', 2, 0.01, 99),
    direction,
  ],
  create: (market, parameters) => level(market, parameters, -signOfDirection(parameters)),
}

export const simpleTarget: IndicatorDefinition = {
  ...shared,
  id: 'simpleTarget',
  title: 'Simple target',
  description:
    'Target price a fixed percentage away from the recent average price, on the winning side of the position.',
  formula: 'TWPA(fromMs, toMs) · (1 + distancePct / 100) for a long, · (1 − distancePct / 100) for a short',
  parameters: [
    fromMs(10_000),
    toMs(),
    percent('distancePct', 'Distance from the average price', 2, 0.01, 99),
    direction,
  ],
  create: (market, parameters) => level(market, parameters, signOfDirection(parameters)),
}

function level(market: MarketView, parameters: Parameters, sign: number): ColumnKernel {
  const twpa = market.twpa(numberOf(parameters, 'fromMs'), numberOf(parameters, 'toMs'))
  const factor = 1 + (sign * numberOf(parameters, 'distancePct')) / 100
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      twpa.ensure()
      const averages = twpa.values
      const { trades } = market.timeline
      const { start } = market.trades
      for (let at = from; at < to; at++) {
        const value = (values[at] = averages[at] * factor)
        if (value !== value) reasons[at] = trades[at] > start ? pending.warmingUp : pending.noTrades
      }
    },
  }
}
