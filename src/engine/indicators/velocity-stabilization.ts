import {
  type ColumnKernel,
  type IndicatorDefinition,
  type MarketView,
  type ParameterSpec,
  type Parameters,
  pending,
} from '#model/indicator.ts'
import { numberOf } from './parameter-specs.ts'
import { changeParameters, refuseChange, restingVelocity, velocity } from './price-change.ts'

const samples: readonly ParameterSpec[] = [
  {
    name: 'samples',
    description: 'Velocities compared',
    unit: 'samples',
    type: 'integer',
    default: 3,
    min: 2,
    max: 10,
  },
  {
    name: 'sampleIntervalMs',
    description: 'Time between two of them',
    unit: 'ms',
    type: 'integer',
    default: 5_000,
    min: 1,
    max: 600_000,
  },
]

const shared = {
  inputs: ['trade'],
  parameters: [...changeParameters(10_000, 40_000, 10_000), ...samples],
  refuse: refuseChange,
  lookbackMs: (parameters: Parameters) =>
    Math.max(numberOf(parameters, 'fromMs'), numberOf(parameters, 'baselineFromMs')) +
    (numberOf(parameters, 'samples') - 1) * numberOf(parameters, 'sampleIntervalMs'),
} as const satisfies Partial<IndicatorDefinition>

const velocities = 'of the newest samples price velocities, sampleIntervalMs apart'

export const velocityCv: IndicatorDefinition = {
  ...shared,
  id: 'velocityCv',
  title: 'Velocity variation',
  description: 'How unevenly the price moves: below 0.5 steady, above 1.5 erratic. A steady trend is steady too.',
  formula: `std / mean |v| ${velocities}; pending while the price rests (mean |v| ≤ 0.000001 %/s)`,
  source: 'domain §1.2.8 VELOCITY_STABILIZATION_INDEX',
  unit: 'ratio',
  range: [0, Infinity],
  create: (market, parameters) =>
    sampled(market, parameters, (std, meanAbs) => (meanAbs > restingVelocity ? std / meanAbs : Number.NaN)),
}

export const velocityMeanAbs: IndicatorDefinition = {
  ...shared,
  id: 'velocityMeanAbs',
  title: 'Mean speed',
  description: 'How fast the price moves either way, in percent per second.',
  formula: `mean |v| ${velocities}`,
  source: 'domain §1.2.8 VELOCITY_STABILIZATION_INDEX',
  unit: 'percentPerSecond',
  range: [0, Infinity],
  create: (market, parameters) => sampled(market, parameters, (_, meanAbs) => meanAbs),
}

export const velocityStabilized: IndicatorDefinition = {
  ...shared,
  id: 'velocityStabilized',
  title: 'Velocity stabilized',
  description: '100 when the price has come to rest, slow and even, else 0.',
  formula: `100 when mean |v| < velocityThreshold and std < spreadThreshold ${velocities}, else 0`,
  source: 'domain §1.2.8 VELOCITY_STABILIZATION_INDEX',
  parameters: [
    ...shared.parameters,
    threshold('velocityThreshold', 'Mean speed below which the price rests', 0.1),
    threshold('spreadThreshold', 'Spread of the velocities below which it moves evenly', 0.05),
  ],
  unit: 'score',
  range: [0, 100],
  create(market, parameters) {
    const slow = numberOf(parameters, 'velocityThreshold')
    const even = numberOf(parameters, 'spreadThreshold')
    return sampled(market, parameters, (std, meanAbs) =>
      meanAbs < slow && std < even ? 100 : meanAbs === meanAbs ? 0 : Number.NaN,
    )
  },
}

function threshold(name: string, description: string, value: number): ParameterSpec {
  return { name, description, unit: 'percentPerSecond', type: 'number', default: value, min: 0.0001, max: 10 }
}

function sampled(
  market: MarketView,
  parameters: Parameters,
  result: (std: number, meanAbs: number) => number,
): ColumnKernel {
  const count = numberOf(parameters, 'samples')
  const kernels: ColumnKernel[] = []
  for (let sample = 0; sample < count; sample++)
    kernels.push(velocity(market, parameters, sample * numberOf(parameters, 'sampleIntervalMs')))
  const columns = kernels.map(() => new Float64Array(market.timeline.time.length))
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      for (let sample = 0; sample < count; sample++) kernels[sample].fill(from, to, columns[sample], reasons)
      for (let at = from; at < to; at++) {
        let sum = 0
        let speed = 0
        for (let sample = 0; sample < count; sample++) {
          sum += columns[sample][at]
          speed += Math.abs(columns[sample][at])
        }
        const mean = sum / count
        let squares = 0
        for (let sample = 0; sample < count; sample++) squares += (columns[sample][at] - mean) ** 2
        const value = result(Math.sqrt(squares / count), speed / count)
        values[at] = value
        if (value !== value && mean === mean) reasons[at] = pending.undefined
      }
    },
  }
}
