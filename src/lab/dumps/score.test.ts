import { describe, expect, test } from 'vitest'
import { instrumentId } from '#model/ids.ts'
import type { Fall } from './fall.ts'
import { scoreFall, scoreFalls } from './score.ts'

const onset = 1_000_000
const peak = { time: onset + 40_000, price: 15 }
/** From 15 down to 12. */
const fall = (change: Partial<Fall> = {}): Fall => ({
  eventId: 'p',
  file: 'COIN.csv',
  instrumentId: instrumentId('COIN_BTC'),
  onset,
  peak,
  after: 12,
  depth: 3,
  higherLaterPct: 0,
  ...change,
})
const alert = (secondsAfterPeak: number, price: number) => ({ time: peak.time + secondsAfterPeak * 1_000, price })

describe('a fall', () => {
  test('is found by the first alert after the peak, with what was gone by then', () => {
    expect(scoreFall(fall(), [alert(12, 14.4), alert(30, 13)])).toMatchObject({
      outcome: 'found',
      alert: alert(12, 14.4),
      delayMs: 12_000,
      fallGone: expect.closeTo(0.2, 12),
      premature: [],
    })
  })

  test.each([
    ['before the onset', -41, 'missed', 0],
    ['at the onset', -40, 'premature', 1],
    ['at the peak itself', 0, 'premature', 1],
    ['just after it', 0.001, 'found', 0],
    ['at the last moment', 300, 'found', 0],
    ['too late', 300.001, 'missed', 0],
  ])('alerted %s', (_when, seconds, outcome, early) => {
    const score = scoreFall(fall(), [alert(seconds, 14)])
    expect([score.outcome, score.premature.length]).toEqual([outcome, early])
  })

  test('called too early tells how much it rose further, also when it is found after all', () => {
    const score = scoreFall(fall(), [alert(-30, 12), alert(-10, 14), alert(20, 13.5)])
    expect(score).toMatchObject({ outcome: 'found', delayMs: 20_000, fallGone: 0.5 })
    expect(score.premature).toEqual([
      { ...alert(-30, 12), beforePeakMs: 30_000, furtherRisePct: 25 },
      { ...alert(-10, 14), beforePeakMs: 10_000, furtherRisePct: expect.closeTo(100 / 14, 9) },
    ])
  })

  test('that did not come has no share gone', () => {
    expect(scoreFall(fall({ after: 16, depth: null }), [alert(5, 14)])).toMatchObject({
      outcome: 'found',
      fallGone: null,
    })
  })
})

test('a score counts falls: recall by horizon, premature ones by their first alert', () => {
  const falls = [
    scoreFall(fall(), [alert(4, 14.7)]),
    scoreFall(fall(), [alert(-20, 12), alert(-10, 14), alert(50, 13.5)]),
    scoreFall(fall(), [alert(-5, 14.5)]),
    scoreFall(fall(), []),
  ]
  const score = scoreFalls(falls, 1)
  expect(score).toMatchObject({
    events: 4,
    recall: { '5': 0.25, '15': 0.25, '30': 0.25, '60': 0.5, '120': 0.5, '300': 0.5 },
    delayMs: { count: 2, median: 27_000 },
    fallGone: { count: 2, median: expect.closeTo(0.3, 12) },
    premature: { events: 2, alerts: 3, furtherRisePct: { count: 2, max: 25 } },
  })
  const { low = 1, high = 0 } = score.intervals.recall['60'] ?? {}
  expect(low).toBeLessThanOrEqual(0.5)
  expect(high).toBeGreaterThanOrEqual(0.5)
})

test('a score of nothing says nothing', () => {
  expect(scoreFalls([], 1)).toMatchObject({
    events: 0,
    recall: { '5': null, '300': null },
    delayMs: null,
    fallGone: null,
    premature: { events: 0, alerts: 0, furtherRisePct: null },
    intervals: { medianDelayMs: null, prematureEvents: null },
  })
})
