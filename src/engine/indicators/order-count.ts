import type { ColumnKernel, IndicatorDefinition, MarketView, Parameters } from '#model/indicator.ts'
import { readyAfter, skipUncovered } from './coverage.ts'
import { fromMs, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'

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
  parameters: [
    fromMs(5_000),
    toMs(),
    {
      name: 'side',
      description: 'Taker side of the orders counted',
      unit: 'choice',
      type: 'choice',
      default: 'buy',
      choices: ['buy', 'sell'],
    },
  ],
  unit: 'count',
  range: [0, Infinity],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
  create: countOrders,
}

/** `orderCount`. */
export function countOrders(market: MarketView, parameters: Parameters): ColumnKernel {
  const window = windowOf(parameters)
  const far = market.tradeEdge(window.fromMs)
  const near = market.tradeEdge(window.toMs)
  const readyAfterMs = readyAfter(window)
  const wanted = parameters['side'] === 'sell' ? -1 : 1
  let oldest = market.trades.start
  let next = oldest
  let orderTime = Number.NaN
  let mask = 1023
  /** Orders begun before row r, at `r & mask`. */
  let counts = new Float64Array(mask + 1)

  function extend(end: number): void {
    if (end - oldest >= mask) grow(end - oldest + 2)
    const { offset, time, side } = market.trades
    let count = counts[next & mask]
    for (; next < end; next++) {
      const at = next - offset
      if (side[at] !== wanted) orderTime = Number.NaN
      else if (time[at] !== orderTime) {
        orderTime = time[at]
        count++
      }
      counts[(next + 1) & mask] = count
    }
  }

  function grow(rows: number): void {
    let capacity = mask + 1
    while (capacity < rows) capacity *= 2
    const longer = new Float64Array(capacity)
    for (let row = oldest; row <= next; row++) longer[row & (capacity - 1)] = counts[row & mask]
    mask = capacity - 1
    counts = longer
  }

  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      far.ensure()
      near.ensure()
      const fars = far.values
      const nears = near.values
      oldest = Math.max(oldest, Math.min(fars[from], next))
      extend(market.timeline.trades[to - 1])
      for (let at = skipUncovered(market, readyAfterMs, from, to, values, reasons); at < to; at++) {
        values[at] = counts[nears[at] & mask] - counts[Math.max(fars[at], oldest) & mask]
      }
    },
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
