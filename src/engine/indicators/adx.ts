import type { IndicatorDefinition } from '#model/indicator.ts'
import { trueRange } from './atr.ts'
import { barRecursion } from './bar-kernels.ts'
import { bars, barsLookback, intervalMs, numberOf } from './parameter-specs.ts'
import { stepWilder } from './rsi.ts'

export const adx: IndicatorDefinition = {
  id: 'adx',
  title: 'ADX',
  description: 'Strength of the trend whatever its direction: below 20 the market wanders, above 25 it goes somewhere.',
  formula:
    'Wilder average over period of 100 · |P − M| / (P + M), P and M = Wilder-smoothed upward and downward ' +
    'movement over smoothed true range; 0 when neither moved',
  source: 'Wilder 1978; TA-Lib ADX',
  inputs: ['bar'],
  parameters: [intervalMs, bars('period', 'Bars of each average', 14, 2, 100)],
  unit: 'score',
  range: [0, 100],
  lookbackMs: (parameters) => barsLookback(parameters, 2 * numberOf(parameters, 'period')),
  create(market, parameters) {
    const period = numberOf(parameters, 'period')
    // memory: bars, previous high, low and close, sums of upward and downward movement and true range, average
    return barRecursion(market, numberOf(parameters, 'intervalMs'), 8, (memory, tape, at) => {
      const count = memory[0]
      const up = tape.high[at] - memory[1]
      const down = memory[2] - tape.low[at]
      const range = trueRange(tape, at, memory[3])
      memory[1] = tape.high[at]
      memory[2] = tape.low[at]
      memory[3] = tape.close[at]
      if (count === 0) return Number.NaN
      // the first period − 1 movements seed the sums, later ones replace a share of them
      const kept = count < period ? 1 : 1 - 1 / period
      memory[4] = memory[4] * kept + (up > down && up > 0 ? up : 0)
      memory[5] = memory[5] * kept + (down > up && down > 0 ? down : 0)
      memory[6] = memory[6] * kept + range
      if (count < period) return Number.NaN
      const moved = memory[4] + memory[5]
      const directional = moved > 0 && memory[6] > 0 ? (100 * Math.abs(memory[4] - memory[5])) / moved : 0
      return stepWilder(memory, 7, count - period, directional, period)
    })
  },
}
