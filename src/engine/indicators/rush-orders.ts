import {
  type ColumnKernel,
  type IndicatorDefinition,
  type MarketView,
  minCoverage,
  type Parameters,
  type ParameterSpec,
} from '#model/indicator.ts'
import { waitingReason } from './coverage.ts'
import { fromMs, numberOf, refuseWindow, toMs, windowLookback } from './parameter-specs.ts'

const side: ParameterSpec = {
  name: 'side',
  description: 'Taker side of the prints counted',
  unit: 'choice',
  type: 'choice',
  default: 'buy',
  choices: ['buy', 'sell'],
}

const groupSize: ParameterSpec = {
  name: 'groupSize',
  description: 'Prints of one millisecond that make a rush',
  unit: 'count',
  type: 'integer',
  default: 2,
  min: 2,
  max: 100,
}

const shared = {
  source: 'La Morgia et al. 2020, Pump and Dumps in the Bitcoin Era: rush orders',
  inputs: ['trade', 'side'],
  parameters: [fromMs(25_000), toMs(), side, groupSize],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
  range: [0, Infinity],
} as const satisfies Partial<IndicatorDefinition>

export const rushOrders: IndicatorDefinition = {
  ...shared,
  id: 'rushOrders',
  title: 'Rush orders',
  description:
    'Market buys that hit the book in the same millisecond: one large order eating levels, or many at once. ' +
    'The first thing a pump shows.',
  formula:
    'number of taker prints of the side in (fromMs, toMs) that share their millisecond with at least ' +
    'groupSize − 1 others',
  unit: 'count',
  create: (market, parameters) => rush(market, parameters, false),
}

export const rushVolume: IndicatorDefinition = {
  ...shared,
  id: 'rushVolume',
  title: 'Rush volume',
  description: 'Value of the rush orders: taker prints of one side that came in the same millisecond.',
  formula: 'Σ price·quantity of the rush orders in (fromMs, toMs)',
  unit: 'notional',
  create: (market, parameters) => rush(market, parameters, true),
}

/** Keeps the sum of rush prints before each row of the window; a group counts from the print that completes it. */
function rush(market: MarketView, parameters: Parameters, byValue: boolean): ColumnKernel {
  const from = numberOf(parameters, 'fromMs')
  const to = numberOf(parameters, 'toMs')
  const wanted = parameters['side'] === 'sell' ? -1 : 1
  const size = numberOf(parameters, 'groupSize')
  const far = market.tradeEdge(from)
  const near = market.tradeEdge(to)
  const readyAfterMs = to + (from - to) * minCoverage
  let oldest = market.trades.start
  let next = oldest
  let groupTime = Number.NaN
  let groupCount = 0
  let groupSum = 0
  let mask = 1023
  /** Sum before row r at `r & mask`. */
  let sums = new Float64Array(mask + 1)

  function extend(end: number): void {
    if (end - oldest >= mask) grow(end - oldest + 2)
    const { offset, time, price, quantity, side: sides } = market.trades
    for (; next < end; next++) {
      const at = next - offset
      let sum = sums[next & mask]
      if (sides[at] === wanted) {
        const weight = byValue ? price[at] * quantity[at] : 1
        if (time[at] !== groupTime) {
          groupTime = time[at]
          groupCount = groupSum = 0
        }
        groupCount++
        groupSum += weight
        if (groupCount === size) sum += groupSum
        else if (groupCount > size) sum += weight
      }
      sums[(next + 1) & mask] = sum
    }
  }

  function grow(rows: number): void {
    let capacity = mask + 1
    while (capacity < rows) capacity *= 2
    const longer = new Float64Array(capacity)
    for (let row = oldest; row <= next; row++) longer[row & (capacity - 1)] = sums[row & mask]
    mask = capacity - 1
    sums = longer
  }

  return {
    kind: 'column',
    fill(first, last, values, reasons) {
      far.ensure()
      near.ensure()
      const { time, trades } = market.timeline
      const since = market.coveredSince()
      oldest = Math.max(oldest, Math.min(far.values[first], next))
      extend(trades[last - 1])
      for (let at = first; at < last; at++) {
        if (time[at] - readyAfterMs >= since) {
          values[at] = sums[near.values[at] & mask] - sums[Math.max(far.values[at], oldest) & mask]
          continue
        }
        values[at] = Number.NaN
        reasons[at] = waitingReason(time[at], since)
      }
    },
    snapshot() {
      const kept = new Float64Array(next - oldest + 1)
      for (let row = oldest; row <= next; row++) kept[row - oldest] = sums[row & mask]
      return { oldest, next, groupTime, groupCount, groupSum, kept }
    },
    restore(state) {
      const saved = state as {
        oldest: number
        next: number
        groupTime: number
        groupCount: number
        groupSum: number
        kept: Float64Array
      }
      ;({ oldest, next, groupTime, groupCount, groupSum } = saved)
      if (next - oldest >= mask) grow(next - oldest + 2)
      for (let row = oldest; row <= next; row++) sums[row & mask] = saved.kept[row - oldest]!
    },
  }
}
