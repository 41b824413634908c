import { expect, test } from 'vitest'
import type { RiskLimits } from '#model/limits.ts'
import { between, doge, exampleInstrument, exampleSetup, exampleStrategy, pepe, second } from './example.ts'
import { ExampleFloor } from './example-floor.ts'

/** Midnight UTC comes at second 7200. */
const midnight = 7_200
const limits = (changes: Partial<RiskLimits>): RiskLimits => ({
  ...exampleSetup().limits,
  maxPositionSize: 1,
  maxConcentration: 1,
  maxMarginUse: 1,
  ...changes,
})

/** Holds 900 PEPE bought at 100, of 100 000 USDT; the stop is far away. DOGE signals from second 20 on. */
function loaded(changes: Partial<RiskLimits>): ExampleFloor {
  const floor = new ExampleFloor({
    limits: limits(changes),
    instruments: [exampleInstrument(pepe), exampleInstrument(doge)],
    strategies: [
      exampleStrategy({ entry: { size: { notional: 90_000 } }, protection: { stopLoss: { distancePct: 80 } } }),
      exampleStrategy(
        { name: 'later', entry: { size: { notional: 1_000 } }, exit: { cooldownMs: 0 }, cancel: { cooldownMs: 0 } },
        { go: between('goLater', 20) },
      ),
    ],
  })
  floor.trade(1, 100)
  floor.trade(2, 100)
  floor.accept(floor.last('entry'))
  floor.fill(floor.last('entry'), 900, 100, 'buy', 0n)
  floor.accept(floor.last('stopLoss'))
  expect(floor.phase()).toBe('holding')
  return floor
}

const told = (floor: ExampleFloor): readonly unknown[] =>
  floor.of('tradingStateChanged').map(({ time, from, to, cause }) => [(time - second(0)) / 1_000, from, to, cause])
const refusals = (floor: ExampleFloor): readonly (readonly string[])[] =>
  floor.of('orderDenied').map(({ reasons }) => reasons.map(({ code }) => code))

test('a daily loss beyond the limit leaves only exits until the UTC day is over', () => {
  const floor = loaded({ maxDailyLoss: 0.05 })
  floor.trade(10, 94.5)
  expect(told(floor)).toEqual([])
  floor.trade(11, 94.4)
  floor.trade(12, 100)
  floor.trade(13, 94.4)
  expect(told(floor)).toEqual([[11, 'active', 'reducing', 'maxDailyLoss']])
  floor.trade(14, 100)
  floor.trade(20, 100, doge)
  expect(refusals(floor)).toEqual([['tradingState']])
  floor.timer(midnight - 1)
  expect(told(floor)).toHaveLength(1)
  floor.timer(midnight)
  expect(told(floor).slice(1)).toEqual([[midnight, 'reducing', 'active', 'dayOver']])
  for (const at of [1, 2]) floor.trade(midnight + at, 100, doge)
  expect(floor.last('entry', doge).quantity).toBe(10)
})

test('a drawdown beyond the limit halts, and exits go on', () => {
  const floor = loaded({ maxDailyLoss: 1, maxDrawdown: 0.1 })
  floor.trade(10, 88)
  expect(told(floor)).toEqual([[10, 'active', 'halted', 'maxDrawdown']])
  floor.trade(11, 100)
  floor.trade(20, 100, doge)
  expect(floor.of('signalSkipped').map(({ reasons }) => reasons)).toEqual([['killed']])
  floor.timer(midnight + 1)
  expect(told(floor)).toHaveLength(1)
  floor.command({ command: 'closePosition', instanceId: floor.instance() })
  expect(floor.last('exit')).toMatchObject({ quantity: 900, type: 'market' })
})

test('it stays halted until limits are set anew, and then by the limits there are', () => {
  const floor = loaded({ maxDailyLoss: 1, maxDrawdown: 0.1 })
  const set = (at: number, maxDrawdown: number): void => {
    const anew = limits({ maxDailyLoss: 1, maxDrawdown })
    floor.send({ type: 'limitsChanged', time: second(at), limits: anew, tradingState: 'active' })
  }
  floor.trade(10, 88)
  set(11, 0.1)
  expect(told(floor)).toHaveLength(1)
  set(12, 0.2)
  floor.trade(13, 87)
  expect(told(floor).slice(1)).toEqual([[12, 'halted', 'active', 'limitsChanged']])
})

test('both at once are the stricter of them, and an operator’s halt is not undone by a new day', () => {
  const floor = loaded({ maxDailyLoss: 0.05, maxDrawdown: 0.1 })
  floor.trade(10, 94)
  floor.trade(11, 88)
  expect(told(floor)).toEqual([
    [10, 'active', 'reducing', 'maxDailyLoss'],
    [11, 'reducing', 'halted', 'maxDrawdown'],
  ])
  const halted = loaded({ maxDailyLoss: 0.05 })
  halted.trade(10, 94)
  halted.send({
    type: 'limitsChanged',
    time: second(11),
    limits: limits({ maxDailyLoss: 0.05 }),
    tradingState: 'halted',
  })
  halted.timer(midnight + 1)
  expect(told(halted).slice(1)).toEqual([[11, 'reducing', 'halted', 'limitsChanged']])
})

test('a loss that a fill makes counts at once', () => {
  const floor = loaded({ maxDailyLoss: 0.05 })
  floor.command({ command: 'closePosition', instanceId: floor.instance() })
  floor.fill(floor.last('exit'), 900, 94, 'sell', 0n)
  expect(told(floor)).toEqual([[2, 'active', 'reducing', 'maxDailyLoss']])
})

test('it is kept by a snapshot', () => {
  const floor = loaded({ maxDailyLoss: 0.05 })
  floor.trade(10, 94)
  floor.restart()
  floor.trade(12, 100)
  expect(told(floor)).toHaveLength(1)
  floor.trade(20, 100, doge)
  expect(refusals(floor)).toEqual([['tradingState']])
  floor.timer(midnight)
  expect(told(floor)).toHaveLength(2)
})
