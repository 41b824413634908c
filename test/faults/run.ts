// Runs the fault scenarios on the wire for many seeds and prints one line a scenario and venue.
// node test/faults/run.ts --seeds 100 [--from 1] [--venue mexc] [--only RT-06] [--json file]

import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { BenchName } from '#test/contracts/bench.ts'
import { runScenario } from './run-scenario.ts'
import { scenarios } from './scenarios.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    venue: { type: 'string', multiple: true, default: ['mexc', 'binance-usdm'] },
    only: { type: 'string', multiple: true },
    json: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
})

interface Row {
  readonly test: string
  readonly venue: string
  readonly seeds: number
  readonly faults: number
  readonly orders: number
  readonly fills: number
  readonly simulatedMinutes: number
  readonly slowestHealMs: number
  readonly failedSeeds: readonly number[]
  readonly failures: readonly string[]
}

const unhandled: string[] = []
process.on('unhandledRejection', (reason) => unhandled.push(`unhandled: ${String(reason)}`))
process.on('uncaughtException', (error) => unhandled.push(`uncaught: ${error.stack ?? error.message}`))

const rows: Row[] = []
const started = performance.now()
for (const scenario of scenarios) {
  if (values.only !== undefined && !values.only.includes(scenario.id)) continue
  for (const venue of values.venue as BenchName[]) {
    const failures: string[] = []
    const failedSeeds: number[] = []
    const totals = { seeds: 0, faults: 0, orders: 0, fills: 0, simulatedMs: 0, slowest: 0 }
    const first = Number(values.from)
    for (let seed = first; seed < first + Number(values.seeds); seed++) {
      const outcome = await runScenario(scenario, venue, seed)
      const found = [...outcome.failures, ...unhandled.splice(0)]
      totals.seeds++
      totals.faults += Object.values(outcome.faults).reduce((sum, count) => sum + count, 0)
      totals.orders += outcome.orders
      totals.fills += outcome.fills
      totals.simulatedMs += outcome.simulatedMs
      totals.slowest = Math.max(totals.slowest, outcome.healedMs)
      if (found.length === 0) continue
      failedSeeds.push(seed)
      for (const text of found.slice(0, values.verbose ? Infinity : 2)) failures.push(`seed ${seed}: ${text}`)
    }
    if (totals.seeds === 0) continue
    const minutes = Math.round(totals.simulatedMs / 60_000)
    rows.push({
      test: `${scenario.id} ${scenario.title}`,
      venue,
      seeds: totals.seeds,
      faults: totals.faults,
      orders: totals.orders,
      fills: totals.fills,
      simulatedMinutes: minutes,
      slowestHealMs: totals.slowest,
      failedSeeds,
      failures,
    })
    const name = `${scenario.id} ${scenario.title}`.padEnd(28)
    console.info(
      `${name} ${venue.padEnd(13)} ${totals.seeds} seeds, ${totals.faults} faults, ${totals.orders} orders, ${totals.fills} fills, ${minutes} simulated min, healed within ${totals.slowest / 1_000} s: ${failedSeeds.length === 0 ? 'no failure' : `${failedSeeds.length} FAILED`}`,
    )
    for (const text of failures.slice(0, values.verbose ? Infinity : 6)) console.info(`    ${text}`)
  }
}
const seconds = Math.round((performance.now() - started) / 1_000)
const failed = rows.reduce((sum, { failedSeeds }) => sum + failedSeeds.length, 0)
console.info(`${rows.reduce((sum, { seeds }) => sum + seeds, 0)} runs in ${seconds} s, ${failed} failed`)
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`)
process.exitCode = failed === 0 ? 0 : 1
