import type { ColumnKernel, MarketView, ParameterSpec, Parameters } from '#model/indicator.ts'
import { barRecursion } from './bar-kernels.ts'
import { bars, barsLookback, intervalMs, numberOf, percent, ratio } from './parameter-specs.ts'

/** How a level is learned from bars. */
export const usualParameters: readonly ParameterSpec[] = [
  intervalMs,
  bars('halfLifeBars', 'Bars after which one counts half', 360, 1, 100_000),
  ratio('clip', 'A bar counts at most this many times the level, so that a burst does not become usual', 10, 1.5, 1000),
  bars('warmUpBars', 'Bars before the level counts', 60, 1, 4_000),
]

export const floorPct = percent(
  'floorPct',
  'The usual move is taken to be at least this, also in a dead market',
  0.03,
  0.0001,
  10,
)

export const floorShare = ratio(
  'floorShare',
  'Liquidity floor: the usual turnover is at least this share of that of a bar in which something traded',
  0.1,
  0,
  1,
)

export const usualLookback = (parameters: Parameters): number =>
  barsLookback(parameters, numberOf(parameters, 'warmUpBars') + 1)

/** Percent by which the close usually differs from the close before, one bar to the next. */
export function usualMove(market: MarketView, parameters: Parameters): ColumnKernel {
  const learn = learner(parameters)
  const warmUp = numberOf(parameters, 'warmUpBars')
  const floor = numberOf(parameters, 'floorPct')
  return barRecursion(market, numberOf(parameters, 'intervalMs'), 3, (memory, tape, at) => {
    const before = memory[2]
    const close = (memory[2] = tape.close[at])
    if (memory[0] === 0) return Number.NaN
    const level = learn(memory, 1, memory[0], 100 * Math.abs(Math.log(close / before)), floor)
    return memory[0] < warmUp ? Number.NaN : Math.max(level, floor)
  })
}

/** Quote turnover a bar usually has; none while nothing has traded. */
export function usualTurnoverOfBar(market: MarketView, parameters: Parameters): ColumnKernel {
  const learn = learner(parameters)
  const warmUp = numberOf(parameters, 'warmUpBars')
  const share = numberOf(parameters, 'floorShare')
  return barRecursion(market, numberOf(parameters, 'intervalMs'), 4, (memory, tape, at) => {
    // the data began inside the first bar
    if (memory[0] === 0) return Number.NaN
    const turnover = tape.quoteVolume[at]
    if (turnover > 0) learn(memory, 2, (memory[3] = memory[3] + 1), turnover, 0)
    const floor = share * memory[2]
    const level = Math.max(learn(memory, 1, memory[0], turnover, floor), floor)
    return memory[0] < warmUp || level === 0 ? Number.NaN : level
  })
}

/**
 * Takes value number `count` (from 1) into the average in `memory[slot]`: older ones fade, each counts at most `clip` times the
 * level or the floor. A clipped (Huber) location estimate, which neither a burst nor a dead hour shifts far.
 */
function learner(parameters: Parameters) {
  const clip = numberOf(parameters, 'clip')
  const fade = 1 - 2 ** (-1 / numberOf(parameters, 'halfLifeBars'))
  return (memory: Float64Array, slot: number, count: number, value: number, floor: number): number => {
    const level = memory[slot]
    const capped = count === 1 ? value : Math.min(value, clip * Math.max(level, floor))
    return (memory[slot] = level + (capped - level) * Math.max(fade, 1 / count))
  }
}
