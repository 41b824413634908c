import { type IndicatorDefinition, pending } from '#model/indicator.ts'
import { countMoves } from './direction-consistency.ts'
import { baselineLookback, dayMs, numberOf } from './parameter-specs.ts'
import { changeParameters, changeWindows, priceChange, refuseChange, velocity } from './price-change.ts'
import { full, part, volumeParameters, volumeWindows } from './score.ts'
import { slidingTrades } from './sliding-trades.ts'
import { volumeSurge } from './volume-surge.ts'

export const pumpStrengthScore: IndicatorDefinition = {
  id: 'pumpStrengthScore',
  title: 'Pump strength',
  description: 'How much this looks like a pump, 0 to 100: height, volume, speed and how one-sidedly it rises.',
  formula:
    '100 · (0.30·min(1, magnitude / fullMagnitudePct) + 0.25·min(1, (surge − 1) / (fullSurge − 1)) + 0.25·min(1, velocity / fullVelocity) + 0.20·share of price moves of consistencyMs that went up), each part at least 0',
  source: 'domain §1.4 PUMP_STRENGTH_SCORE',
  inputs: ['trade'],
  parameters: [
    ...changeParameters(10_000, 60_000, 30_000),
    ...volumeParameters,
    {
      name: 'consistencyMs',
      description: 'Window of the price moves counted',
      unit: 'ms',
      type: 'integer',
      default: 60_000,
      min: 1,
      max: dayMs,
    },
    full('fullMagnitudePct', 'percent', 20, 0.1, 1000),
    full('fullSurge', 'ratio', 5, 1.1, 1000),
    full('fullVelocity', 'percentPerSecond', 0.5, 0.001, 100),
  ],
  unit: 'score',
  range: [0, 100],
  lookbackMs: (parameters) =>
    Math.max(
      baselineLookback(parameters),
      volumeWindows(parameters).base.fromMs,
      volumeWindows(parameters).current.fromMs,
      numberOf(parameters, 'consistencyMs'),
    ),
  refuse: (parameters) => refuseChange(parameters) ?? volumeWindows(parameters).refused,
  create(market, parameters) {
    const { current, base } = changeWindows(parameters)
    const volume = volumeWindows(parameters)
    const consistency = { fromMs: numberOf(parameters, 'consistencyMs'), toMs: 0 }
    const parts = [
      priceChange(market, current, base, 100),
      volumeSurge(market, volume.current, volume.base),
      velocity(market, parameters),
    ]
    const upShare = slidingTrades(
      market,
      consistency,
      'steps',
      2,
      countMoves,
      (memory) => memory[0] / (memory[0] + memory[1]),
      pending.undefined,
    )
    const columns = parts.map(() => new Float64Array(market.timeline.time.length))
    const [magnitudes, surges, velocities] = columns as [Float64Array, Float64Array, Float64Array]
    const fullMagnitude = numberOf(parameters, 'fullMagnitudePct')
    const fullSurge = numberOf(parameters, 'fullSurge') - 1
    const fullVelocity = numberOf(parameters, 'fullVelocity')
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        upShare.fill(from, to, values, reasons)
        for (let index = 0; index < parts.length; index++) parts[index].fill(from, to, columns[index], reasons)
        for (let at = from; at < to; at++) {
          values[at] =
            30 * part(magnitudes[at] / fullMagnitude) +
            25 * part((surges[at] - 1) / fullSurge) +
            25 * part(velocities[at] / fullVelocity) +
            20 * values[at]
        }
      },
      ...(upShare.snapshot && upShare.restore ? { snapshot: upShare.snapshot, restore: upShare.restore } : {}),
    }
  },
}
