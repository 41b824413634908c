import {
  type ColumnKernel,
  type IndicatorDefinition,
  type MarketView,
  type Parameters,
  pending,
} from '#model/indicator.ts'
import { inBars, learnedParameters, levelBars, levelMs, refuseLevel } from './candle-parameters.ts'
import { barsLookback, intervalMs, numberOf } from './parameter-specs.ts'
import { SlidingMedian } from './sliding-median.ts'
import { floorPct, usualLookback, usualMove } from './usual-level.ts'

export const barRisePct: IndicatorDefinition = {
  id: 'barRisePct',
  title: 'Rise of the bar',
  description:
    'How far the last finished bar closed above what the bars before it usually closed at, in percent. A spike among them hardly shifts it.',
  formula: '100 · (close / M − 1), with M = median close of the levelMs / intervalMs bars before the newest',
  source: 'Kamps and Kleinberg 2018, price spike, against a median instead of a mean',
  inputs: ['bar'],
  parameters: [intervalMs, levelMs],
  unit: 'percent',
  range: [-100, Infinity],
  lookbackMs: (parameters) => barsLookback(parameters, levelBars(parameters) + 1),
  refuse: refuseLevel,
  create: riseOfBar,
}

export const barRiseInUsualMoves: IndicatorDefinition = {
  id: 'barRiseInUsualMoves',
  title: 'Rise of the bar in usual moves',
  description:
    'The rise of the bar, counted in what this instrument usually moves from bar to bar: 5 percent is much for a large coin ' +
    'and nothing for a wild one.',
  formula:
    'barRisePct(levelMs) / average of 100·|ln(close / close before)|, half-life halfLifeMs, each at most clip times the level; at least floorPct',
  source: 'Huber 1964, clipped location estimate as the scale of the move',
  inputs: ['bar'],
  parameters: [...learnedParameters, levelMs, floorPct],
  unit: 'ratio',
  range: [-Infinity, Infinity],
  lookbackMs: (parameters) =>
    Math.max(barsLookback(parameters, levelBars(parameters) + 1), usualLookback(inBars(parameters))),
  refuse: refuseLevel,
  create(market, parameters) {
    const rise = riseOfBar(market, parameters)
    const usual = usualMove(market, inBars(parameters))
    const moves = new Float64Array(market.timeline.time.length)
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        usual.fill(from, to, moves, reasons)
        rise.fill(from, to, values, reasons)
        for (let at = from; at < to; at++) {
          const value = values[at] / moves[at]
          // a rise there is may wait for the usual move; bars there are, then
          if (value !== value && values[at] === values[at]) reasons[at] = pending.warmingUp
          values[at] = value
        }
      },
      snapshot: () => ({ rise: rise.snapshot?.(), usual: usual.snapshot?.() }),
      restore(state) {
        const saved = state as { rise: unknown; usual: unknown }
        rise.restore?.(saved.rise)
        usual.restore?.(saved.usual)
      },
    }
  },
}

/** `barRisePct`. */
function riseOfBar(market: MarketView, parameters: Parameters): ColumnKernel {
  const { tape, seen } = market.bars(numberOf(parameters, 'intervalMs'))
  const count = levelBars(parameters)
  const closes = new SlidingMedian()
  let held = 0
  let next = tape.start
  let value = Number.NaN
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      seen.ensure()
      const ends = seen.values
      const { offset, close } = tape
      for (let at = from; at < to; at++) {
        for (; next < ends[at]; next++) {
          const newest = close[next - offset]
          value = held === count ? 100 * (newest / closes.median() - 1) : Number.NaN
          closes.push(newest)
          if (held === count) closes.shift()
          else held++
        }
        values[at] = value
        if (value !== value) reasons[at] = held === 0 ? pending.noBars : pending.warmingUp
      }
    },
    snapshot: () => ({ closes: closes.toArray(), next, value }),
    restore(state) {
      const saved = state as { closes: Float64Array; next: number; value: number }
      closes.clear()
      for (const one of saved.closes) closes.push(one)
      held = saved.closes.length
      next = saved.next
      value = saved.value
    },
  }
}
