import type { IndicatorDefinition } from '#model/indicator.ts'
import { barRecursion } from './bar-kernels.ts'
import { bars, barsLookback, intervalMs, numberOf } from './parameter-specs.ts'

export const emaBars: IndicatorDefinition = {
  id: 'emaBars',
  title: 'EMA',
  description: 'Exponential moving average of bar closes: like the SMA, but the newest bars weigh most.',
  formula: 'ema = close·α + previous·(1 − α), α = 2 / (period + 1), seeded with the SMA of the first period closes',
  source: 'domain §1.5 EMA(n); TA-Lib EMA',
  inputs: ['bar'],
  parameters: [intervalMs, bars('period', 'Bars of the average', 21)],
  unit: 'price',
  range: [0, Infinity],
  lookbackMs: (parameters) => barsLookback(parameters, numberOf(parameters, 'period')),
  create(market, parameters) {
    const period = numberOf(parameters, 'period')
    return barRecursion(market, numberOf(parameters, 'intervalMs'), 2, (memory, tape, at) =>
      stepEma(memory, 1, memory[0], tape.close[at], period),
    )
  },
}

/** Takes input number `count` (from 0) into the average in `memory[slot]`: the sum until seeded, then the EMA. */
export function stepEma(memory: Float64Array, slot: number, count: number, input: number, period: number): number {
  const kept = memory[slot]
  if (count < period - 1) {
    memory[slot] = kept + input
    return Number.NaN
  }
  const alpha = 2 / (period + 1)
  return (memory[slot] = count === period - 1 ? (kept + input) / period : kept + alpha * (input - kept))
}
