import { expect, test } from 'vitest'
import { UserError } from '#model/failure.ts'
import { defaultLimits } from '#model/limits.ts'
import { runBacktests, settleBacktests, type SettledRun } from './jobs.ts'
import type { BacktestSpec } from './spec.ts'

const spec = (changes: Partial<BacktestSpec> = {}): BacktestSpec => ({
  strategies: ['flash-pump'],
  strategyFolder: '/nonexistent',
  source: { kind: 'generated', seed: 7, instruments: 2, days: 1 },
  instruments: [],
  warmUpMs: 0,
  capital: null,
  limits: defaultLimits,
  latency: { type: 'fixed', ms: 250 },
  reportLatencyMs: 50,
  participation: 0.1,
  impact: 1,
  assumedFundingRate: 0.0001,
  seed: 3,
  gridMs: 1_000,
  cuts: 2,
  ...changes,
})

const impossible = spec({ latency: { type: 'fixed', ms: 70_000 } })
/** Breaks what the types promise, as only a fault of ours could. */
const faulty = spec({ limits: null as never })
const told = (one: SettledRun): string => (one.ok ? one.run.outputHash : (one.error as Error).message)

test.each([1, 2])(
  'on %i workers a failed run stands among the others as its error, and they finish',
  async (workers) => {
    const [whole] = await runBacktests([spec()], 1)
    const settled = await settleBacktests([impossible, spec(), faulty, spec({ seed: 4 })], workers)
    expect(settled.map(({ ok }) => ok)).toEqual([false, true, false, true])
    expect(settled[0]).toMatchObject({ error: { code: 'simulatorConfig', where: 'simulator.latency.ms' } })
    expect(settled[0]).toMatchObject({ error: expect.any(UserError) })
    expect(settled[2]).toMatchObject({ error: expect.any(Error) })
    expect(told(settled[1])).toBe(whole.outputHash)
  },
)

test('where all are wanted the first error is thrown', async () => {
  await expect(runBacktests([impossible, spec()], 1)).rejects.toMatchObject({ code: 'simulatorConfig' })
})

test.each([1, 2])('an abort on %i workers ends all of them with its reason', async (workers) => {
  const controller = new AbortController()
  const reason = new Error('stopped by you')
  const specs = Array.from({ length: 12 }, (_, seed) => spec({ seed }))
  let runs = 0
  const settled = settleBacktests(specs, workers, {
    signal: controller.signal,
    onProgress: () => {
      runs++
      controller.abort(reason)
    },
  })
  await expect(settled).rejects.toBe(reason)
  expect(runs).toBeLessThan(12)
})
