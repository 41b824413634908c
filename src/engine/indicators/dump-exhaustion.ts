import { type IndicatorDefinition, type ParameterSpec, pending, type StrategyView } from '#model/indicator.ts'
import { baselineLookback, dayMs, numberOf } from './parameter-specs.ts'
import { changeParameters, refuseChange, velocity } from './price-change.ts'
import { volumeParameters, volumeWindows } from './score.ts'
import { TouchImbalance } from './touch-imbalance.ts'
import { volumeSurge } from './volume-surge.ts'

export const dumpExhaustionScore: IndicatorDefinition = {
  id: 'dumpExhaustionScore',
  title: 'Dump exhaustion',
  description: 'How spent the fall after a pump is, 0 to 100: slow, thin, well retraced and no longer offered down.',
  formula:
    '30 (15) points for |velocity| < velocityThreshold (2×), 25 (12.5) for volume surge < volumeThreshold (1.5×), 25 (12.5) for retracement ≥ retracementThreshold (0.7×), 20 (10) for imbalance at the touch > imbalanceThreshold (−20). retracement = 100 · (peak − price) / (peak − baseline), both of the signal; pending while any part is missing',
  source: 'domain §1.2.10 DUMP_EXHAUSTION_SCORE, retracement of the height of the pump',
  inputs: ['trade', 'quote', 'signal'],
  parameters: [
    ...changeParameters(10_000, 40_000, 10_000),
    ...volumeParameters,
    {
      name: 'imbalanceFromMs',
      description: 'Window of the imbalance',
      unit: 'ms',
      type: 'integer',
      default: 30_000,
      min: 1,
      max: dayMs,
    },
    threshold('velocityThreshold', 'percentPerSecond', 'Slow below this', 0.1, 0.01, 1),
    threshold('volumeThreshold', 'ratio', 'Thin below this share of the usual volume', 0.8, 0.1, 2),
    threshold('retracementThreshold', 'percent', 'Share of the pump given back', 40, 10, 90),
    threshold('imbalanceThreshold', 'balance', 'Offered down below this', -10, -50, 50),
  ],
  unit: 'score',
  range: [0, 100],
  lookbackMs: (parameters) =>
    Math.max(
      baselineLookback(parameters),
      volumeWindows(parameters).base.fromMs,
      volumeWindows(parameters).current.fromMs,
      numberOf(parameters, 'imbalanceFromMs'),
    ),
  refuse: (parameters) => refuseChange(parameters) ?? volumeWindows(parameters).refused,
  create(market, parameters) {
    const volume = volumeWindows(parameters)
    const speed = velocity(market, parameters)
    const surge = volumeSurge(market, volume.current, volume.base)
    const imbalance = new TouchImbalance(market, numberOf(parameters, 'imbalanceFromMs'))
    const column = new Float64Array(market.timeline.time.length)
    const slow = numberOf(parameters, 'velocityThreshold')
    const thin = numberOf(parameters, 'volumeThreshold')
    const retraced = numberOf(parameters, 'retracementThreshold')
    const offered = numberOf(parameters, 'imbalanceThreshold')
    return {
      kind: 'state',
      read(at, state, reasons) {
        const missing = missingOf(state)
        if (missing !== pending.ready) {
          reasons[at] = missing
          return Number.NaN
        }
        speed.fill(at, at + 1, column, reasons)
        if (column[at] !== column[at]) return Number.NaN
        const fast = Math.abs(column[at])
        surge.fill(at, at + 1, column, reasons)
        if (column[at] !== column[at]) return Number.NaN
        const balance = imbalance.at(at)
        if (balance !== balance) {
          reasons[at] = market.timeline.quotes[at] > 0 ? pending.warmingUp : pending.noQuotes
          return Number.NaN
        }
        const { price, offset } = market.trades
        const last = price[market.timeline.trades[at] - 1 - offset]
        const share = (100 * (state.peakPrice - last)) / (state.peakPrice - state.baselinePrice)
        return (
          points(30, fast < slow, fast < 2 * slow) +
          points(25, column[at] < thin, column[at] < 1.5 * thin) +
          points(25, share >= retraced, share >= 0.7 * retraced) +
          points(20, balance > offered, balance > offered - 20)
        )
      },
    }
  },
}

function missingOf(state: StrategyView): number {
  if (state.signalTime !== state.signalTime || state.peakPrice !== state.peakPrice) return pending.noSignal
  if (state.baselinePrice !== state.baselinePrice) return pending.noBaseline
  return state.peakPrice > state.baselinePrice ? pending.ready : pending.undefined
}

const points = (all: number, isFull: boolean, isHalf: boolean): number => (isFull ? all : isHalf ? all / 2 : 0)

function threshold(
  name: string,
  unit: string,
  description: string,
  value: number,
  min: number,
  max: number,
): ParameterSpec {
  return { name, description, unit, type: 'number', default: value, min, max }
}
