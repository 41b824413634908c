import { type IndicatorDefinition, minCoverage, type ParameterSpec } from '#model/indicator.ts'
import { skipUncovered } from './coverage.ts'
import { numberOf } from './parameter-specs.ts'

/** What is older weighs less than one percent. */
const lookbackTaus = 5

const tauMs: ParameterSpec = {
  name: 'tauMs',
  description: 'Time after which a price weighs 1/e of what it did',
  unit: 'ms',
  type: 'integer',
  default: 30_000,
  min: 1,
  max: 17_280_000,
}

export const timeDecayEma: IndicatorDefinition = {
  id: 'timeDecayEma',
  title: 'EMA by time',
  description: 'Average price in which the past fades with time, however many trades there are.',
  formula:
    '∫ price·e^(−age/tauMs) dt / ∫ e^(−age/tauMs) dt, each price held until the next, the first one before all data',
  source: 'domain §1.2.6, time-decay EMA α = 1 − e^(−Δt/τ)',
  inputs: ['trade'],
  parameters: [tauMs],
  unit: 'price',
  range: [0, Infinity],
  lookbackMs: (parameters) => lookbackTaus * numberOf(parameters, 'tauMs'),
  create(market, parameters) {
    const tau = numberOf(parameters, 'tauMs')
    const far = market.tradeEdge(lookbackTaus * tau)
    let next = -1
    let average = Number.NaN
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        if (next === -1) far.ensure()
        const { price, time: tradeTime, offset } = market.trades
        const { time, trades } = market.timeline
        for (
          let at = skipUncovered(market, lookbackTaus * tau * minCoverage, from, to, values, reasons);
          at < to;
          at++
        ) {
          if (next === -1) {
            const since = market.coveredSince()
            next = far.values[at] - (time[at] - lookbackTaus * tau >= since ? 1 : 0)
            average = price[next++ - offset]
          }
          for (; next < trades[at]; next++) {
            const row = next - offset
            average = decay(average, price[row - 1], (tradeTime[row] - tradeTime[row - 1]) / tau)
          }
          const last = next - 1 - offset
          values[at] = decay(average, price[last], (time[at] - tradeTime[last]) / tau)
        }
      },
      snapshot: () => ({ next, average }),
      restore(state) {
        ;({ next, average } = state as { next: number; average: number })
      },
    }
  },
}

/** The average after the price held for that many time constants. */
const decay = (average: number, price: number, taus: number): number =>
  taus === 0 ? average : price + (average - price) * Math.exp(-taus)
