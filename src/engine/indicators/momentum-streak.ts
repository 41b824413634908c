import { type IndicatorDefinition, minCoverage } from '#model/indicator.ts'
import { skipUncovered } from './coverage.ts'
import { numberOf } from './parameter-specs.ts'

export const momentumStreak: IndicatorDefinition = {
  id: 'momentumStreak',
  title: 'Momentum streak',
  description:
    'How many periods in a row the price moved the same way, newest first: 4 up, −2 down, 0 when the newest did not move.',
  formula: 'signed number of the newest periods of periodMs whose price change has one sign, at most periods',
  source: 'domain §1.4 MOMENTUM_STREAK',
  inputs: ['trade'],
  parameters: [
    {
      name: 'periodMs',
      description: 'Length of a period',
      unit: 'ms',
      type: 'integer',
      default: 60_000,
      min: 100,
      max: 3_600_000,
    },
    {
      name: 'periods',
      description: 'Most periods looked at',
      unit: 'periods',
      type: 'integer',
      default: 10,
      min: 2,
      max: 20,
    },
  ],
  unit: 'count',
  range: [-20, 20],
  lookbackMs: (parameters) => numberOf(parameters, 'periodMs') * numberOf(parameters, 'periods'),
  create(market, parameters) {
    const periodMs = numberOf(parameters, 'periodMs')
    const periods = numberOf(parameters, 'periods')
    const edges = Array.from({ length: periods + 1 }, (_, period) => market.tradeEdge(period * periodMs))
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        for (const edge of edges) edge.ensure()
        const { price, offset } = market.trades
        const { time } = market.timeline
        const since = market.coveredSince()
        const readyAfterMs = periodMs * periods * minCoverage
        for (let at = skipUncovered(market, readyAfterMs, from, to, values, reasons); at < to; at++) {
          const covered = Math.min(periods, Math.floor((time[at] - since) / periodMs))
          let newer = price[edges[0].values[at] - 1 - offset]
          let streak = 0
          for (let period = 1; period <= covered; period++) {
            const older = price[edges[period].values[at] - 1 - offset]
            const direction = newer > older ? 1 : newer < older ? -1 : 0
            if (direction === 0 || streak * direction < 0) break
            streak += direction
            newer = older
          }
          values[at] = streak
        }
      },
    }
  },
}
