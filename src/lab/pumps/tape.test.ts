import { expect, test } from 'vitest'
import { instrumentId } from '#model/ids.ts'
import { describeFalseAlert } from './false-alerts.ts'
import { tapeOf } from './example.ts'
import { readTape, Tape } from './tape.ts'

const minute = 60_000
const start = Date.UTC(2024, 0, 1)
const at = (minutes: number): number => start + minutes * minute
const alert = {
  file: 'f',
  instrumentId: instrumentId('COIN_BTC'),
  unexplained: false,
  quiet: false,
  begins: true,
}

test('a window includes both of its ends', async () => {
  const tape = await readTape(
    tapeOf([
      [at(0), 10, 2],
      [at(1), 14, 1],
      [at(2), 12, 1],
      [at(3), 14, 1],
    ]),
  )
  expect(tape.medianPrice(at(0), at(2))).toBe(12)
  expect(tape.medianPrice(at(0), at(1))).toBe(12)
  expect(tape.medianPrice(at(4), at(9))).toBe(null)
  expect(tape.highest(at(0), at(3))).toEqual({ time: at(1), price: 14 })
  expect(tape.highest(at(4), at(9))).toBe(null)
  expect(tape.turnover(at(0), at(1))).toBe(34)
  expect(tape.priceAt(at(2.5))).toBe(12)
  expect(tape.priceAt(start - 1)).toBe(null)
})

test('the longest silence that reaches into a window is told whole', async () => {
  const tape = await readTape(
    tapeOf([
      [at(0), 1],
      [at(1), 1],
      [at(9), 1],
      [at(10), 1],
    ]),
  )
  expect(tape.longestSilence(at(2), at(3))).toEqual({ from: at(1), to: at(9) })
  expect(tape.longestSilence(at(9.2), at(9.4))).toEqual({ from: at(9), to: at(10) })
  expect(tape.longestSilence(at(11), at(12))).toBe(null)
})

test('a false alert is told by the rise before it, its turnover, and what came after', async () => {
  // an hour of 1 coin a minute at 100, then 5 a minute up to 110; 115 after ten minutes, 99 from then on
  const before = Array.from({ length: 61 }, (_, index) => [at(index), 100, 1] as const)
  const burst = [61, 62, 63, 64, 65].map((index) => [at(index), 110, 5] as const)
  const after = [[at(75), 115, 1] as const, [at(80), 99, 1] as const, [at(100), 99, 1] as const]
  const tape = await readTape(tapeOf([...before, ...burst, ...after]))
  const facts = describeFalseAlert({ ...alert, time: at(65), price: 110 }, tape)
  expect(facts.risePct).toBeCloseTo(10, 9)
  // 100 + 5 × 550 in five minutes against 60 × 100 in sixty
  expect(facts.volumeRatio).toBeCloseTo(2_850 / 500, 9)
  expect(facts.furtherRisePct).toBeCloseTo((115 / 110 - 1) * 100, 9)
  expect(facts.afterHalfHourPct).toBeCloseTo(-10, 9)
})

test('what the tape cannot tell is null', () => {
  const tape = new Tape({
    time: Float64Array.of(start),
    price: Float64Array.of(100),
    quantity: Float64Array.of(1),
    side: Int8Array.of(1),
  })
  expect(describeFalseAlert({ ...alert, time: start, price: 100 }, tape)).toMatchObject({
    risePct: null,
    volumeRatio: null,
    furtherRisePct: 0,
    afterHalfHourPct: null,
  })
})
