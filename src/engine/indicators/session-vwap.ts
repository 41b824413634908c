import { type IndicatorDefinition, minCoverage } from '#model/indicator.ts'
import { barRecursion } from './bar-kernels.ts'
import { dayMs, intervalMs, numberOf } from './parameter-specs.ts'

export const sessionVwap: IndicatorDefinition = {
  id: 'sessionVwap',
  title: 'Session VWAP',
  description:
    'Average price of the UTC day weighted by volume, bar by bar; pending while less than 80 % of the day so ' +
    'far is known.',
  formula: 'Σ quoteVolume / Σ volume of the bars closed since 00:00 UTC',
  source: 'domain §1.3 VWAP, reset daily',
  inputs: ['bar'],
  parameters: [{ ...intervalMs, choices: (intervalMs.choices ?? []).filter((choice) => Number(choice) < dayMs) }],
  unit: 'price',
  range: [0, Infinity],
  lookbackMs: () => dayMs,
  create(market, parameters) {
    const interval = numberOf(parameters, 'intervalMs')
    // memory: bars, start of the day, bars in it, Σ quoteVolume, Σ volume
    return barRecursion(market, interval, 5, (memory, tape, at) => {
      const opened = tape.time[at] - interval
      const dayStart = Math.floor(opened / dayMs) * dayMs
      if (memory[1] !== dayStart) {
        memory[1] = dayStart
        memory[2] = memory[3] = memory[4] = 0
      }
      memory[2] += interval
      memory[3] += tape.quoteVolume[at]
      memory[4] += tape.volume[at]
      const covered = memory[2] >= (tape.time[at] - dayStart) * minCoverage
      return covered && memory[4] > 0 ? memory[3] / memory[4] : Number.NaN
    })
  },
}
