import type { IndicatorDefinition } from '#model/indicator.ts'
import { barRecursion } from './bar-kernels.ts'
import { inBars, learnedParameters } from './candle-parameters.ts'
import { numberOf } from './parameter-specs.ts'
import { floorShare, usualLookback, usualTurnoverOfBar } from './usual-level.ts'

export const barTurnoverSurge: IndicatorDefinition = {
  id: 'barTurnoverSurge',
  title: 'Turnover of the bar',
  description:
    'How many times the usual turnover of a bar the last finished one had. In a market where most bars are empty the usual is ' +
    'taken to be a share of a bar in which something traded.',
  formula:
    'quote volume of the last bar / average quote volume of bars, half-life halfLifeMs, each at most clip times the level; at least floorShare of the same average over bars in which something traded',
  source: 'Kamps and Kleinberg 2018, volume spike; Huber 1964, clipped location estimate',
  inputs: ['bar'],
  parameters: [...learnedParameters, floorShare],
  unit: 'ratio',
  range: [0, Infinity],
  lookbackMs: (parameters) => usualLookback(inBars(parameters)),
  create(market, parameters) {
    const usual = usualTurnoverOfBar(market, inBars(parameters))
    const last = barRecursion(
      market,
      numberOf(parameters, 'intervalMs'),
      1,
      (_, { quoteVolume }, at) => quoteVolume[at],
    )
    const turnovers = new Float64Array(market.timeline.time.length)
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        last.fill(from, to, turnovers, reasons)
        usual.fill(from, to, values, reasons)
        for (let at = from; at < to; at++) values[at] = turnovers[at] / values[at]
      },
      snapshot: () => ({ last: last.snapshot?.(), usual: usual.snapshot?.() }),
      restore(state) {
        const saved = state as { last: unknown; usual: unknown }
        last.restore?.(saved.last)
        usual.restore?.(saved.usual)
      },
    }
  },
}
