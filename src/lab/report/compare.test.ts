import { expect, test } from 'vitest'
import { widthOf } from './columns.ts'
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

test('two quite different strategies are told apart in a few rows that fit the terminal; the leaves stay in the JSON', () => {
  const [strategy] = run.spec.strategies
  const { document } = strategy
  const other = {
    ...run,
    id: 'r00043',
    fingerprint: 'other',
    spec: {
      ...run.spec,
      currency: 'BTC',
      strategies: [
        {
          name: 'dips',
          hash: 'feed5eed0000',
          document: {
            ...document,
            name: 'dips',
            readings: Object.fromEntries(
              Array.from({ length: 30 }, (_, index) => [`r${index}`, { indicator: 'rsi', params: { fromMs: index } }]),
            ),
            signal: { when: { reading: 'kLine', is: 'crossesAbove' as const, value: { reading: 'dLine' } } },
            cancel: { ...document.cancel, timeoutMs: 7_200_000 },
          },
        },
      ],
      instruments: run.spec.instruments.slice(1),
      settings: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`setting${index}`, index])),
    },
  }
  const comparison = compareRuns(run, other)
  expect(comparison.spec.length).toBeGreaterThan(60)
  expect(comparison.settings.map(({ path }) => path).slice(0, 3)).toEqual(['strategies', 'capital', 'instruments'])
  expect(comparison.settings).toContainEqual({
    path: 'signal.when',
    a: 'pumpMagnitude ≥ 7, volumeSurge ≥ 3',
    b: 'kLine crosses above dLine',
  })
  for (const width of [80, 120]) {
    const text = comparisonText(comparison, { color: false, width })
    const lines = text.split('\n')
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width)
    const asked = text.slice(text.indexOf('WHAT WAS ASKED'), text.indexOf('WHAT CAME OUT'))
    expect(asked.match(/^│ [a-z]/gm)?.length).toBe(15)
    expect(asked).toMatch(/and \d+ more settings; \d+ values in all; --json lists every one\./)
  }
})

test('amounts in different currencies are not subtracted', () => {
  const comparison = compareRuns(run, { ...run, spec: { ...run.spec, currency: 'BTC' } })
  expect(comparison.metrics.find(({ name }) => name === 'Net profit')?.change).toBeNull()
  expect(comparison.metrics.find(({ name }) => name === 'Trades')?.change).toBe(0)
  expect(comparisonText(comparison, { color: false, width: 100 })).toMatch(
    /Net profit +│ +[-\d,.]+ USDT │ +[-\d,.]+ BTC/,
  )
})
