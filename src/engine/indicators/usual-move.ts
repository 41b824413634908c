import type { IndicatorDefinition, MarketView, ParameterSpec, Parameters } from '#model/indicator.ts'
import { readyAfter } from './coverage.ts'
import { columnOf, type InstantReader } from './instant-reader.ts'
import { fromMs, numberOf, percent, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'
import { type PeriodMeasure, usualLevel, usualParameters } from './usual-level.ts'

const floorPct = percent(
  'floorPct',
  'The usual move is taken to be at least this, also in a dead market',
  0.03,
  0.0001,
  10,
)

const learned: readonly ParameterSpec[] = [...usualParameters, floorPct]

export const usualMovePct: IndicatorDefinition = {
  id: 'usualMovePct',
  title: 'Usual move',
  description: 'How far this instrument usually moves from one minute to the next, whichever way, learned over hours.',
  formula:
    'clipped decayed average (halfLifeMs, at most clip times the level) over whole periods of 100·|ln(close / close before)|, at least floorPct',
  source: 'Huber 1964, clipped location estimate; domain §1.4 PRICE_VOLATILITY',
  inputs: ['trade'],
  parameters: learned,
  unit: 'percent',
  range: [0, Infinity],
  lookbackMs: (parameters) => numberOf(parameters, 'warmUpMs'),
  create: (market, parameters) => columnOf(market, usualMove(market, parameters), numberOf(parameters, 'warmUpMs')),
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
  create: (market, parameters) => columnOf(market, riseFromLevel(market, parameters), readyAfter(windowOf(parameters))),
}

export const riseInUsualMoves: IndicatorDefinition = {
  id: 'riseInUsualMoves',
  title: 'Rise in usual moves',
  description:
    'The rise from the level, counted in what this instrument usually moves in a minute: 5 percent is much for a large ' +
    'coin and nothing for a wild one.',
  formula: 'riseFromLevelPct(fromMs, toMs) / usualMovePct(…)',
  source: 'domain §1.4, normalised by the instrument’s own volatility',
  inputs: ['trade'],
  parameters: [fromMs(70_000), toMs(10_000), ...learned],
  unit: 'ratio',
  range: [-Infinity, Infinity],
  lookbackMs: (parameters) => Math.max(numberOf(parameters, 'fromMs'), numberOf(parameters, 'warmUpMs')),
  refuse: refuseWindow,
  create(market, parameters) {
    const rise = riseFromLevel(market, parameters)
    const usual = usualMove(market, parameters)
    const readyAfterMs = Math.max(numberOf(parameters, 'warmUpMs'), readyAfter(windowOf(parameters)))
    return columnOf(market, { ...usual, ensure: rise.ensure, at: (at) => rise.at(at) / usual.at(at) }, readyAfterMs)
  },
}

/** `riseFromLevelPct` by instant, however little data there is. */
export function riseFromLevel(market: MarketView, parameters: Parameters): InstantReader {
  const window = windowOf(parameters)
  const level = market.twpa(window.fromMs, window.toMs)
  return {
    ensure: () => level.ensure(),
    at(instant) {
      const { price, offset } = market.trades
      const base = level.values[instant]
      return (100 * (price[market.timeline.trades[instant] - 1 - offset] - base)) / base
    },
  }
}

/** `usualMovePct` by instant, without its warm-up. */
export function usualMove(market: MarketView, parameters: Parameters): InstantReader {
  const floor = numberOf(parameters, 'floorPct')
  return usualLevel(market, parameters, moveOfPeriod(market), () => floor)
}

function moveOfPeriod(market: MarketView): PeriodMeasure {
  let close = Number.NaN
  let before = Number.NaN
  return {
    add(row) {
      close = market.trades.price[row]
    },
    finish() {
      const move = 100 * Math.abs(Math.log(close / before))
      before = close
      return move
    },
    snapshot: () => ({ close, before }),
    restore(state) {
      ;({ close, before } = state as { close: number; before: number })
    },
  }
}
