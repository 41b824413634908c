import { expect, test } from 'vitest'
import { formatMoney, toNumber } from '#model/money.ts'
import { jsonReport } from './json.ts'
import { sampleRun } from './sample-run.ts'

const run = sampleRun()
const report = jsonReport(run)

test('scripts find the figures of a run at the top level', () => {
  expect(report).toMatchObject({
    run: 'r00042',
    fingerprint: run.fingerprint,
    strategy: 'pump-fade',
    instruments: ['PEPE_USDT', 'HBAR_USDT', 'SUI_USDT'],
    events: 2_418_332,
    durationMs: 1_843,
    trades: run.roundTrips.length,
    lookahead: { cuts: 5, changedDecisions: 0 },
  })
  expect(Object.keys(report.costs)).toEqual(['fee', 'spread', 'impact', 'delay', 'funding'])
})

test('amounts are numbers, and the exact sums stand beside them as decimal text', () => {
  const net = run.roundTrips.reduce((sum, trip) => sum + trip.netProfit, 0n)
  expect(report.netProfit).toBe(toNumber(net))
  expect(report.exact.netProfit).toBe(formatMoney(net))
  const fees = run.roundTrips.reduce((sum, trip) => sum + trip.costs.fee, 0n)
  expect(report.costs.fee).toBe(toNumber(fees))
  expect(report.exact.costs.fee).toBe(formatMoney(fees))
})

test('the report survives JSON unchanged: no bigint, NaN, infinity or undefined in it', () => {
  expect(JSON.parse(JSON.stringify(report))).toEqual(report)
})

test('round trips are numbered as the stories ask for them', () => {
  expect(report.roundTrips.map(({ number }) => number)).toEqual(run.roundTrips.map((_, index) => index + 1))
})
