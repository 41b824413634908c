import { type IndicatorDefinition, pending } from '#model/indicator.ts'
import { readyAfter, skipUncovered } from './coverage.ts'
import { GapMedian } from './gap-median.ts'
import {
  baselineFromMs,
  baselineLookback,
  baselineOf,
  baselineToMs,
  fromMs,
  refuseBaseline,
  toMs,
  windowOf,
} from './parameter-specs.ts'

/** Clock resolution of the tape: trades of one millisecond count as this far apart. */
const shortestGapMs = 1

export const tradeDensityAcceleration: IndicatorDefinition = {
  id: 'tradeDensityAcceleration',
  title: 'Trade density acceleration',
  description: 'How many times closer the trades follow each other than before; 1 is unchanged.',
  formula:
    'median gap(baselineFromMs, baselineToMs) / median gap(fromMs, toMs), gaps = times between successive trades, at least 1 ms',
  source: 'domain §1.4 DECISION_DENSITY_ACCELERATION',
  inputs: ['trade'],
  parameters: [fromMs(30_000), toMs(), baselineFromMs(300_000), baselineToMs(30_000)],
  unit: 'ratio',
  range: [0, Infinity],
  lookbackMs: baselineLookback,
  refuse: refuseBaseline,
  create(market, parameters) {
    const window = windowOf(parameters)
    const base = baselineOf(parameters)
    const readyAfterMs = Math.max(readyAfter(window), readyAfter(base))
    const current = new GapMedian(market, window, shortestGapMs)
    const usual = new GapMedian(market, base, shortestGapMs)
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        current.prepare()
        usual.prepare()
        for (let at = skipUncovered(market, readyAfterMs, from, to, values, reasons); at < to; at++) {
          const now = current.at(at)
          const before = usual.at(at)
          values[at] = before / now
          if (now !== now) reasons[at] = pending.noTrades
          else if (before !== before) reasons[at] = pending.noBaseline
        }
      },
      snapshot: () => [current.snapshot(), usual.snapshot()],
      restore(state) {
        const saved = state as readonly [unknown, unknown]
        current.restore(saved[0])
        usual.restore(saved[1])
      },
    }
  },
}
