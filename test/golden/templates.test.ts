import { expect, test } from 'vitest'
import { type BacktestSpec, listStrategies, runBacktest, runBacktests } from '#lab/lab.ts'
import { defaultLimits } from '#model/limits.ts'
import { formatMoney } from '#model/money.ts'

// One run of every shipped template on the generated market, to the last output. A change here is a change of results:
// `vitest run -u test/golden` writes the new ones, and the commit says why they changed.

const noUserStrategies = '/nonexistent'
const templates = listStrategies(noUserStrategies).map(({ name }) => name)

const spec = (strategy: string, changes: Partial<BacktestSpec> = {}): BacktestSpec => ({
  strategies: [strategy],
  strategyFolder: noUserStrategies,
  source: { kind: 'generated', seed: 7, instruments: 4, days: 2 },
  instruments: [],
  warmUpMs: 0,
  capital: null,
  limits: defaultLimits,
  latency: { type: 'uniform', minMs: 100, maxMs: 400 },
  reportLatencyMs: 50,
  participation: 0.1,
  impact: 1,
  assumedFundingRate: 0.0001,
  seed: 3,
  gridMs: 1_000,
  cuts: 20,
  ...changes,
})

test.each(templates)('%s gives the recorded run, and looks at nothing that is still to come', async (name) => {
  const run = await runBacktest(spec(name))
  expect(run.lookahead).toMatchObject({ changedDecisions: 0 })
  expect(run.postings.every(({ legs }) => legs.reduce((sum, { amount }) => sum + amount, 0n) === 0n)).toBe(true)
  const golden = {
    counts: run.counts,
    costs: Object.fromEntries(Object.entries(run.costs).map(([cost, amount]) => [cost, formatMoney(amount)])),
    roundTrips: run.roundTrips.map((trip) => ({
      instrument: trip.instrumentId,
      opened: new Date(trip.openedAt).toISOString(),
      closed: new Date(trip.closedAt).toISOString(),
      exitReason: trip.exitReason,
      netProfit: formatMoney(trip.netProfit),
    })),
    outputHash: run.outputHash,
  }
  await expect(`${JSON.stringify(golden, null, 2)}\n`).toMatchFileSnapshot(`${name}.json`)
})

test('the same runs on one worker and on two have equal fingerprints', async () => {
  const specs = ['flash-pump', 'pump-fade', 'dip-reversion'].map((name) => spec(name))
  const fingerprints = async (workers: number): Promise<string[]> =>
    (await runBacktests(specs, workers)).map(({ fingerprint }) => fingerprint)
  expect(await fingerprints(2)).toEqual(await fingerprints(1))
})

test('another seed, capital or latency is another fingerprint', async () => {
  const [one, ...others] = await runBacktests(
    [
      spec('flash-pump'),
      spec('flash-pump', { seed: 4 }),
      spec('flash-pump', { capital: 5_000_00000000n }),
      spec('flash-pump', { latency: { type: 'fixed', ms: 0 } }),
    ],
    1,
  )
  expect(new Set([one, ...others].map(({ fingerprint }) => fingerprint)).size).toBe(4)
})
