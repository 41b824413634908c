import type { IndicatorDefinition, MarketView, ParameterSpec, Parameters } from '#model/indicator.ts'
import { readyAfter } from './coverage.ts'
import { columnOf, type InstantReader } from './instant-reader.ts'
import { fromMs, numberOf, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'

const takerSide: ParameterSpec = {
  name: 'side',
  description: 'Taker side of the orders counted',
  unit: 'choice',
  type: 'choice',
  default: 'buy',
  choices: ['buy', 'sell'],
}

export const orderCount: IndicatorDefinition = {
  id: 'orderCount',
  title: 'Taker orders',
  description:
    'How many market orders of one side came: prints of one millisecond are one order eating through the book. One whale ' +
    'is one order; a pump is a crowd.',
  formula:
    'number of runs of consecutive prints of the side that share a millisecond, counted at their first print, in (fromMs, toMs)',
  source: 'La Morgia et al. 2020: rush orders, counted as orders',
  inputs: ['trade', 'side'],
  parameters: [fromMs(5_000), toMs(), takerSide],
  unit: 'count',
  range: [0, Infinity],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
  create: (market, parameters) => columnOf(market, countOrders(market, parameters), readyAfter(windowOf(parameters))),
}

/** `orderCount` by instant, however little data there is. */
export function countOrders(market: MarketView, parameters: Parameters): InstantReader {
  const far = market.tradeEdge(numberOf(parameters, 'fromMs'))
  const near = market.tradeEdge(numberOf(parameters, 'toMs'))
  const wanted = parameters['side'] === 'sell' ? -1 : 1
  let oldest = market.trades.start
  let next = oldest
  let orderTime = Number.NaN
  let mask = 1023
  /** Orders begun before row r, at `r & mask`. */
  let counts = new Float64Array(mask + 1)

  function grow(rows: number): void {
    let capacity = mask + 1
    while (capacity < rows) capacity *= 2
    const longer = new Float64Array(capacity)
    for (let row = oldest; row <= next; row++) longer[row & (capacity - 1)] = counts[row & mask]
    mask = capacity - 1
    counts = longer
  }

  return {
    ensure(from, to) {
      far.ensure()
      near.ensure()
      oldest = Math.max(oldest, Math.min(far.values[from], next))
      const end = market.timeline.trades[to - 1]
      if (end - oldest >= mask) grow(end - oldest + 2)
      const { offset, time, side } = market.trades
      for (; next < end; next++) {
        const isWanted = side[next - offset] === wanted
        const isNew = isWanted && time[next - offset] !== orderTime
        orderTime = isWanted ? time[next - offset] : Number.NaN
        counts[(next + 1) & mask] = counts[next & mask] + (isNew ? 1 : 0)
      }
    },
    at: (instant) => counts[near.values[instant] & mask] - counts[Math.max(far.values[instant], oldest) & mask],
    snapshot() {
      const kept = new Float64Array(next - oldest + 1)
      for (let row = oldest; row <= next; row++) kept[row - oldest] = counts[row & mask]
      return { oldest, next, orderTime, kept }
    },
    restore(state) {
      const saved = state as { oldest: number; next: number; orderTime: number; kept: Float64Array }
      ;({ oldest, next, orderTime } = saved)
      if (next - oldest >= mask) grow(next - oldest + 2)
      for (let row = oldest; row <= next; row++) counts[row & mask] = saved.kept[row - oldest]
    },
  }
}
