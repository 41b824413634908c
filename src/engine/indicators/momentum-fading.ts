import type { ColumnKernel, IndicatorDefinition, MarketView, Parameters } from '#model/indicator.ts'
import { againstExtreme, lookBackMs } from './against-extreme.ts'
import { readyAfter } from './coverage.ts'
import { baselineLookback, numberOf } from './parameter-specs.ts'
import { changeParameters, changeWindows, refuseChange, restingVelocity, velocity } from './price-change.ts'

const shared = {
  inputs: ['trade'],
  parameters: [...changeParameters(10_000, 40_000, 10_000), lookBackMs(600_000)],
  lookbackMs: (parameters: Parameters) => baselineLookback(parameters) + numberOf(parameters, 'lookBackMs'),
  refuse: refuseChange,
} as const satisfies Partial<IndicatorDefinition>

const terms = 'v = price velocity, at each instant of lookBackMs'

export const momentumReversalIndex: IndicatorDefinition = {
  ...shared,
  id: 'momentumReversalIndex',
  title: 'Momentum reversal',
  description: 'Velocity against the fastest rise of the look-back: 0 at the peak, −100 stalled, below −100 reversing.',
  formula: `100 · (v − vMax) / vMax; pending while nothing rose (vMax ≤ 0.000001 %/s); ${terms}`,
  source: 'domain §1.2.9 MOMENTUM_REVERSAL_INDEX, against a real peak',
  unit: 'percent',
  range: [-Infinity, 0],
  create: (market, parameters) => fading(market, parameters, 1, 100),
}

export const momentumDeathIndex: IndicatorDefinition = {
  ...shared,
  id: 'momentumDeathIndex',
  title: 'Momentum death',
  description: 'How much of the fastest rise is gone: 0 at the peak, 1 stalled, above 1 falling.',
  formula: `(vMax − v) / vMax; pending while nothing rose (vMax ≤ 0.000001 %/s); ${terms}`,
  source: 'domain §1.4 MOMENTUM_DEATH_INDEX',
  unit: 'ratio',
  range: [0, Infinity],
  create: (market, parameters) => fading(market, parameters, 1, -1),
}

export const dumpVelocityDeceleration: IndicatorDefinition = {
  ...shared,
  id: 'dumpVelocityDeceleration',
  title: 'Dump deceleration',
  description:
    'How much of the fastest fall is gone: 0 at its fastest, 1 when the price stopped, above 1 when it rises.',
  formula: `(v − vMin) / |vMin|; pending while nothing fell (vMin ≥ −0.000001 %/s); ${terms}`,
  source: 'domain §1.4 DUMP_VELOCITY_DECELERATION',
  unit: 'ratio',
  range: [0, Infinity],
  create: (market, parameters) => fading(market, parameters, -1, 1),
}

function fading(market: MarketView, parameters: Parameters, sign: 1 | -1, scale: number): ColumnKernel {
  const { current, base } = changeWindows(parameters)
  const readyAfterMs = Math.max(readyAfter(current), readyAfter(base))
  return againstExtreme(
    market,
    velocity(market, parameters),
    readyAfterMs,
    numberOf(parameters, 'lookBackMs'),
    sign,
    scale,
    restingVelocity,
  )
}
