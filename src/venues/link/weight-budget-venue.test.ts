import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { createManualTimers } from '#test/manual-timers.ts'
import { createWeightBudget } from './weight-budget.ts'

const capacity = 2_400
const minuteMs = 60_000

test('half an hour of polling beside another program never reaches the limit of a venue that counts full minutes', async () => {
  const random = xoroshiro128plus(7)
  const chance = (): number => (random.next() >>> 0) / 2 ** 32
  const timers = createManualTimers()
  const budget = createWeightBudget({ limits: [{ id: 'weight', capacity, windowMs: minuteMs }], timers })
  const perMinute = new Map<number, { ours: number; all: number; urgent: number; waitedMs: number }>()
  const minute = () => {
    const number = Math.floor(timers.now() / minuteMs)
    const counts = perMinute.get(number) ?? { ours: 0, all: 0, urgent: 0, waitedMs: 0 }
    perMinute.set(number, counts)
    return counts
  }
  let sent = 0
  const send = (weight: number, lane: 'normal' | 'urgent'): void => {
    const askedAt = timers.now()
    void budget.take({ weight }, lane).then(() => {
      sent += 1
      const counts = minute()
      counts.ours += weight
      counts.all += weight
      if (lane === 'urgent') {
        counts.urgent += 1
        counts.waitedMs = Math.max(counts.waitedMs, timers.now() - askedAt)
      }
      // The reply's header.
      budget.observe('weight', counts.all, timers.now())
    })
  }
  let asked = 0
  for (let second = 0; second < 1_800; second++) {
    // Demand above the share: 240 requests of weight 10 a minute, bursts of cancels, and a stranger who takes up to 400.
    for (let count = 0; count < 4; count++, asked++) send(10, 'normal')
    if (chance() < 0.05) for (let count = 0; count < 10; count++, asked++) send(1, 'urgent')
    if (chance() < 0.1) minute().all += 60
    await timers.advance(1_000)
  }
  const counts = [...perMinute.values()]
  expect(Math.max(...counts.map(({ all }) => all))).toBeLessThanOrEqual(capacity)
  expect(Math.max(...counts.map(({ ours, urgent }) => ours - urgent))).toBeLessThanOrEqual(capacity * 0.8)
  expect(Math.max(...counts.map(({ waitedMs }) => waitedMs))).toBe(0)
  expect(sent).toBeGreaterThan(asked / 2)
})
