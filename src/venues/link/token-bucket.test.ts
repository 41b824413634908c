import { expect, test } from 'vitest'
import { createManualTimers } from '#test/manual-timers.ts'
import { createBackoff } from './backoff.ts'
import { createTokenBucket } from './token-bucket.ts'

test('never more than the count within any window, in the order asked', async () => {
  const timers = createManualTimers()
  const bucket = createTokenBucket({ count: 2, perMs: 1_000, timers })
  const went: number[] = []
  for (let name = 1; name <= 5; name++) void bucket.take().then(() => went.push(name))
  await timers.advance(999)
  expect(went).toEqual([1, 2])
  expect(bucket.tryTake()).toBe(false)
  await timers.advance(1)
  expect(went).toEqual([1, 2, 3, 4])
  await timers.advance(1_000)
  expect(went).toEqual([1, 2, 3, 4, 5])
})

test('closing refuses those who wait', async () => {
  const timers = createManualTimers()
  const bucket = createTokenBucket({ count: 1, perMs: 1_000, timers })
  await bucket.take()
  const waits = bucket.take()
  bucket.close()
  await expect(waits).rejects.toThrow('closed')
  expect(timers.pending()).toEqual([])
})

test('pauses double up to the longest, half certain and half random', () => {
  const backoff = createBackoff({ baseMs: 100, maxMs: 1_000, random: () => 0.5 })
  expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([75, 150, 300, 600, 750, 750])
  backoff.reset()
  expect(backoff.next()).toBe(75)
})
