import { writeFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { type BenchName, benchNames, openBench } from './bench.ts'
import { venueContract } from './venue.ts'

type Mark = 'kept' | 'broken'
const matrix = new Map<string, Partial<Record<BenchName, Mark>>>()

for (const name of benchNames)
  describe(`the venue ${name}`, () => {
    for (const { operation, expectation, given, exempt, check } of venueContract) {
      const row = `${operation}: ${expectation}`
      const marks = matrix.get(row) ?? {}
      matrix.set(row, marks)
      // what a venue does not have is no row of its contract; the matrix shows it as –
      if (exempt?.[name] !== undefined) continue
      test(`${operation}: ${expectation}`, async () => {
        const bench = await openBench(name, given)
        marks[name] = 'broken'
        try {
          await expect(check(bench)).resolves.toBeUndefined()
          marks[name] = 'kept'
        } finally {
          await bench.close()
        }
      })
    }
  })

/** What every venue keeps; written to the file that `VENUE_MATRIX` names. */
afterAll(() => {
  const rows = [...matrix].map(([promised, marks]) => ({ promised, ...marks }))
  const file = process.env['VENUE_MATRIX']
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`)
  const lines = rows.map(({ promised, ...marks }) =>
    [...benchNames.map((name) => (marks[name] ?? '–').padEnd(13)), promised].join(' '),
  )
  console.info([benchNames.map((name) => name.padEnd(13)).join(' '), ...lines].join('\n'))
})
