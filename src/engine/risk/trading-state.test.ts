import { expect, test } from 'vitest'
import { defaultLimits } from '#model/limits.ts'
import { TradingStates, tradingStateOf } from './trading-state.ts'

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

test('an unknown equity is told, and that it is known again', () => {
  const states = new TradingStates()
  expect(states.follow(0, { ...account, equity: Number.NaN }, defaultLimits)).toBe('unknownInput')
  expect(states.state).toBe('reducing')
  expect(states.follow(1, account, defaultLimits)).toBe('equityKnown')
  expect(states.state).toBe('active')
})

test('a loss beyond its limit is told once, stays while equity comes back, and is over with its day', () => {
  const states = new TradingStates()
  const lost = { ...account, equity: 9_499 }
  expect(states.follow(0, lost, defaultLimits)).toBe('maxDailyLoss')
  expect(states.follow(1, account, defaultLimits)).toBeUndefined()
  expect(states.follow(2, lost, defaultLimits)).toBeUndefined()
  expect(states.follow(86_399_999, account, defaultLimits)).toBeUndefined()
  expect(states.follow(86_400_000, account, defaultLimits)).toBe('dayOver')
})

test('a drawdown is over with limits set anew only', () => {
  const states = new TradingStates()
  expect(states.follow(0, { equity: 8_499, peakEquity: 10_000, dayBaseline: 8_500 }, defaultLimits)).toBe('maxDrawdown')
  expect(states.follow(86_400_000, account, defaultLimits)).toBeUndefined()
  states.forget()
  states.follow(86_400_001, account, defaultLimits)
  expect(states.state).toBe('active')
})
