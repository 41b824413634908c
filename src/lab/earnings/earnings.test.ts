import { expect, test } from 'vitest'
import { UserError } from '#model/failure.ts'
import type { StoredRun } from '#model/run.ts'
import { totalCost } from '../metrics/costs.ts'
import { sampleRun } from '../report/sample-run.ts'
import { cellsOf, type EarningsCell, latencyText, shareText } from './cells.ts'
import { type CellResult, reportEarnings } from './earnings.ts'
import { earningsJson } from './json.ts'
import { earningsText } from './terminal.ts'

const base = {
  impact: 1,
  reportLatencyMs: 50,
  assumedFundingRate: 0.0001,
  strategyFolder: '/nonexistent',
} as EarningsCell['spec']
const cells = cellsOf(base, {
  strategies: ['flash-pump', 'pump-fade'],
  latencies: [
    { type: 'fixed', ms: 0 },
    { type: 'fixed', ms: 250 },
  ],
  participations: [0.05, 0.25],
})
const run = (seed: number): StoredRun => ({ ...sampleRun({ seed }), id: `r0000${seed}` })
const impossible = new UserError({
  code: 'missingFeed',
  message: 'it needs trades',
  where: 'x.csv',
  remedy: 'use others',
})
const results = cells.map((_, index): CellResult =>
  index === 6 ? { ok: false, error: impossible } : { ok: true, run: run(index) },
)
const plain = { color: false, width: 120 }

test('cells are by strategy, then latency, then share', () => {
  expect(cells.map(({ name }) => name)).toEqual([
    'flash-pump, 0 ms, 5 %',
    'flash-pump, 0 ms, 25 %',
    'flash-pump, 250 ms, 5 %',
    'flash-pump, 250 ms, 25 %',
    'pump-fade, 0 ms, 5 %',
    'pump-fade, 0 ms, 25 %',
    'pump-fade, 250 ms, 5 %',
    'pump-fade, 250 ms, 25 %',
  ])
  expect(cells[2].spec).toMatchObject({ strategies: ['flash-pump'], latency: { ms: 250 }, participation: 0.05 })
})

test('a strategy that is not there is refused before anything runs', () => {
  const axes = { strategies: ['flash-pump', 'flesh-pump'], latencies: [], participations: [] }
  expect(() => cellsOf(base, axes)).toThrow(expect.objectContaining({ code: 'unknownStrategy' }))
})

test('latencies and shares are written as people say them', () => {
  expect(latencyText({ type: 'uniform', minMs: 100, maxMs: 400 })).toBe('100–400 ms')
  expect(latencyText({ type: 'lognormal', medianMs: 200, p99Ms: 1_500 })).toBe('200 ms, 1 % above 1500 ms')
  expect([0.1, 0.025, 0.07, 1].map(shareText)).toEqual(['10 %', '2.50 %', '7 %', '100 %'])
})

test('each cell has the sums of its run, and a strategy those of its cells', () => {
  const report = reportEarnings(cells, results, null)
  const [total] = report.totals
  expect(total).toMatchObject({ strategy: 'flash-pump', cells: 4 })
  expect(report.totals[1]).toMatchObject({ strategy: 'pump-fade', cells: 3 })
  const trips = [0, 1, 2, 3].flatMap((seed) => run(seed).roundTrips)
  expect(total.figures.trades).toBe(trips.length)
  expect(total.figures.netProfit).toBe(trips.reduce((sum, { netProfit }) => sum + netProfit, 0n))
  expect(total.figures.totalCosts).toBe(trips.reduce((sum, { costs }) => sum + totalCost(costs), 0n))
  expect(total.figures.profitBeforeCosts - total.figures.totalCosts).toBe(total.figures.netProfit)
})

test('a failed cell is told with its error, a fault of ours as internal', () => {
  const faulty = results.with(0, { ok: false, error: new TypeError('x is undefined') })
  const json = earningsJson(reportEarnings(cells, faulty, null), false)
  expect(json.failed).toBe(2)
  expect(json.cells[6]).toEqual({
    strategy: 'pump-fade',
    latency: { type: 'fixed', ms: 250 },
    participation: 0.05,
    status: 'failed',
    error: { code: 'missingFeed', message: 'it needs trades', where: 'x.csv', remedy: 'use others' },
  })
  expect(json.cells[0]).toMatchObject({ status: 'failed', error: { code: 'internal', message: 'x is undefined' } })
  expect(earningsText(reportEarnings(cells, faulty, null), false, plain)).toContain(
    'FAILED\nflash-pump, 0 ms, 5 %: internal: x is undefined',
  )
})

test('where no cell completed the first error is thrown', () => {
  const failed = cells.map((): CellResult => ({ ok: false, error: impossible }))
  expect(() => reportEarnings(cells, failed, null)).toThrow(impossible)
})

test('the tables show every cost and fit 120 columns without leaving one out', () => {
  const text = earningsText(reportEarnings(cells, results, { pumps: [], notInData: ['a'] }), true, plain)
  for (const title of [
    'Before costs',
    'Fee',
    'Spread',
    'Impact',
    'Delay',
    'Funding',
    'Net',
    'Median',
    'Denied',
    'Abandoned',
    'Unfilled',
    'Paid',
  ])
    expect(text).toContain(` ${title} `)
  expect(text).not.toContain('columns do not fit')
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
  expect(text).toContain('WHERE IT WAS EARNED: 0 labelled pumps, 1 more are not in the data')
  expect(text).toContain('Costs are positive when paid')
})

test('json holds the figures as fractions and numbers, and the events only when asked for', () => {
  const [first] = run(0).spec.instruments
  const pump = { eventId: 'a', instrumentId: first.id, onset: run(0).roundTrips[0].openedAt }
  const report = reportEarnings(cells, results, { pumps: [pump], notInData: [] })
  const json = earningsJson(report, true)
  expect(json.cells[1]).toMatchObject({
    strategy: 'flash-pump',
    participation: 0.25,
    run: 'r00001',
    trades: run(1).roundTrips.length,
    costs: { total: Number(run(1).roundTrips.reduce((sum, { costs }) => sum + totalCost(costs), 0n)) / 1e8 },
    places: { pumps: { trades: expect.any(Number) }, events: [{ eventId: 'a', instrument: first.id }] },
  })
  expect(JSON.stringify(earningsJson(report, false))).not.toContain('"events"')
})
