import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Condition, Group } from '#model/strategy.ts'
import { judgeScript, type Script } from './example.ts'

const unmet = 0
const pending = 1
const met = 2
const none = Number.NaN

/** A reading that is 1, 0 or pending makes `gte 1` met, unmet or undecided. */
const is = (reading: string): Condition => ({ reading, is: 'gte', value: 1 })
const valueOf = [0, none, 1] as const
const second = (index: number): number => 1_700_000_000_000 + index * 1_000
const verdictsOf = (group: Group, readings: Script['readings']): readonly number[] =>
  judgeScript(group, { time: Object.values(readings)[0].map((_, index) => second(index)), readings }, 7).verdicts

/** Every combination of two verdicts. */
const pairs = [unmet, pending, met].flatMap((a) => [unmet, pending, met].map((b) => [a, b] as const))
const pairReadings = { a: pairs.map(([a]) => valueOf[a]), b: pairs.map(([, b]) => valueOf[b]) }

describe('Kleene logic', () => {
  test('all is met when all are, and unmet as soon as one is', () => {
    expect(verdictsOf({ all: [is('a'), is('b')] }, pairReadings)).toEqual([
      unmet,
      unmet,
      unmet,
      unmet,
      pending,
      pending,
      unmet,
      pending,
      met,
    ])
  })

  test('any is met as soon as one is, and unmet when all are', () => {
    expect(verdictsOf({ any: [is('a'), is('b')] }, pairReadings)).toEqual([
      unmet,
      pending,
      met,
      pending,
      pending,
      met,
      met,
      met,
      met,
    ])
  })

  test('not swaps met and unmet and leaves pending alone', () => {
    expect(verdictsOf({ not: is('a') }, { a: [0, none, 1] })).toEqual([met, pending, unmet])
  })

  test('at least n is decided once enough are certain', () => {
    const triples = pairs.flatMap(([a, b]) => [unmet, pending, met].map((c) => [a, b, c] as const))
    const readings = {
      a: triples.map(([a]) => valueOf[a]),
      b: triples.map(([, b]) => valueOf[b]),
      c: triples.map(([, , c]) => valueOf[c]),
    }
    for (const least of [1, 2, 3]) {
      expect(verdictsOf({ atLeast: least, of: [is('a'), is('b'), is('c')] }, readings)).toEqual(
        triples.map((triple) => {
          const certain = triple.filter((verdict) => verdict === met).length
          const possible = triple.filter((verdict) => verdict !== unmet).length
          return certain >= least ? met : possible >= least ? pending : unmet
        }),
      )
    }
  })

  test('more than all can never be met, and nested groups follow the same tables', () => {
    expect(verdictsOf({ atLeast: 3, of: [is('a'), is('b')] }, pairReadings)).toEqual(pairs.map(() => unmet))
    expect(verdictsOf({ not: { all: [is('a'), { any: [is('b'), { not: is('a') }] }] } }, pairReadings)).toEqual([
      met,
      met,
      met,
      pending,
      pending,
      pending,
      met,
      pending,
      unmet,
    ])
  })
})

describe('operators', () => {
  test.each([
    [{ is: 'gte', value: 5 }, [4, 5, 6], [unmet, met, met]],
    [{ is: 'lte', value: 5 }, [4, 5, 6], [met, met, unmet]],
    [{ is: 'gt', value: 5 }, [4, 5, 6], [unmet, unmet, met]],
    [{ is: 'lt', value: 5 }, [4, 5, 6], [met, unmet, unmet]],
    [{ is: 'eq', value: 5 }, [4, 5, 6], [unmet, met, unmet]],
    [{ is: 'between', value: [5, 6] }, [4, 5, 6, 7], [unmet, met, met, unmet]],
    [{ is: 'in', value: [4, 6] }, [4, 5, 6], [met, unmet, met]],
    [{ is: 'crossesAbove', value: 5 }, [4, 5, 6, 7, 5, 6], [pending, unmet, met, unmet, unmet, met]],
    [{ is: 'crossesBelow', value: 5 }, [6, 5, 4, 3, 5, 4], [pending, unmet, met, unmet, unmet, met]],
  ] as const)('$is', (condition, values, expected) => {
    const group = { reading: 'x', ...condition } as Condition
    expect(verdictsOf(group, { x: values })).toEqual(expected)
    expect(verdictsOf(group, { x: [none, Infinity, -Infinity] })[0]).toBe(pending)
  })

  test.each(['gte', 'lte', 'gt', 'lt', 'eq', 'crossesAbove', 'crossesBelow'] as const)(
    '%s against a reading is pending while that is',
    (operator) => {
      const group: Condition = { reading: 'x', is: operator, value: { reading: 'y' } }
      expect(verdictsOf(group, { x: [5, 5, none], y: [none, none, 5] })).toEqual([pending, pending, pending])
    },
  )

  test('a reading compared with another follows both', () => {
    const readings = { x: [1, 2, 3, 4], y: [1, 3, 2, 5] }
    const of = (operator: Condition['is']): readonly number[] =>
      verdictsOf({ reading: 'x', is: operator, value: { reading: 'y' } }, readings)
    expect(of('gte')).toEqual([met, unmet, met, unmet])
    expect(of('gt')).toEqual([unmet, unmet, met, unmet])
    expect(of('eq')).toEqual([met, unmet, unmet, unmet])
    expect(of('crossesAbove')).toEqual([pending, unmet, met, unmet])
    expect(of('crossesBelow')).toEqual([pending, met, unmet, met])
  })

  test('a pending instant breaks a crossing', () => {
    expect(verdictsOf({ reading: 'x', is: 'crossesAbove', value: 5 }, { x: [4, none, 6, 4, 6] })).toEqual([
      pending,
      pending,
      pending,
      unmet,
      met,
    ])
  })

  test('a crossing over a gap in the data is none', () => {
    const script: Script = {
      time: [1, 2, 3, 4, 5, 6].map(second),
      readings: { x: [4, 4, 6, 4, 6, 7], y: [5, 5, 5, 5, 5, 5] },
      gaps: [1],
    }
    for (const state of [[], ['x'], ['y']]) {
      for (const value of [5, { reading: 'y' }]) {
        const { verdicts } = judgeScript({ reading: 'x', is: 'crossesAbove', value }, { ...script, state }, 7)
        expect(verdicts).toEqual([pending, unmet, pending, unmet, met, unmet])
      }
    }
  })
})

describe('for a time', () => {
  const held: Condition = { reading: 'x', is: 'gte', value: 1, forMs: 2_000 }

  test('a condition counts once it has been true without a break for that long', () => {
    expect(verdictsOf(held, { x: [1, 1, 1, 1, 0, 1, 1, none, 1, 1, 1] })).toEqual([
      unmet,
      unmet,
      met,
      met,
      unmet,
      unmet,
      unmet,
      pending,
      unmet,
      unmet,
      met,
    ])
  })

  test('a record says how long it has been true at that instant, whatever comes after', () => {
    const x = [1, 1, 1, 0, 1, 1]
    for (const stretch of [1, 2, 7]) {
      const { records } = judgeScript(held, { time: x.map((_, index) => second(index)), readings: { x } }, stretch)
      expect(records.map(([record]) => record.heldMs)).toEqual([0, 1_000, 2_000, 0, 0, 1_000])
      expect(records.map(([record]) => record.verdict)).toEqual(['unmet', 'unmet', 'met', 'unmet', 'unmet', 'unmet'])
    }
  })

  test('after a gap it starts over', () => {
    const { verdicts } = judgeScript(
      held,
      { time: [0, 1, 2, 3, 4].map(second), readings: { x: [1, 1, 1, 1, 1] }, gaps: [1] },
      7,
    )
    expect(verdicts).toEqual([unmet, unmet, unmet, unmet, met])
  })
})

describe('records', () => {
  test('a record carries value, threshold, margin and why it is pending', () => {
    const group: Group = {
      all: [
        { reading: 'x', is: 'gte', value: 5 },
        { reading: 'x', is: 'lt', value: { reading: 'y' } },
      ],
    }
    const { records } = judgeScript(
      group,
      { time: [second(0), second(1)], readings: { x: [7, 4], y: [none, 3] } },
      7,
      'exit',
    )
    const shared = { group: 'exit', reading: 'x', indicator: 'x' }
    expect(records).toEqual([
      [
        { ...shared, operator: 'gte', threshold: 5, value: 7, verdict: 'met', margin: 2 },
        {
          ...shared,
          operator: 'lt',
          threshold: none,
          value: 7,
          verdict: 'pending',
          margin: null,
          pendingReason: 'warmingUp',
        },
      ],
      [
        { ...shared, operator: 'gte', threshold: 5, value: 4, verdict: 'unmet', margin: -1 },
        { ...shared, operator: 'lt', threshold: 3, value: 4, verdict: 'unmet', margin: -1 },
      ],
    ])
  })
})

describe('stretches', () => {
  const reading = fc.array(fc.constantFrom(0, 1, 2, 3, none), { minLength: 30, maxLength: 30 })
  const leaf: fc.Arbitrary<Group> = fc
    .record({
      reading: fc.constantFrom('a', 'b', 's'),
      is: fc.constantFrom('gte', 'lte', 'gt', 'lt', 'eq', 'crossesAbove', 'crossesBelow'),
      value: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom({ reading: 'b' }, { reading: 's' })),
      forMs: fc.constantFrom(undefined, 1_500, 4_000),
    })
    .map(({ forMs, ...rest }) => (forMs === undefined ? rest : { ...rest, forMs }) as Condition)
  const group: fc.Arbitrary<Group> = fc.oneof(
    leaf,
    fc.array(leaf, { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.tuple(leaf, leaf, leaf).map(([a, b, c]) => ({ any: [{ all: [a, b] }, { not: c }] })),
    fc.tuple(leaf, leaf, leaf).map((of) => ({ atLeast: 2, of })),
  )

  test('verdicts, records and near misses do not depend on them, nor on snapshots in between', () => {
    fc.assert(
      fc.property(
        group,
        reading,
        reading,
        reading,
        fc.array(fc.integer({ min: 0, max: 2_500 }), { minLength: 30, maxLength: 30 }),
        fc.option(fc.nat(28), { nil: undefined }),
        (group, a, b, s, pauses, gap) => {
          let now = second(0)
          const time = pauses.map((pause) => (now += pause))
          const script: Script = { time, readings: { a, b, s }, state: ['s'], gaps: gap === undefined ? [] : [gap] }
          const whole = judgeScript(group, script, 64)
          expect(judgeScript(group, script, 1)).toEqual(whole)
          expect(judgeScript(group, script, 7)).toEqual(whole)
        },
      ),
      { numRuns: 100 },
    )
  })
})
