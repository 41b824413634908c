import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { OrderStatus } from '#model/order.ts'
import { type Evidence, isTerminal, transitions } from './transitions.ts'

const statuses = Object.keys(transitions) as OrderStatus[]
const evidence = Object.keys(transitions.submitted) as Evidence[]
const pairs = statuses.flatMap((from) => evidence.map((what) => ({ from, what, ...transitions[from][what] })))

/** How much is known of an order; a status may only move up. */
const rank: Readonly<Record<OrderStatus, number>> = {
  submitted: 0,
  uncertain: 1,
  accepted: 2,
  partiallyFilled: 3,
  rejected: 4,
  expired: 4,
  canceled: 4,
  filled: 5,
}

test('a status never goes backwards, and one terminal status never becomes another but filled', () => {
  expect(pairs.filter(({ from, to }) => from !== to && rank[to] <= rank[from])).toEqual([])
})

test('the same evidence twice changes nothing more', () => {
  expect(pairs.filter(({ what, to }) => transitions[to][what].to !== to)).toEqual([])
})

test('every live order is ended by every end', () => {
  for (const from of statuses.filter((status) => !isTerminal(status))) {
    for (const end of ['rejected', 'canceled', 'expired', 'completeFill'] as const) {
      expect(isTerminal(transitions[from][end].to)).toBe(true)
    }
  }
})

test('money after the end is always an anomaly, a late acknowledgement never is', () => {
  for (const from of statuses.filter(isTerminal)) {
    expect(transitions[from].partialFill.anomaly).toBe('fillAfterTerminal')
    expect(transitions[from].completeFill.anomaly).toBeDefined()
    expect(transitions[from].accepted.anomaly).toBeUndefined()
    expect(transitions[from].uncertain.anomaly).toBeUndefined()
  }
})

test('uncertain is reached from submitted only, and left by evidence only', () => {
  const entered = pairs.filter(({ from, to }) => to === 'uncertain' && from !== 'uncertain')
  expect(entered.map(({ from, what }) => [from, what])).toEqual([['submitted', 'uncertain']])
  const kept = pairs.filter(({ from, to }) => from === 'uncertain' && to === 'uncertain')
  expect(kept.map(({ what }) => what)).toEqual(['uncertain'])
})

test('walking the table at random agrees with a model that only remembers what it has seen', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...evidence), { maxLength: 12 }), (walk) => {
      let status: OrderStatus = 'submitted'
      for (const what of walk) status = transitions[status][what].to
      expect(status).toBe(modelOf(walk))
    }),
  )
})

/** A complete fill wins; else the first end; else the strongest sign of life. */
function modelOf(seen: readonly Evidence[]): OrderStatus {
  if (seen.includes('completeFill')) return 'filled'
  const end = seen.find((what) => what === 'rejected' || what === 'canceled' || what === 'expired')
  if (end !== undefined) return end
  if (seen.includes('partialFill')) return 'partiallyFilled'
  if (seen.includes('accepted')) return 'accepted'
  return seen.includes('uncertain') ? 'uncertain' : 'submitted'
}
