import { expect, test } from 'vitest'
import { comparisonText, compareRuns } from './compare.ts'
import { sampleRun } from './sample-run.ts'

const run = sampleRun()

test('a run compared with itself differs in nothing', () => {
  const comparison = compareRuns(run, { ...run })
  expect(comparison).toMatchObject({
    sameFingerprint: true,
    spec: [],
    onlyA: [],
    onlyB: [],
    firstDifference: null,
    shared: run.roundTrips.length,
  })
  expect(comparison.metrics.every(({ change }) => change === null || change === 0)).toBe(true)
  expect(comparisonText(comparison, { color: false, width: 100 })).toContain('Every decision is the same.')
})

test('settings that differ are listed by their path with both values', () => {
  const [strategy] = run.spec.strategies
  const document = structuredClone(strategy.document)
  const other = {
    ...run,
    fingerprint: 'other',
    spec: {
      ...run.spec,
      seed: 43,
      strategies: [
        {
          ...strategy,
          document: { ...document, protection: { stopLoss: { ...document.protection.stopLoss, distancePct: 3 } } },
        },
      ],
    },
  }
  expect(compareRuns(run, other).spec).toEqual([
    { path: 'seed', a: 42, b: 43 },
    { path: 'strategies.pump-fade.protection.stopLoss.distancePct', a: 2, b: 3 },
    { path: 'strategies.pump-fade.protection.takeProfit.distancePct', a: 4, b: undefined },
  ])
})

test('trades in only one run and the first decision that parts them are named', () => {
  const missing = run.roundTrips[0]
  const decisions = run.decisions.filter((fact) => !('signalId' in fact) || fact.signalId !== missing.signalId)
  const comparison = compareRuns(run, { ...run, id: 'r00043', roundTrips: run.roundTrips.slice(1), decisions })
  expect(comparison.onlyA).toHaveLength(1)
  expect(comparison.onlyB).toEqual([])
  const first = run.decisions.findIndex((fact) => 'signalId' in fact && fact.signalId === missing.signalId)
  expect(comparison.firstDifference).toMatchObject({ index: first })
  expect(comparison.firstDifference?.a).toContain(`${missing.instrumentId} signal at`)
})

test('ids that differ by design do not part two runs', () => {
  const decisions = run.decisions.map((fact) =>
    'signalId' in fact && fact.type === 'signalDetected'
      ? { ...fact, signalId: fact.signalId.replace('1-', '2-') as typeof fact.signalId }
      : fact,
  )
  expect(compareRuns(run, { ...run, decisions }).firstDifference).toBeNull()
})
