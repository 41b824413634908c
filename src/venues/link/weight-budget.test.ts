import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createManualTimers } from '#test/manual-timers.ts'
import { createWeightBudget, type Lane, type Limit, type WeightBudget } from './weight-budget.ts'

const minute: Limit = { id: 'weight', capacity: 100, windowMs: 60_000 }
const create: Limit = { id: 'create', capacity: 4, windowMs: 2_000 }

test('the normal lane stops at 80 % of a limit, the urgent one still goes at once', async () => {
  const { asked, order } = harness([minute])
  await asked('normal', { weight: 80 }, 'data')
  await asked('normal', { weight: 1 }, 'poll')
  await asked('urgent', { weight: 20 }, 'exit')
  expect(order).toEqual(['data', 'exit'])
})

test('what waits goes when the window has passed what fills it', async () => {
  const { asked, order, timers } = harness([minute])
  await asked('normal', { weight: 80 }, 'first')
  await asked('normal', { weight: 10 }, 'second')
  await timers.advance(59_999)
  expect(order).toEqual(['first'])
  await timers.advance(1)
  expect(order).toEqual(['first', 'second'])
})

test('beyond the whole limit an exit still goes at once, and many go on at the rate of the window', async () => {
  const { asked, order, timers } = harness([create])
  for (const name of ['a', 'b', 'c', 'd']) await asked('urgent', { create: 1 }, name)
  await timers.advance(500)
  await asked('urgent', { create: 1 }, 'e')
  await asked('urgent', { create: 1 }, 'f')
  expect(order).toEqual(['a', 'b', 'c', 'd', 'e'])
  await timers.advance(499)
  expect(order).toHaveLength(5)
  await timers.advance(1)
  expect(order).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

test('during a ban nothing goes; at its end the exits go first, in the order they were asked', async () => {
  const { budget, asked, order, timers } = harness([minute])
  budget.ban(timers.now() + 120_000)
  await asked('normal', { weight: 1 }, 'poll')
  await asked('urgent', { weight: 1 }, 'cancel')
  await asked('urgent', {}, 'stop')
  await timers.advance(119_999)
  expect(order).toEqual([])
  expect(budget.bannedUntil()).toBe(timers.now() + 1)
  await timers.advance(1)
  expect(order).toEqual(['cancel', 'stop', 'poll'])
  expect(budget.bannedUntil()).toBeNull()
})

test('a ban is only lengthened, and a step of our clock does not end it', async () => {
  const { budget, asked, order, timers } = harness([minute])
  budget.ban(timers.now() + 60_000)
  budget.ban(timers.now() + 10_000)
  await asked('urgent', {}, 'exit')
  timers.step(3_600_000)
  await timers.advance(59_999)
  expect(order).toEqual([])
  await timers.advance(1)
  expect(order).toEqual(['exit'])
})

test('what another program uses by the venue’s own count is booked too', async () => {
  const { budget, asked, order } = harness([minute])
  await asked('normal', { weight: 5 }, 'first')
  budget.observe('weight', 79)
  expect(budget.used('weight')).toBe(79)
  budget.observe('weight', 40)
  expect(budget.used('weight')).toBe(79)
  await asked('normal', { weight: 2 }, 'second')
  await asked('normal', { weight: 1 }, 'third')
  await asked('urgent', { weight: 1 }, 'exit')
  expect(order).toEqual(['first', 'exit'])
})

test('who waits for one limit does not hold up others, but is not overtaken on it', async () => {
  const { asked, order } = harness([minute, create])
  await asked('normal', { create: 3 }, 'a')
  await asked('normal', { create: 2 }, 'waits')
  await asked('normal', { weight: 1 }, 'other')
  await asked('normal', { create: 0 }, 'same')
  expect(order).toEqual(['a', 'other'])
})

test('a limit of one per window still lets one through, and one larger than its share goes alone', async () => {
  const { asked, order, timers } = harness([{ id: 'detail', capacity: 1, windowMs: 5_000 }, minute])
  await asked('normal', { detail: 1 }, 'one')
  await asked('normal', { detail: 1 }, 'two')
  await asked('normal', { weight: 90 }, 'large')
  expect(order).toEqual(['one', 'large'])
  await timers.advance(5_000)
  expect(order).toEqual(['one', 'large', 'two'])
})

test('one that gives up leaves the queue, and those behind it move up', async () => {
  const { budget, asked, order, timers } = harness([minute])
  await asked('normal', { weight: 80 }, 'first')
  const abort = new AbortController()
  const given = budget.take({ weight: 80 }, 'normal', abort.signal).then(
    () => 'went',
    () => 'gave up',
  )
  abort.abort()
  expect(await given).toBe('gave up')
  await asked('normal', { weight: 80 }, 'third')
  await timers.advance(60_000)
  expect(order).toEqual(['first', 'third'])
})

test('an unknown limit is a mistake of ours', async () => {
  const { budget } = harness([minute])
  await expect(budget.take({ wait: 1 }, 'normal')).rejects.toThrow('no limit is called wait')
})

test('in any window the normal lane alone never books more than its share, and every request goes in the end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 8 })), { maxLength: 40 }),
      async (requests) => {
        const timers = createManualTimers()
        const budget = createWeightBudget({ limits: [{ id: 'w', capacity: 10, windowMs: 1_000 }], timers })
        const went: { at: number; weight: number }[] = []
        for (const [pause, weight] of requests) {
          void budget.take({ w: weight }, 'normal').then(() => went.push({ at: timers.now(), weight }))
          await timers.advance(pause)
        }
        await timers.advance(60_000)
        expect(went).toHaveLength(requests.length)
        for (const { at } of went) {
          const inWindow = went.filter((other) => other.at > at - 1_000 && other.at <= at)
          expect(inWindow.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(8)
        }
      },
    ),
    { numRuns: 30 },
  )
})

function harness(limits: readonly Limit[]) {
  const timers = createManualTimers()
  const budget: WeightBudget = createWeightBudget({ limits, timers })
  const order: string[] = []
  const asked = async (lane: Lane, weights: Record<string, number>, name: string): Promise<void> => {
    void budget.take(weights, lane).then(() => order.push(name))
    await timers.advance(0)
  }
  return { timers, budget, order, asked }
}
