import { expect, test } from 'vitest'
import { defaultLimits } from '#model/limits.ts'
import { tradingStateOf } from './trading-state.ts'

const account = { equity: 10_000, peakEquity: 10_000, dayBaseline: 10_000 }

test('without losses it is what was commanded', () => {
  expect(tradingStateOf('active', account, defaultLimits)).toEqual({ state: 'active', cause: 'command' })
  expect(tradingStateOf('halted', account, defaultLimits)).toEqual({ state: 'halted', cause: 'command' })
})

test('beyond the daily loss only exits are left', () => {
  const lost = { ...account, equity: 9_499 }
  expect(tradingStateOf('active', lost, defaultLimits)).toEqual({ state: 'reducing', cause: 'maxDailyLoss' })
  expect(tradingStateOf('active', { ...account, equity: 9_500 }, defaultLimits).state).toBe('active')
})

test('beyond the drawdown it is halted', () => {
  const fallen = { equity: 8_499, peakEquity: 10_000, dayBaseline: 8_500 }
  expect(tradingStateOf('active', fallen, defaultLimits)).toEqual({ state: 'halted', cause: 'maxDrawdown' })
})

test('the stricter of command and losses wins', () => {
  const lost = { ...account, equity: 9_499 }
  expect(tradingStateOf('halted', lost, defaultLimits)).toEqual({ state: 'halted', cause: 'command' })
})

test('an unknown equity leaves only exits', () => {
  const unknown = { ...account, equity: Number.NaN }
  expect(tradingStateOf('active', unknown, defaultLimits)).toEqual({ state: 'reducing', cause: 'unknownInput' })
})
