import { expect, test } from 'vitest'
import { runScenario } from './run-scenario.ts'
import { scenarios } from './scenarios.ts'

/** More of them: `npm run faults -- --seeds 1000`. */
const seeds = 20
/** A test file has a share of the time that all have. */
const limitMs = 120_000

for (const venue of ['mexc', 'binance-usdm'] as const)
  for (const scenario of scenarios)
    test(
      `${scenario.id} ${scenario.title}: ledger and books of ${venue} agree afterwards`,
      async ({ skip }) => {
        for (let seed = 1; seed <= seeds; seed++) {
          const outcome = await runScenario(scenario, venue, seed)
          if (outcome === null) return skip('there is no way to it yet')
          expect(outcome.failures, `seed ${seed}`).toEqual([])
        }
      },
      limitMs,
    )
