import { instrumentId, orderId } from '#model/ids.ts'
import type { VenueEvent } from '#model/order.ts'
import { VenueError } from '#model/venue.ts'
import { createManualTimers } from '#test/manual-timers.ts'
import { expect, test } from 'vitest'
import type { AccountApi } from './account-api.ts'
import { mexc } from './instruments.ts'
import { createOwnOrders } from './own-orders.ts'
import { createPlanRenewal } from './plan-renewal.ts'
import type { PlacePlanOrder, WirePlanOrder } from './wire/orders.ts'

const dayMs = 86_400_000
const plan = {
  symbol: 'BTC_USDT',
  vol: 5,
  leverage: 10,
  side: 4,
  openType: 1,
  triggerPrice: 75_000,
  triggerType: 2,
  executeCycle: 2,
  orderType: 5,
  price: 0,
  trend: 2,
  positionMode: 1,
} as const satisfies PlacePlanOrder

/** A stop that waits under id 1; placing answers what `place` says. */
function waiting(place: () => Promise<string>, listed: () => readonly WirePlanOrder[] = () => []) {
  const timers = createManualTimers(0)
  const calls: string[] = []
  const events: VenueEvent[] = []
  const own = createOwnOrders({
    emit: (event) => void events.push(event),
    contract: () => undefined,
    now: () => timers.now(),
    onMissingFills: () => {},
    onGhost: () => {},
    onTriggered: () => {},
    onAbsurd: () => {},
    onForeignClose: () => {},
  })
  const order = own.register(
    { orderId: orderId('7-o13'), instrumentId: instrumentId('BTC_USDT'), type: 'stopMarket' },
    'BTC_USDT',
  )
  order.plan = plan
  own.accepted(order, '1', 0)
  const api = {
    placePlan: async () => {
      calls.push('place')
      return place()
    },
    plans: async () => listed(),
    cancelPlan: async (_symbol: string, id: string) => {
      calls.push(`cancel ${id}`)
      return null
    },
  } as unknown as AccountApi
  createPlanRenewal({ api, own, timers, now: () => timers.now(), closing: new AbortController().signal })(order)
  return { timers, calls, events, own, order }
}

test('half a day before its week is over a plan is placed anew, and only then the old one is canceled', async () => {
  const { timers, calls, order } = waiting(async () => '2')
  await timers.advance(6.4 * dayMs)
  expect(calls).toEqual([])
  await timers.advance(0.2 * dayMs)
  expect(calls).toEqual(['place', 'cancel 1'])
  expect(order.venueOrderId).toBe('2')
  await timers.advance(6.5 * dayMs)
  expect(calls).toEqual(['place', 'cancel 1', 'place', 'cancel 2'])
})

test('the end of the old one is not the end of the order, its execution is', async () => {
  const { timers, own, events, order } = waiting(async () => '2')
  await timers.advance(6.6 * dayMs)
  const row = { ...plan, id: '1', createTime: 0, updateTime: 7 * dayMs } as unknown as WirePlanOrder
  own.onPlan({ ...row, state: 2 })
  expect(events.map(({ type }) => type)).toEqual(['orderAccepted'])
  own.onPlan({ ...row, state: 3, orderId: '9001', updateTime: 7 * dayMs + 1 })
  expect(order.childId).toBe('9001')
})

test('a renewal whose answer was lost is found in the list, not placed twice', async () => {
  let placed = false
  const { timers, calls, order } = waiting(
    async () => {
      placed = true
      throw new VenueError(mexc, 'unknown', 'timeout', 'no answer')
    },
    () => (placed ? [{ ...plan, id: '2', state: 1, createTime: 6.5 * dayMs } as unknown as WirePlanOrder] : []),
  )
  await timers.advance(6.6 * dayMs)
  expect(calls).toEqual(['place', 'cancel 1'])
  expect(order.venueOrderId).toBe('2')
})

test('one that triggered or ended meanwhile is left alone', async () => {
  const { timers, calls, own, order } = waiting(async () => '2')
  own.expired(order, 'executeCycle')
  await timers.advance(7 * dayMs)
  expect(calls).toEqual([])
})
