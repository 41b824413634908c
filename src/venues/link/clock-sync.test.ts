import { expect, test } from 'vitest'
import { createManualTimers } from '#test/manual-timers.ts'
import { type ClockSample, createClockSync } from './clock-sync.ts'

test('the offset is the midpoint of the shortest of five round trips', async () => {
  const { clock, timers } = harness([
    [400, 1_500],
    [40, 1_000],
    [900, 3_000],
    [80, 1_010],
    [60, 1_020],
  ])
  expect(clock.uncertaintyMs).toBe(Infinity)
  await clock.sync()
  expect(clock.offsetMs).toBe(980)
  expect(clock.uncertaintyMs).toBe(20)
  expect(clock.now()).toBe(timers.now() + 980)
})

test('those who ask at the same time share one measurement', async () => {
  const { clock, asked } = harness([[10, 0]])
  await Promise.all([clock.sync(), clock.sync(), clock.sync()])
  expect(asked()).toBe(5)
})

test('it is measured anew every five minutes, and sooner after a failure', async () => {
  const { clock, timers, asked, fail } = harness([[10, 0]])
  await clock.start()
  await timers.advance(300_000)
  expect(asked()).toBe(10)
  fail(true)
  await timers.advance(300_000)
  expect(asked()).toBe(11)
  fail(false)
  await timers.advance(30_000)
  expect(asked()).toBe(16)
  clock.close()
  await timers.advance(3_600_000)
  expect(asked()).toBe(16)
})

test('a sample during which our clock was set back is not used, and without any it throws', async () => {
  const { clock } = harness([[-5_000, 0]])
  await expect(clock.sync()).rejects.toThrow('the clock jumped')
  expect(clock.offsetMs).toBe(0)
})

/** Samples as [round trip, venue time less the moment of sending]; the last one repeats. */
function harness(trips: readonly (readonly [roundTripMs: number, aheadMs: number])[]) {
  const timers = createManualTimers()
  let count = 0
  let failing = false
  const sample = async (): Promise<ClockSample> => {
    count += 1
    if (failing) throw new Error('no connection')
    const [roundTripMs, aheadMs] = trips[Math.min(count, trips.length) - 1]
    const sentAt = timers.now()
    return { sentAt, receivedAt: sentAt + roundTripMs, venueTime: sentAt + aheadMs }
  }
  return {
    timers,
    clock: createClockSync({ timers, sample }),
    asked: () => count,
    fail: (value: boolean) => void (failing = value),
  }
}
