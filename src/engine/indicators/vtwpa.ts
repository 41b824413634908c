import { type IndicatorDefinition, pending } from '#model/indicator.ts'
import { addTo, sumOf } from './compensated.ts'
import { fromMs, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'
import { type AddTerm, slidingTrades, type TermValue } from './sliding-trades.ts'

export const vtwpa: IndicatorDefinition = {
  id: 'vtwpa',
  title: 'Volume- and time-weighted average price',
  description: 'Average price in which a trade counts by its size and by how long it was the last one.',
  formula: '∫ price·quantity dt / ∫ quantity dt over (fromMs, toMs), each trade held until the next',
  source: 'domain §1.4 VTWPA',
  inputs: ['trade'],
  parameters: [fromMs(300_000), toMs()],
  unit: 'price',
  range: [0, Infinity],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
  create: (market, parameters) =>
    slidingTrades(market, windowOf(parameters), 'steps', 4, addHeld, meanHeld, pending.undefined),
}

/** What the trade before the row was worth until the row came: slots 0 = price·quantity·ms, 2 = quantity·ms. */
const addHeld: AddTerm = (memory, { time, price, quantity }, at, sign) => {
  const weight = sign * quantity[at - 1] * (time[at] - time[at - 1])
  addTo(memory, 0, price[at - 1] * weight)
  addTo(memory, 2, weight)
}

const meanHeld: TermValue = (memory, { time, price, quantity }, first, end, from, to) => {
  const carried = first - 1
  const last = end - 1
  const outside = quantity[carried] * Math.max(0, from - time[carried])
  const rest = quantity[last] * (to - time[last])
  const weight = sumOf(memory, 2) + rest - outside
  return weight > 0 ? (sumOf(memory, 0) + price[last] * rest - price[carried] * outside) / weight : Number.NaN
}
