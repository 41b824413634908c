import { expect, test } from 'vitest'
import { createManualTimers } from '#test/manual-timers.ts'
import { BreakerOpen, type BreakerState, createBreaker } from './breaker.ts'

class Refused extends Error {}

const sick = (): Promise<never> => Promise.reject(new Error('503'))
const well = (): Promise<string> => Promise.resolve('ok')

test('five failures in a row spare the venue for 30 s, three successes end it', async () => {
  const { breaker, timers, states, fail } = harness()
  await fail(4)
  expect(await breaker.run('normal', well)).toBe('ok')
  await fail(4)
  expect(breaker.state).toBe('closed')
  await fail(1)
  expect(breaker.state).toBe('open')
  let ran = false
  const touch = async (): Promise<void> => void (ran = true)
  await expect(breaker.run('normal', touch)).rejects.toThrow(BreakerOpen)
  await timers.advance(29_999)
  await expect(breaker.run('normal', touch)).rejects.toThrow(BreakerOpen)
  expect(ran).toBe(false)
  await timers.advance(1)
  for (let count = 0; count < 2; count++) await breaker.run('normal', well)
  expect(breaker.state).toBe('halfOpen')
  await breaker.run('normal', well)
  expect(breaker.state).toBe('closed')
  expect(states).toEqual(['open', 'halfOpen', 'closed'])
})

test('a failure among the three opens it for another 30 s', async () => {
  const { breaker, timers, fail } = harness()
  await fail(5)
  await timers.advance(30_000)
  await breaker.run('normal', well)
  await fail(1)
  await breaker.run('normal', well).catch(() => {})
  await timers.advance(0)
  expect(breaker.state).toBe('open')
  await expect(breaker.run('normal', well)).rejects.toThrow(BreakerOpen)
})

test('urgent work passes an open breaker', async () => {
  const { breaker, fail } = harness()
  await fail(5)
  expect(await breaker.run('urgent', well)).toBe('ok')
  await expect(breaker.run('urgent', sick)).rejects.toThrow('503')
})

test('a refusal is not a sign of sickness', async () => {
  const { breaker } = harness()
  for (let count = 0; count < 20; count++) {
    await expect(breaker.run('normal', () => Promise.reject(new Refused()))).rejects.toThrow(Refused)
  }
  expect(breaker.state).toBe('closed')
})

function harness() {
  const timers = createManualTimers()
  const states: BreakerState[] = []
  const breaker = createBreaker({
    timers,
    isSick: (error) => !(error instanceof Refused),
    onState: (state) => states.push(state),
  })
  const fail = async (times: number): Promise<void> => {
    for (let count = 0; count < times; count++) await breaker.run('normal', sick).catch(() => {})
  }
  return { timers, breaker, states, fail }
}
