import fc from 'fast-check'
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
  for (const { from, to } of pairs) {
    if (from !== to) expect(rank[to]).toBeGreaterThan(rank[from])
  }
})

test('the same evidence twice changes nothing more', () => {
  for (const { what, to } of pairs) {
    if (what !== 'partialFill' && what !== 'completeFill') expect(transitions[to][what].to).toBe(to)
  }
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
  for (const { from, what, to } of pairs) {
    if (to === 'uncertain') expect(['submitted', 'uncertain']).toContain(from)
    if (from === 'uncertain' && what !== 'uncertain') expect(to).not.toBe('uncertain')
  }
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
