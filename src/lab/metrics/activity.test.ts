import { expect, test } from 'vitest'
import type { EngineOutput } from '#model/events.ts'
import { instanceId, instrumentId, signalId } from '#model/ids.ts'
import type { Order, OrderPurpose, OrderStatus } from '#model/order.ts'
import { activityOf, exposureOf, marketChangeOf } from './activity.ts'
import { day0, sampleTrip } from './sample-trips.ts'

const fact = { time: day0, instanceId: instanceId('s@0/A_USDT'), instrumentId: instrumentId('A_USDT') }
const hours = (from: number, to: number) =>
  sampleTrip({ id: `${from}`, net: 1, openedAt: from * 60, closedAt: to * 60 })
const range = { from: day0, to: day0 + 10 * 3_600_000 }

test('exposure is the union of the times held, not their sum', () => {
  // 1–3 and 2–5 overlap: 4 hours; 6–7: 1 hour; 5 of 10.
  expect(exposureOf([hours(1, 3), hours(2, 5), hours(6, 7)], range)).toEqual({ share: 0.5, maxOpen: 2 })
})

test('an entry at the moment of another exit does not overlap it', () => {
  expect(exposureOf([hours(1, 3), hours(3, 4)], range)).toEqual({ share: 0.3, maxOpen: 1 })
})

test('nothing held is an exposure of 0, and no time at all has none', () => {
  expect(exposureOf([], range)).toEqual({ share: 0, maxOpen: 0 })
  expect(exposureOf([], { from: 5, to: 5 }).share).toBeNull()
})

test('market change is the mean over instruments of last close to first open', () => {
  // +10 % and −20 %.
  const of = (...values: number[]) => Float64Array.from(values)
  expect(
    marketChangeOf([
      { open: of(100, 7), close: of(9, 110) },
      { open: of(5), close: of(4) },
    ]),
  ).toBeCloseTo(-0.05, 12)
  expect(marketChangeOf([])).toBeNull()
})

test('skips, denials and abandoned entries are counted with each of their reasons', () => {
  const check = { ok: false, value: 1, limit: 0, headroom: -1 } as const
  const decisions: EngineOutput[] = [
    { type: 'signalSkipped', ...fact, strategy: 's', reasons: ['noSlot', 'paused'], verdicts: [] },
    { type: 'signalSkipped', ...fact, strategy: 's', reasons: ['paused'], verdicts: [] },
    { type: 'signalDetected', ...fact, signalId: signalId('1-s1'), strategy: 's', price: 1, verdicts: [] },
    {
      type: 'orderDenied',
      ...fact,
      signalId: signalId('1-s1'),
      purpose: 'entry',
      reasons: [
        { code: 'maxDrawdown', ...check },
        { code: 'maxChase', ...check },
      ],
    },
    { type: 'entryAbandoned', ...fact, signalId: signalId('1-s1'), code: 'denied', price: 1 },
    { type: 'entryAbandoned', ...fact, signalId: signalId('1-s2'), code: 'entryTimeout', price: 1 },
  ]
  const order = (id: string, purpose: OrderPurpose, status: OrderStatus): Order =>
    ({ signalId: signalId(id), purpose, status }) as Order
  // The order of signal 2 is the one abandoned above; that of signal 3 filled in part before it expired.
  const orders = [
    order('1-s2', 'entry', 'expired'),
    order('1-s3', 'entry', 'expired'),
    order('1-s3', 'exit', 'expired'),
    order('1-s4', 'entry', 'rejected'),
  ]
  expect(activityOf(decisions, orders)).toEqual({
    signals: 1,
    skipped: 2,
    skips: { paused: 2, noSlot: 1 },
    denied: 1,
    denials: { maxChase: 1, maxDrawdown: 1 },
    abandoned: 2,
    abandons: { denied: 1, entryTimeout: 1 },
    entryTimeouts: 2,
    exitTimeouts: 1,
    rejectedOrders: 1,
    anomalies: 0,
  })
})
