import type { ColumnKernel, IndicatorDefinition } from '#model/indicator.ts'
import { fromMs, numberOf } from './parameter-specs.ts'
import { medianOf } from './median.ts'
import { velocity } from './price-change.ts'

/** Differences of velocities below this are noise, percent per second. */
const smallestVelocity = 1e-4
const agreementBonus = 1.2
/** A relative step up to here is none. */
const smallestStep = 1e-6

export const velocityCascade: IndicatorDefinition = {
  id: 'velocityCascade',
  title: 'Velocity cascade',
  description:
    'Whether each shorter horizon is faster than the next longer one: toward 1 accelerating upward, toward −1 slowing or turning down.',
  formula:
    'tanh(x / 2), x = Σ rᵢ·2⁻ⁱ / Σ 2⁻ⁱ (·1.2 when all rᵢ agree in sign), rᵢ = (vᵢ − vᵢ₊₁) / max(|vᵢ₊₁|, 0.0001, 0.1·median|v|), vᵢ = velocity of TWPA(fromMs·2ⁱ, 0) against the fromMs·2ⁱ that began four times as far back',
  source: 'domain §1.2.7 VELOCITY_CASCADE, short horizons weighing most',
  inputs: ['trade'],
  parameters: [
    { ...fromMs(5_000), description: 'Shortest window; each further one is twice as long', max: 3_600_000 },
    {
      name: 'horizons',
      description: 'Number of windows',
      unit: 'windows',
      type: 'integer',
      default: 3,
      min: 2,
      max: 5,
    },
  ],
  unit: 'ratio',
  range: [-1, 1],
  lookbackMs: (parameters) => 4 * numberOf(parameters, 'fromMs') * 2 ** (numberOf(parameters, 'horizons') - 1),
  create(market, parameters) {
    const horizons = numberOf(parameters, 'horizons')
    const kernels: ColumnKernel[] = []
    for (let horizon = 0; horizon < horizons; horizon++) {
      const length = numberOf(parameters, 'fromMs') * 2 ** horizon
      kernels.push(velocity(market, { fromMs: length, baselineFromMs: 4 * length, baselineLengthMs: length }))
    }
    const columns = kernels.map(() => new Float64Array(market.timeline.time.length))
    const speeds = new Float64Array(horizons)
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        for (let horizon = 0; horizon < horizons; horizon++) kernels[horizon].fill(from, to, columns[horizon], reasons)
        for (let at = from; at < to; at++) values[at] = cascade(columns, at, speeds)
      },
    }
  },
}

function cascade(columns: readonly Float64Array[], at: number, speeds: Float64Array): number {
  const { length } = columns
  for (let index = 0; index < length; index++) speeds[index] = Math.abs(columns[index][at])
  const floor = Math.max(smallestVelocity, 0.1 * medianOf(speeds, length))
  let sum = 0
  let weights = 0
  let rising = 0
  let falling = 0
  for (let index = 0; index + 1 < length; index++) {
    const slower = columns[index + 1][at]
    const relative = (columns[index][at] - slower) / Math.max(Math.abs(slower), floor)
    const weight = 2 ** -index
    sum += relative * weight
    weights += weight
    if (relative > smallestStep) rising++
    else if (relative < -smallestStep) falling++
  }
  const agrees = rising === length - 1 || falling === length - 1
  return Math.tanh((sum / weights / 2) * (agrees ? agreementBonus : 1))
}
