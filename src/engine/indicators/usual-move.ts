import type { ColumnKernel, IndicatorDefinition, MarketView, Parameters } from '#model/indicator.ts'
import { readyAfter, skipUncovered } from './coverage.ts'
import { fromMs, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'
import { floorPct, usualLookback, usualMove, usualParameters } from './usual-level.ts'

export const usualMovePct: IndicatorDefinition = {
  id: 'usualMovePct',
  title: 'Usual move',
  description:
    'How far this instrument usually moves from one minute to the next, whichever way, learned over hours; a burst hardly shifts it.',
  formula:
    'average of 100·|ln(close / close before)| over closed bars, half-life halfLifeBars, each at most clip times the level; at least floorPct',
  source: 'Huber 1964, clipped location estimate',
  inputs: ['bar'],
  parameters: [...usualParameters, floorPct],
  unit: 'percent',
  range: [0, Infinity],
  lookbackMs: usualLookback,
  create: usualMove,
}

export const riseFromLevelPct: IndicatorDefinition = {
  id: 'riseFromLevelPct',
  title: 'Rise from the level',
  description: 'How far the last price stands above its level of a moment ago, in percent. The first number of a pump.',
  formula: '100 · (last price − L) / L, with L = TWPA(fromMs, toMs)',
  source: 'domain §1.2.4 PUMP_MAGNITUDE_PCT, with the last price instead of an average that lags',
  inputs: ['trade'],
  parameters: [fromMs(70_000), toMs(10_000)],
  unit: 'percent',
  range: [-100, Infinity],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
  create: riseFromLevel,
}

export const riseInUsualMoves: IndicatorDefinition = {
  id: 'riseInUsualMoves',
  title: 'Rise in usual moves',
  description:
    'The rise from the level, counted in what this instrument usually moves in a minute: 5 percent is much for a large ' +
    'coin and nothing for a wild one.',
  formula: 'riseFromLevelPct(fromMs, toMs) / usualMovePct(…)',
  source: 'Huber 1964, clipped location estimate as the scale of the move',
  inputs: ['trade', 'bar'],
  parameters: [fromMs(70_000), toMs(10_000), ...usualParameters, floorPct],
  unit: 'ratio',
  range: [-Infinity, Infinity],
  lookbackMs: (parameters) => Math.max(windowLookback(parameters), usualLookback(parameters)),
  refuse: refuseWindow,
  create(market, parameters) {
    const usual = usualMove(market, parameters)
    const level = market.twpa(windowOf(parameters).fromMs, windowOf(parameters).toMs)
    const readyAfterMs = readyAfter(windowOf(parameters))
    return {
      ...usual,
      fill(from, to, values, reasons) {
        usual.fill(from, to, values, reasons)
        level.ensure()
        const levels = level.values
        const { price, offset } = market.trades
        const { trades } = market.timeline
        for (let at = skipUncovered(market, readyAfterMs, from, to, values, reasons); at < to; at++) {
          values[at] = (100 * (price[trades[at] - 1 - offset] - levels[at])) / (levels[at] * values[at])
        }
      },
    }
  },
}

/** `riseFromLevelPct` of `fromMs` and `toMs`. */
export function riseFromLevel(market: MarketView, parameters: Parameters): ColumnKernel {
  const window = windowOf(parameters)
  const level = market.twpa(window.fromMs, window.toMs)
  const readyAfterMs = readyAfter(window)
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      level.ensure()
      const levels = level.values
      const { price, offset } = market.trades
      const { trades } = market.timeline
      for (let at = skipUncovered(market, readyAfterMs, from, to, values, reasons); at < to; at++) {
        values[at] = (100 * (price[trades[at] - 1 - offset] - levels[at])) / levels[at]
      }
    },
  }
}
