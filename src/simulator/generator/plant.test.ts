import { instrumentId } from '#model/ids.ts'
import { expect, test } from 'vitest'
import { rowAt } from './columns.ts'
import { generateMarket, plantPumps } from './generator.ts'
import type { PlantedEvent } from './generator.ts'

const decoysPerInstrumentDay = { newsRamp: 0, liquidationCascade: 0, fatFinger: 0, thinJump: 0, volumeBurst: 0 }
const quiet = generateMarket({ instruments: 2, days: 1, pumpsPerInstrumentDay: 0, decoysPerInstrumentDay })
const recorded = quiet.series[1].trades
const { tickSize, lotSize } = quiet.series[1].instrument
const at = (hours: number) => quiet.from + hours * 3_600_000 + 17
const plan = (events: readonly PlantedEvent[]) => ({
  instrumentId: instrumentId('BRISKA_USDT'),
  seed: 3,
  tickSize,
  lotSize,
  events,
})
const pump: PlantedEvent = {
  kind: 'pump',
  onset: at(6),
  risePct: 25,
  riseMs: 60_000,
  ordersPerSecond: 20,
  giveBack: 0.7,
}

test('recorded rows are kept: times, sizes and sides as they were, prices untouched before the first event', () => {
  const { trades } = plantPumps(recorded, plan([pump]))
  const before = rowAt(recorded.time, at(5))
  expect(trades.price.slice(0, before)).toEqual(recorded.price.slice(0, before))
  let row = 0
  for (let kept = 0; kept < recorded.time.length; kept++, row++) {
    while (trades.time[row] !== recorded.time[kept] || trades.quantity[row] !== recorded.quantity[kept]) row++
    expect(trades.side[row]).toBe(recorded.side[kept])
  }
  expect(trades.time.every((time, index) => index === 0 || time >= trades.time[index - 1])).toBe(true)
})

test('a pump of a chosen size, speed and volume is planted at its onset', () => {
  const { trades, labels } = plantPumps(recorded, plan([pump]))
  const [label, fall] = labels
  expect(label.onset).toBe(pump.onset)
  expect(trades.time[rowAt(trades.time, pump.onset)]).toBe(pump.onset)
  expect(label.plannedRisePct).toBeCloseTo(25, 9)
  expect(label.risePct).toBeGreaterThan(22)
  expect(label.risePct).toBeLessThan(31)
  expect(label.peakTime - label.onset).toBeLessThan(90_000)
  const planted = countIn(trades.time, at(6), 30_000) - countIn(recorded.time, at(6), 30_000)
  expect(planted).toBeGreaterThan(30 * 20 * 0.6)
  expect(fall).toMatchObject({ kind: 'dump', onset: label.peakTime, prePrice: label.peakPrice })
  // 70 % of log 1.25 is 14.5 % of the peak
  expect(label.afterPct).toBeLessThan(-10)
  expect(label.afterPct).toBeGreaterThan(-20)
})

test('decoys are planted with their names and the sign they have', () => {
  const { labels } = plantPumps(
    recorded,
    plan([
      { kind: 'newsRamp', onset: at(2), risePct: 6 },
      { kind: 'liquidationCascade', onset: at(6), risePct: -9 },
      { kind: 'fatFinger', onset: at(10), risePct: 8 },
      { kind: 'thinJump', onset: at(14), risePct: 7 },
      { kind: 'volumeBurst', onset: at(18) },
    ]),
  )
  expect(labels.map(({ kind, risePct }) => [kind, Math.sign(Math.round(risePct / 3)) + 0])).toEqual([
    ['newsRamp', 1],
    ['liquidationCascade', -1],
    ['fatFinger', 1],
    ['thinJump', 1],
    ['volumeBurst', 0],
  ])
})

test('the same plan gives the same tape, another seed another one', () => {
  const [first, second] = [plantPumps(recorded, plan([pump])), plantPumps(recorded, plan([pump]))]
  expect(second).toEqual(first)
  expect(plantPumps(recorded, { ...plan([pump]), seed: 4 })).not.toEqual(first)
})

test('an event outside the recording or inside another one is refused', () => {
  expect(() => plantPumps(recorded, plan([{ ...pump, onset: at(25) }]))).toThrow(RangeError)
  expect(() => plantPumps(recorded, plan([pump, { ...pump, onset: at(6.2) }]))).toThrow(RangeError)
})

function countIn(times: Float64Array, from: number, lengthMs: number): number {
  return rowAt(times, from + lengthMs) - rowAt(times, from)
}
