import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UnixMs } from '#model/ids.ts'
import type { Order, OrderFilled, VenueEvent } from '#model/order.ts'
import { fillsOf } from './fixtures.ts'
import { allScripts, instantsOf, printScripts, runScript, type Script } from './scripts.ts'

function check<T>(arbitrary: fc.Arbitrary<T>, property: (drawn: T) => void): void {
  fc.assert(fc.property(arbitrary, property), { numRuns: 200 })
}

/** Each fill of a run with its order. */
function filledOrders(script: Script, events: readonly VenueEvent[]): readonly (readonly [OrderFilled, Order])[] {
  const orders = script.actions.flatMap(({ order }) => order ?? [])
  return fillsOf(events).map((fill) => [fill, orders.find(({ orderId }) => orderId === fill.orderId)!] as const)
}

function signed(order: Order, amount: number): number {
  return order.side === 'buy' ? amount : -amount
}

describe('whatever the market and the orders', () => {
  test('spread and impact are never negative, and delay + spread + impact is the whole distance to the decision', () => {
    check(allScripts, (script) => {
      for (const [{ price, slippage }, order] of filledOrders(script, runScript(script))) {
        const { delay, spread, impact } = slippage!
        expect(Math.min(spread, impact)).toBeGreaterThanOrEqual(0)
        expect(delay + spread + impact).toBeCloseTo(signed(order, price - order.decisionPrice), 9)
      }
    })
  })

  test('no order fills more than its quantity, twice under one trade id, or beyond its limit', () => {
    check(allScripts, (script) => {
      const fills = filledOrders(script, runScript(script))
      expect(new Set(fills.map(([{ tradeId }]) => tradeId)).size).toBe(fills.length)
      for (const { order } of script.actions) {
        const total = fills.reduce(
          (sum, [fill, { orderId }]) => sum + (orderId === order?.orderId ? fill.quantity : 0),
          0,
        )
        expect(total).toBeLessThanOrEqual(order?.quantity ?? 0)
      }
      const limits = fills.filter(([, order]) => order.type === 'limit')
      for (const [{ price }, order] of limits) expect(signed(order, price - order.price!)).toBeLessThanOrEqual(0)
    })
  })

  test('no order fills before it is accepted', () => {
    check(allScripts, (script) => {
      const events = runScript(script)
      const accepted = new Map<string, UnixMs>()
      for (const event of events) if (event.type === 'orderAccepted') accepted.set(event.orderId, event.time)
      for (const { orderId, time } of fillsOf(events)) expect(time).toBeGreaterThanOrEqual(accepted.get(orderId)!)
    })
  })

  test('all orders together never take more than their share of what trades after the first of them was sent', () => {
    check(printScripts, (script) => {
      const first = script.actions[0].at
      const volume = script.prints.reduce((sum, [ms, , quantity]) => sum + (ms > first ? quantity : 0), 0)
      const total = fillsOf(runScript(script)).reduce((sum, fill) => sum + fill.quantity, 0)
      expect(total).toBeLessThanOrEqual(0.1 * volume + 1e-6)
    })
  })

  test('reduce-only orders only ever bring the position closer to flat', () => {
    check(allScripts, (script) => {
      const events = runScript(script)
      const orders = new Map(filledOrders(script, events).map(([{ tradeId }, order]) => [tradeId, order] as const))
      let position = 0
      for (const event of events) {
        const before = position
        if (event.type === 'liquidated') position = 0
        if (event.type !== 'orderFilled') continue
        const order = orders.get(event.tradeId)!
        position += signed(order, event.quantity)
        const closer = Math.abs(position) < Math.abs(before) && position * before >= 0
        expect(closer || !order.reduceOnly).toBe(true)
      }
    })
  })

  test('answers come in time order, and nothing follows the end of an order', () => {
    check(allScripts, (script) => {
      const events = runScript(script)
      const times = events.map(({ time }) => time)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      const ended = new Set<string>()
      for (const event of events) {
        if (!('orderId' in event)) continue
        expect(ended.has(event.orderId)).toBe(false)
        if (['orderRejected', 'orderCanceled', 'orderExpired'].includes(event.type)) ended.add(event.orderId)
      }
    })
  })

  test('the same seed gives the same answers, taken all at once or asked for before every instant', () => {
    check(allScripts, (script) => {
      const events = runScript(script)
      expect(runScript(script)).toEqual(events)
      expect(runScript(script, { session: true })).toEqual(events)
    })
  })

  test('the market loaded instant by instant gives the same answers as in one block', () => {
    check(allScripts, (script) => {
      expect(runScript(script, { cuts: instantsOf(script) })).toEqual(runScript(script))
    })
  })

  test('a snapshot goes on identically in another venue', () => {
    check(fc.tuple(allScripts, fc.integer({ min: 0, max: 400_000 })), ([script, swapAt]) => {
      expect(runScript(script, { cuts: instantsOf(script), swapAt })).toEqual(runScript(script))
    })
  })
})
