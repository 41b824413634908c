import { expect, test } from 'vitest'
import type { BenchName } from '#test/contracts/bench.ts'
import { runScenario } from './run-scenario.ts'
import { scenarios } from './scenarios.ts'

/** As many as fit into a minute for all; thousands: `npm run faults -- --seeds 1000`. */
const seeds = 2
const limitMs = 60_000

/** Every fault scenario against one venue. */
export function testFaults(venue: BenchName): void {
  for (const scenario of scenarios)
    test(
      `${scenario.id} ${scenario.title}: ledger and books of ${venue} agree afterwards`,
      async () => {
        for (let seed = 1; seed <= seeds; seed++) {
          const outcome = await runScenario(scenario, venue, seed)
          expect(outcome.failures, `seed ${seed}`).toEqual([])
        }
      },
      limitMs,
    )
}
