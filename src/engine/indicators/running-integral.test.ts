import { expect, test } from 'vitest'
import { RunningIntegral } from './running-integral.ts'

/** Rows every 100 ms whose values repeat every seven rows. */
function tapeOf(rows: number) {
  const time = Float64Array.from({ length: rows }, (_, row) => 1_700_000_000_000 + row * 100)
  const value = Float64Array.from({ length: rows }, (_, row) => 60_000.1 + ((row * 3) % 7) / 3)
  return { offset: 0, start: 0, end: rows, time, value }
}

function meanAt(integral: RunningIntegral<ReturnType<typeof tapeOf>>, now: number, seen: number): number {
  const into = new Float64Array(1)
  integral.means(0, 1, Float64Array.of(now), Int32Array.of(seen - 14), 1450, Int32Array.of(seen), 0, into)
  return into[0]
}

test('a window reads the same after a day of quotes as after a few seconds', () => {
  const tape = tapeOf(864_010)
  const integral = new RunningIntegral(tape, ({ value }, at) => value[at])
  const means: number[] = []
  for (const seen of [77, 864_003]) {
    for (let end = 1; end <= seen; end += 17) integral.extend(end - 40, Math.min(end + 16, seen))
    means.push(meanAt(integral, tape.time[seen - 1] + 50, seen))
  }
  expect(864_003 % 7).toBe(77 % 7)
  expect(means[1]).toBe(means[0])
})

test('it remembers the rows still needed, not the day', () => {
  const tape = tapeOf(100_000)
  const integral = new RunningIntegral(tape, ({ value }, at) => value[at])
  for (let seen = 50; seen <= 100_000; seen += 50) integral.extend(seen - 100, seen)
  const { columns } = integral.snapshot() as { columns: Float64Array[] }
  expect(columns.map(({ length }) => length)).toEqual([100, 100, 100, 100, 100])
})
