import { type IndicatorDefinition, minCoverage } from '#model/indicator.ts'
import { skipUncovered } from './coverage.ts'
import { baselineFromMs, baselineLookback, fromMs, numberOf } from './parameter-specs.ts'

export const velocityAcceleration: IndicatorDefinition = {
  id: 'velocityAcceleration',
  title: 'Velocity acceleration',
  description: 'How much faster the price moves in the short window than in the long one; positive when it speeds up.',
  formula:
    'v(fromMs) − v(baselineFromMs), with v(w) = 100 · (price − price at now − w) / price at now − w / covered seconds of w',
  source: 'domain §1.4 VELOCITY_ACCELERATION, per second so that windows of two lengths compare',
  inputs: ['trade'],
  parameters: [fromMs(60_000), baselineFromMs(300_000)],
  unit: 'percentPerSecond',
  range: [-Infinity, Infinity],
  lookbackMs: baselineLookback,
  refuse: (parameters) =>
    numberOf(parameters, 'baselineFromMs') > numberOf(parameters, 'fromMs')
      ? undefined
      : 'baselineFromMs must be greater than fromMs',
  create(market, parameters) {
    const shortMs = numberOf(parameters, 'fromMs')
    const longMs = numberOf(parameters, 'baselineFromMs')
    const short = market.tradeEdge(shortMs)
    const long = market.tradeEdge(longMs)
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        short.ensure()
        long.ensure()
        const { price, offset } = market.trades
        const { time, trades } = market.timeline
        const since = market.coveredSince()
        for (let at = skipUncovered(market, longMs * minCoverage, from, to, values, reasons); at < to; at++) {
          const covered = time[at] - since
          const now = price[trades[at] - 1 - offset]
          const near = price[short.values[at] - (covered >= shortMs ? 1 : 0) - offset]
          const far = price[long.values[at] - (covered >= longMs ? 1 : 0) - offset]
          const fast = (now - near) / near / Math.min(covered, shortMs)
          const slow = (now - far) / far / Math.min(covered, longMs)
          values[at] = 100_000 * (fast - slow)
        }
      },
    }
  },
}
