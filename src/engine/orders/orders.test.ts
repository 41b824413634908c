import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { instanceId, orderId } from '#model/ids.ts'
import type { Order, OrderStatus } from '#model/order.ts'
import { exampleApproved, exampleFill as fill, exampleTime as t0 } from './example.ts'
import { createOrders, isTerminal, type OrderEvent, type Orders, type OrdersOptions } from './orders.ts'

const id = orderId('7-o1')
const accepted: OrderEvent = { type: 'orderAccepted', orderId: id, venueOrderId: 'v-81', time: t0 + 10 }
const rejected: OrderEvent = { type: 'orderRejected', orderId: id, code: '2005', message: 'balance', time: t0 + 10 }
const uncertain: OrderEvent = { type: 'orderUncertain', orderId: id, code: 'timeout', time: t0 + 10 }
const canceled: OrderEvent = { type: 'orderCanceled', orderId: id, code: 'byUser', time: t0 + 20 }
const expired: OrderEvent = { type: 'orderExpired', orderId: id, code: 'ioc', time: t0 + 20 }

function started(options: Partial<OrdersOptions> = {}, approved = exampleApproved()): Orders {
  const orders = createOrders({ sessionId: '7', lotSizeOf: () => 0.1, ...options })
  orders.open(approved, t0)
  return orders
}

function after(...events: readonly OrderEvent[]): Orders {
  const orders = started()
  for (const event of events) orders.apply(event)
  return orders
}

test('orders are counted per session and start as submitted', () => {
  const orders = createOrders({ sessionId: '7', lotSizeOf: () => 0.1 })
  expect(orders.open(exampleApproved(), t0)).toEqual({
    ...exampleApproved(),
    orderId: '7-o1',
    status: 'submitted',
    filledQuantity: 0,
    averagePrice: null,
    submittedAt: t0,
    updatedAt: t0,
    cancelRequested: false,
  })
  expect(orders.open(exampleApproved(), t0).orderId).toBe('7-o2')
})

test('an order is accepted, partly filled, then filled', () => {
  const orders = started()
  expect(orders.apply(accepted)).toEqual({ order: orders.get(id) })
  expect(orders.get(id)).toMatchObject({ status: 'accepted', venueOrderId: 'v-81', updatedAt: t0 + 10 })
  const first = fill('t1', 0.4, 100)
  expect(orders.apply(first)).toEqual({ order: orders.get(id), fill: first })
  expect(orders.get(id)).toMatchObject({ status: 'partiallyFilled', filledQuantity: 0.4, averagePrice: 100 })
  orders.apply(fill('t2', 0.6, 101))
  expect(orders.get(id)).toMatchObject({ status: 'filled', filledQuantity: 1, averagePrice: 100.6 })
})

test('a fill that overtakes its acknowledgement is booked, and the late acknowledgement only adds the id', () => {
  const orders = after(fill('t1', 1))
  expect(orders.get(id)).toMatchObject({ status: 'filled' })
  expect(orders.apply(accepted)).toEqual({ order: orders.get(id) })
  expect(orders.get(id)).toMatchObject({ status: 'filled', venueOrderId: 'v-81' })
})

test('a trade counts once, however often it is reported', () => {
  const orders = after(accepted, fill('t1', 0.4))
  expect(orders.apply(fill('t1', 0.4))).toEqual({})
  expect(orders.get(id)).toMatchObject({ filledQuantity: 0.4 })
  expect(orders.counters()).toEqual({ opened: 1, repeatedFills: 1, anomalies: 0 })
})

test('a fill after the cancel is money: booked, and reported', () => {
  const orders = after(accepted, canceled)
  const late = fill('t1', 0.4, 99)
  expect(orders.apply(late)).toEqual({
    order: orders.get(id),
    fill: late,
    anomaly: {
      code: 'fillAfterTerminal',
      detail: 'orderFilled for 7-o1 trade t1: 0.4 at 99, now canceled, 0.4 of 1 filled',
    },
  })
  expect(orders.get(id)).toMatchObject({ status: 'canceled', filledQuantity: 0.4, averagePrice: 99 })
})

test('a cancel that comes after the last fill changes nothing', () => {
  const orders = after(accepted, fill('t1', 1))
  expect(orders.apply(canceled)).toEqual({})
  expect(orders.get(id)).toMatchObject({ status: 'filled' })
})

test('a completing fill after the cancel makes it filled', () => {
  expect(after(accepted, fill('t1', 0.4), canceled, fill('t2', 0.6)).get(id)).toMatchObject({
    status: 'filled',
    filledQuantity: 1,
  })
})

test('more than was ordered is booked and reported', () => {
  const orders = after(accepted, fill('t1', 1))
  const change = orders.apply(fill('t2', 0.3))
  expect(change.fill?.tradeId).toBe('t2')
  expect(change.anomaly?.code).toBe('overfill')
  expect(orders.get(id)).toMatchObject({ status: 'filled', filledQuantity: 1.3 })
})

test('an uncertain order is live until the venue shows evidence', () => {
  const orders = after(uncertain)
  expect(orders.get(id)).toMatchObject({ status: 'uncertain', code: 'timeout' })
  expect(orders.liveEntries()).toHaveLength(1)
  expect(orders.apply(uncertain)).toEqual({})
  orders.apply(accepted)
  expect(orders.get(id)).toMatchObject({ status: 'accepted' })
})

test('uncertainty about an order the venue has accepted takes nothing back', () => {
  const orders = after(accepted)
  expect(orders.apply(uncertain)).toEqual({})
  expect(orders.get(id)).toMatchObject({ status: 'accepted', updatedAt: t0 + 10 })
})

test('a refusal ends an order, with its code', () => {
  expect(after(rejected).get(id)).toMatchObject({ status: 'rejected', code: '2005' })
  expect(after(accepted, expired).get(id)).toMatchObject({ status: 'expired', code: 'ioc' })
})

test('a refusal after a fill ends the order and is reported', () => {
  const orders = after(accepted, fill('t1', 0.4))
  expect(orders.apply(rejected).anomaly?.code).toBe('rejectedAfterFill')
  expect(orders.get(id)).toMatchObject({ status: 'rejected', filledQuantity: 0.4 })
})

test('an event about an order that is not ours is reported and changes nothing', () => {
  const orders = started()
  expect(orders.apply({ ...canceled, orderId: orderId('6-o9') })).toEqual({
    anomaly: { code: 'unknownOrder', detail: 'orderCanceled for 6-o9, no such order here' },
  })
})

test('a cancel is requested once, and not for a finished order', () => {
  const orders = after(accepted)
  expect(orders.requestCancel(id, t0 + 15)).toMatchObject({ cancelRequested: true, updatedAt: t0 + 15 })
  expect(orders.requestCancel(id, t0 + 16)).toBeUndefined()
  orders.apply(canceled)
  expect(orders.requestCancel(id, t0 + 30)).toBeUndefined()
  expect(orders.requestCancel(orderId('7-o99'), t0)).toBeUndefined()
})

test('an order becomes overdue at its expiry, until its cancel is requested', () => {
  const orders = started({}, exampleApproved({ expiresAt: t0 + 60_000 }))
  orders.open(exampleApproved({ expiresAt: t0 + 90_000 }), t0)
  expect(orders.nextExpiry()).toBe(t0 + 60_000)
  expect(orders.overdue(t0 + 59_999)).toEqual([])
  expect(orders.overdue(t0 + 60_000).map((order) => order.orderId)).toEqual(['7-o1'])
  orders.requestCancel(id, t0 + 60_000)
  expect(orders.overdue(t0 + 60_000)).toEqual([])
  expect(orders.nextExpiry()).toBe(t0 + 90_000)
  orders.apply({ ...canceled, orderId: orderId('7-o2') })
  expect(orders.nextExpiry()).toBe(Number.POSITIVE_INFINITY)
})

test('working orders are those of the instance that are not finished', () => {
  const orders = after(accepted)
  const other = instanceId('pump@12345678/BTC_USDT')
  orders.open(exampleApproved({ instanceId: other, purpose: 'stopLoss', reduceOnly: true }), t0)
  expect(orders.working(other).map((order) => order.orderId)).toEqual(['7-o2'])
  expect(orders.liveEntries().map((order) => order.orderId)).toEqual(['7-o1'])
  orders.apply(fill('t1', 1))
  expect(orders.working(exampleApproved().instanceId)).toEqual([])
  expect(orders.liveEntries()).toEqual([])
})

test('only so many finished orders are remembered, the newest', () => {
  const orders = createOrders({ sessionId: '7', lotSizeOf: () => 0.1, keepFinished: 2 })
  for (const count of [1, 2, 3]) {
    orders.open(exampleApproved(), t0)
    orders.apply({ ...canceled, orderId: orderId(`7-o${count}`) })
  }
  expect(orders.get(orderId('7-o1'))).toBeUndefined()
  expect(orders.get(orderId('7-o2'))).toMatchObject({ status: 'canceled' })
  expect(orders.apply({ ...canceled, orderId: orderId('7-o1') }).anomaly?.code).toBe('unknownOrder')
})

test('ten fills of 0.1 are 1, and the average is exact', () => {
  const orders = started()
  for (let count = 1; count <= 10; count++) orders.apply(fill(`t${count}`, 0.1, 0.1))
  expect(orders.get(id)).toMatchObject({ status: 'filled', filledQuantity: 1, averagePrice: 0.1 })
})

test('one price stays that price, even below the last digit of money', () => {
  const orders = started({ lotSizeOf: () => 1 }, exampleApproved({ quantity: 100 }))
  orders.apply(fill('t1', 7, 0.0000012345))
  expect(orders.get(id)?.averagePrice).toBe(0.0000012345)
})

const fills = fc
  .array(fc.record({ lots: fc.integer({ min: 1, max: 5 }), price: fc.integer({ min: 1, max: 99 }) }), { maxLength: 6 })
  .map((parts) => parts.map(({ lots, price }, index) => fill(`t${index}`, lots / 10, price)))

/** A sensible life of an order: perhaps uncertain, an acknowledgement, fills, and at most one end. */
const life = fc
  .tuple(fc.boolean(), fills, fc.option(fc.constantFrom(canceled, expired, rejected)))
  .map(([lost, trades, end]): readonly OrderEvent[] => [
    ...(lost ? [uncertain] : []),
    accepted,
    ...trades,
    ...(end === null ? [] : [end]),
  ])

test('whatever the order of arrival and the repeats, an order ends with the same fills and status', () => {
  const shuffled = life.chain((events) => {
    const repeats = fc.array(fc.constantFrom(...events), { maxLength: 6 })
    return repeats
      .chain((again) => fc.shuffledSubarray([...events, ...again], { minLength: events.length + again.length }))
      .map((arrived) => ({ events, arrived }))
  })
  fc.assert(
    fc.property(shuffled, ({ events, arrived }) => {
      const expected = after(...events).get(id)!
      const actual = after(...arrived).get(id)!
      expect(actual.filledQuantity).toBe(expected.filledQuantity)
      expect(actual.averagePrice).toBe(expected.averagePrice)
      expect(actual.venueOrderId).toBe(expected.venueOrderId)
      expect(actual.updatedAt).toBeLessThanOrEqual(t0 + 1_000)
      expect(terminalOf(actual)).toBe(terminalOf(expected))
    }),
  )
})

function terminalOf({ status }: Order): OrderStatus | 'live' {
  return isTerminal(status) ? status : 'live'
}

test('restored orders go on exactly as the ones they were saved from', () => {
  const script = fc.array(fc.oneof(fc.constantFrom(uncertain, accepted, canceled, expired, rejected), fills), {
    maxLength: 12,
  })
  fc.assert(
    fc.property(script, fc.nat(12), (steps, cut) => {
      const events = steps.flat()
      const original = after(...events.slice(0, cut))
      const restored = createOrders({ sessionId: '7', lotSizeOf: () => 0.1 })
      restored.restore(structuredClone(original.snapshot()))
      for (const event of events.slice(cut)) expect(restored.apply(event)).toEqual(original.apply(event))
      expect(restored.open(exampleApproved(), t0)).toEqual(original.open(exampleApproved(), t0))
      expect(restored.snapshot()).toEqual(original.snapshot())
    }),
  )
})
