import type { IndicatorDefinition } from '#model/indicator.ts'
import { barRecursion } from './bar-kernels.ts'
import { bars, barsLookback, intervalMs, numberOf } from './parameter-specs.ts'

export const rsi: IndicatorDefinition = {
  id: 'rsi',
  title: 'RSI',
  description:
    'Relative strength index on bars: above 70 the rise is stretched, below 30 the fall. A flat market reads 50.',
  formula:
    '100 · G / (G + L), G and L = Wilder averages over period of rises and falls of the close; 50 when both are 0',
  source: 'Wilder 1978; domain §1.2 #16 and §1.5',
  inputs: ['bar'],
  parameters: [intervalMs, bars('period', 'Bars of the average', 14, 2, 100)],
  unit: 'score',
  range: [0, 100],
  lookbackMs: (parameters) => barsLookback(parameters, numberOf(parameters, 'period') + 1),
  create(market, parameters) {
    const period = numberOf(parameters, 'period')
    return barRecursion(market, numberOf(parameters, 'intervalMs'), 4, (memory, tape, at) => {
      const count = memory[0]
      const close = tape.close[at]
      const change = close - memory[1]
      memory[1] = close
      if (count === 0) return Number.NaN
      const gain = stepWilder(memory, 2, count - 1, change > 0 ? change : 0, period)
      const loss = stepWilder(memory, 3, count - 1, change < 0 ? -change : 0, period)
      return gain + loss === 0 ? 50 : (100 * gain) / (gain + loss)
    })
  },
}

/** Wilder's average in `memory[slot]`: the mean of the first `period` inputs, then each new one weighs 1/period. */
export function stepWilder(memory: Float64Array, slot: number, count: number, input: number, period: number): number {
  const kept = memory[slot]
  if (count < period - 1) {
    memory[slot] = kept + input
    return Number.NaN
  }
  return (memory[slot] = count === period - 1 ? (kept + input) / period : (kept * (period - 1) + input) / period)
}
