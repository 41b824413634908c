import { expect, test } from 'vitest'
import { doors } from '../../src/simulator/server/doors.ts'
import { openBench } from './bench.ts'
import { venueContract } from './venue.ts'
doors.mexc = async () => (await import('../../src/simulator/server/mexc-door.ts')).mexcDoor
for (const { operation, expectation, given, check } of venueContract)
  test(`${operation}: ${expectation}`, async () => {
    const bench = (await openBench('mexc', given))!
    try {
      await expect(check(bench)).resolves.toBeUndefined()
    } finally {
      await bench.close()
    }
  }, 20_000)
