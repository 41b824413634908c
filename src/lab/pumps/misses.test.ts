import { expect, test } from 'vitest'
import type { NearMiss } from '#model/events.ts'
import { instanceId, instrumentId } from '#model/ids.ts'
import { missOf, watchesOf } from './misses.ts'
import type { EventScore } from './score.ts'

const onset = Date.UTC(2024, 0, 1)
const event: EventScore = {
  eventId: 'p',
  file: 'f.csv',
  instrumentId: instrumentId('COIN_BTC'),
  onset,
  outcome: 'missed',
  alert: null,
  delayMs: null,
  earlyMs: null,
  risePct: 20,
  pricePaid: null,
}
const near = (change: Partial<NearMiss>): NearMiss => ({
  instanceId: instanceId('s@1/COIN_BTC'),
  instrumentId: event.instrumentId,
  strategy: 's',
  group: 'signal',
  reading: 'rise',
  indicator: 'windowChangePct',
  operator: 'gte',
  threshold: 3,
  bestMargin: -0.9,
  bestValue: 2.1,
  bestAt: onset + 12_000,
  askedMs: 130_000,
  metShare: 0,
  pendingShare: 0,
  blockedAloneMs: 0,
  blockedAloneAt: null,
  wouldHave: [],
  ...change,
})
const surge = near({
  reading: 'surge',
  indicator: 'volumeSurgeRatio',
  threshold: 10,
  bestMargin: 5,
  bestValue: 15,
  metShare: 0.1,
  blockedAloneMs: 12_000,
})
const facts = { alerts: [], refractoryMs: 1_800_000, renewAbovePct: null, nearMisses: [surge, near({})], silence: null }

test('the account begins ten seconds before the onset and ends where a hit would', () => {
  expect(watchesOf(onset)).toEqual([
    { from: onset - 10_000, to: onset + 30_000 },
    { from: onset - 10_000, to: onset + 120_000 },
  ])
})

test('a condition that was never met is the reason, with its numbers', () => {
  const miss = missOf(event, facts)
  expect(miss).toMatchObject({ eventId: 'p', reason: 'blocked' })
  expect(miss.text).toBe('rise came to 2.1 % of ≥ 3 %, short by 0.9 at +12.0 s')
  expect(miss.conditions.map(({ reading }) => reading)).toEqual(['rise', 'surge'])
  expect(miss.conditions[0]).toMatchObject({ unit: 'percent', bestMargin: -0.9, bestAtMs: 12_000 })
})

test('where each was met at some time, they were never met at once', () => {
  expect(missOf(event, { ...facts, nearMisses: [surge] }).text).toBe(
    'every condition of S1 was met, never all at once; surge alone stood in the way for 12 s',
  )
})

test('a reading without a value is said to have none', () => {
  const pending = near({ bestMargin: null, bestValue: null, bestAt: null, pendingShare: 1 })
  expect(missOf(event, { ...facts, nearMisses: [pending] }).text).toBe('rise had no value (wanted ≥ 3 %)')
})

test('an alert just before the onset is early, one long before it silenced what came', () => {
  const asleep = [near({ askedMs: 0, bestMargin: null, bestValue: null, bestAt: null })]
  const after = (ms: number) => ({ ...facts, nearMisses: asleep, alerts: [{ time: onset - ms, price: 1 }] })
  expect(missOf({ ...event, outcome: 'early', earlyMs: 84_000 }, after(84_000))).toMatchObject({
    reason: 'early',
    text: 'alerted 00:01:24 before the onset and slept until 00:28:36 after it',
  })
  expect(missOf(event, after(1_000_000))).toMatchObject({ reason: 'silenced' })
  expect(missOf(event, after(1_800_000)).reason).toBe('blocked')
})

test('a detector that wakes further out is told what it lacked there', () => {
  const alerts = [{ time: onset - 60_000, price: 1 }]
  const asleep = [near({ askedMs: 0, bestMargin: null, bestValue: null, bestAt: null })]
  const slept = 'alerted 00:01:00 before the onset and slept until 00:29:00 after it'
  const renewing = { ...facts, alerts, renewAbovePct: 2 }
  expect(missOf(event, { ...renewing, nearMisses: asleep }).text).toBe(`${slept}; the price did not go 2 % further`)
  expect(missOf(event, renewing).text).toBe(
    `${slept}; 2 % further out rise came to 2.1 % of ≥ 3 %, short by 0.9 at +12.0 s`,
  )
  expect(missOf(event, { ...renewing, alerts: [{ time: onset, price: 1 }] }).text).toBe(
    'alerted at the very onset and slept until 00:30:00 after it',
  )
})

test('a hole in the data is told when it is longer than a minute', () => {
  const silence = { from: onset + 7_206, to: onset + 607_415 }
  expect(missOf(event, { ...facts, silence }).text).toContain('the tape has no trade from +7.2 s to +607.4 s')
  expect(missOf(event, { ...facts, silence: { from: onset, to: onset + 59_999 } }).text).not.toContain('tape')
})
