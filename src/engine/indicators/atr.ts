import type { BarTape, IndicatorDefinition, Parameters } from '#model/indicator.ts'
import { barRecursion, type StepBar } from './bar-kernels.ts'
import { bars, barsLookback, intervalMs, numberOf } from './parameter-specs.ts'
import { stepWilder } from './rsi.ts'

const shared = {
  source: 'Wilder 1978; TA-Lib ATR',
  inputs: ['bar'],
  parameters: [intervalMs, bars('period', 'Bars of the average', 14)],
  range: [0, Infinity],
  lookbackMs: (parameters: Parameters) => barsLookback(parameters, numberOf(parameters, 'period') + 1),
} as const satisfies Partial<IndicatorDefinition>

export const atr: IndicatorDefinition = {
  ...shared,
  id: 'atr',
  title: 'ATR',
  description: 'Average true range: how far price usually travels in a bar, gaps included, in price.',
  formula: 'Wilder average over period of max(high, previous close) − min(low, previous close)',
  unit: 'priceDistance',
  create: (market, parameters) =>
    barRecursion(market, numberOf(parameters, 'intervalMs'), atrMemory, stepAtr(numberOf(parameters, 'period'))),
}

export const atrPct: IndicatorDefinition = {
  ...shared,
  id: 'atrPct',
  title: 'ATR in percent',
  description: 'Average true range in percent of the close: volatility that compares between coins.',
  formula: '100 · ATR(period) / close',
  unit: 'percent',
  create(market, parameters) {
    const step = stepAtr(numberOf(parameters, 'period'))
    return barRecursion(
      market,
      numberOf(parameters, 'intervalMs'),
      atrMemory,
      (memory, tape, at) => (100 * step(memory, tape, at)) / tape.close[at],
    )
  },
}

/** Numbers of memory `stepAtr` needs: bars taken, previous close, average. */
export const atrMemory = 3

export function stepAtr(period: number): StepBar {
  return (memory, tape, at) => {
    const count = memory[0]
    const previous = memory[1]
    memory[1] = tape.close[at]
    return count === 0 ? Number.NaN : stepWilder(memory, 2, count - 1, trueRange(tape, at, previous), period)
  }
}

/** Range of the bar stretched to the close before it. */
export const trueRange = ({ high, low }: BarTape, at: number, previous: number): number =>
  Math.max(high[at], previous) - Math.min(low[at], previous)
