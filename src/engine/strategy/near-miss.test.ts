import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Condition, Group } from '#model/strategy.ts'
import { judgeScript, type Judged, type Script } from './example.ts'

const begin = 1_700_000_000_000
const none = Number.NaN
const nearMissOf = (group: Group, script: Script, stretch = 7): Judged['nearMisses'][number] =>
  judgeScript(group, script, stretch).nearMisses[0]
const seconds = (count: number): number[] => Array.from({ length: count }, (_, index) => begin + index * 1_000)

describe('one condition', () => {
  test('keeps the best value, how far it was from the threshold, and when it first stood there', () => {
    const x = [0.1, 0.3, 0.2, 0.3, none, 0.15]
    for (const stretch of [1, 2, 7]) {
      expect(
        nearMissOf({ reading: 'x', is: 'gte', value: 0.7 }, { time: seconds(6), readings: { x } }, stretch),
      ).toMatchObject({
        bestValue: 0.3,
        bestMargin: 0.3 - 0.7,
        bestAt: begin + 1_000,
      })
      expect(
        nearMissOf({ reading: 'x', is: 'lte', value: 0.05 }, { time: seconds(6), readings: { x } }, stretch),
      ).toMatchObject({
        bestValue: 0.1,
        bestMargin: 0.05 - 0.1,
        bestAt: begin,
      })
    }
  })

  test('shares its time among met, pending and unmet, each verdict holding until the next instant', () => {
    const script = { time: [0, 1, 3, 7, 8].map((s) => begin + s * 1_000), readings: { x: [5, none, 1, 5, 5] } }
    expect(nearMissOf({ reading: 'x', is: 'gte', value: 5 }, script)).toMatchObject({
      askedMs: 8_000,
      metShare: 2 / 8,
      pendingShare: 2 / 8,
    })
  })

  test('that compares with another reading names it instead of a threshold', () => {
    const script = { time: seconds(3), readings: { x: [1, 3, 2], y: [2, 4, 2.5] } }
    const miss = nearMissOf({ reading: 'x', is: 'gt', value: { reading: 'y' } }, script)
    expect(miss).toMatchObject({ threshold: null, against: 'y', bestMargin: -0.5, bestValue: 2, wouldHave: [] })
    expect(nearMissOf({ reading: 'x', is: 'gt', value: 5 }, script)).not.toHaveProperty('against')
  })

  test('was always pending: nothing is known of how close it came', () => {
    expect(
      nearMissOf({ reading: 'x', is: 'gte', value: 5 }, { time: seconds(3), readings: { x: [none, none, none] } }),
    ).toEqual({
      reading: 'x',
      indicator: 'x',
      operator: 'gte',
      threshold: 5,
      bestMargin: null,
      bestValue: null,
      bestAt: null,
      askedMs: 2_000,
      metShare: 0,
      pendingShare: 1,
      blockedAloneMs: 2_000,
      blockedAloneAt: begin + 2_000,
      wouldHave: [],
    })
  })

  test('stands alone in the way only while it is not met', () => {
    const script = { time: seconds(4), readings: { x: [1, 2, 5, 6] } }
    expect(nearMissOf({ reading: 'x', is: 'gte', value: 5 }, script)).toMatchObject({
      blockedAloneMs: 1_000,
      blockedAloneAt: begin + 1_000,
    })
  })

  test('tells how often lower thresholds would have been met, in steps of a twentieth', () => {
    const x = [80, 90, 91, 80, 97, 100, 80, 95]
    const script = { time: seconds(8), readings: { x } }
    expect(nearMissOf({ reading: 'x', is: 'gte', value: 100 }, script).wouldHave).toEqual([
      { threshold: 100, times: 1 },
      { threshold: 95, times: 2 },
      { threshold: 90, times: 3 },
      { threshold: 85, times: 3 },
      { threshold: 80, times: 1 },
      { threshold: 75, times: 1 },
      { threshold: 70, times: 1 },
      { threshold: 65, times: 1 },
      { threshold: 60, times: 1 },
      { threshold: 55, times: 1 },
      { threshold: 50, times: 1 },
    ])
  })

  test('a value at the threshold does not meet a strict condition, one step lower it does', () => {
    const at = (operator: 'gt' | 'lt', x: number): readonly number[] =>
      nearMissOf({ reading: 'x', is: operator, value: 100 }, { time: [begin], readings: { x: [x] } }).wouldHave.map(
        ({ threshold }) => threshold,
      )
    expect(at('gt', 100)[0]).toBe(95)
    expect(at('gt', 95)[0]).toBe(90)
    expect(at('gt', 101)[0]).toBe(100)
    expect(at('lt', 100)[0]).toBe(105)
  })

  test('that must hold for a time has no such ladder: nobody knows how long a lower one would have held', () => {
    const group: Condition = { reading: 'x', is: 'gte', value: 100, forMs: 1_000 }
    expect(nearMissOf(group, { time: seconds(3), readings: { x: [100, 100, 90] } }).wouldHave).toEqual([])
  })

  test('at a threshold of 0 steps by a hundredth of the range of the reading, where that is known', () => {
    const script = { time: seconds(2), readings: { x: [-3, 1] }, range: [-100, 100] as const }
    expect(nearMissOf({ reading: 'x', is: 'gte', value: 0 }, script).wouldHave.slice(0, 3)).toEqual([
      { threshold: 0, times: 1 },
      { threshold: -2, times: 1 },
      { threshold: -4, times: 1 },
    ])
    expect(nearMissOf({ reading: 'x', is: 'gte', value: 0 }, { ...script, range: [0, Infinity] }).wouldHave).toEqual([])
  })

  test('does not count the time of a gap', () => {
    const script = {
      time: [0, 1, 1_001, 1_002].map((s) => begin + s * 1_000),
      readings: { x: [5, 5, 5, 5] },
      gaps: [1],
    }
    expect(nearMissOf({ reading: 'x', is: 'gte', value: 5 }, script)).toMatchObject({ askedMs: 2_000, metShare: 1 })
  })
})

/** Verdicts of `gte` conditions and everything the account says, from the whole script at once. */
function naive(conditions: readonly { reading: string; value: number }[], script: Script): object[] {
  const met = conditions.map(({ reading, value }) => script.readings[reading].map((x) => x >= value))
  const { time } = script
  const last = time.length - 1
  const asked = time[last] - time[0]
  return conditions.map(({ reading, value }, index) => {
    const x = script.readings[reading]
    const best = Math.max(...x.filter((item) => !Number.isNaN(item)))
    const bestAt = x.indexOf(best)
    const others = time.map((_, at) => met.every((column, other) => other === index || column[at]))
    const alone = time.map((_, at) => others[at] && !met[index][at])
    const held = (at: number): number => (at === 0 ? 0 : time[at] - time[at - 1])
    const share = (wanted: (at: number) => boolean): number => {
      let ms = 0
      for (let at = 1; at <= last; at++) if (wanted(at - 1)) ms += held(at)
      return asked > 0 ? ms / asked : 0
    }
    const times = (threshold: number): number =>
      time.filter((_, at) => others[at] && x[at] >= threshold && !(at > 0 && others[at - 1] && x[at - 1] >= threshold))
        .length
    return {
      bestMargin: bestAt < 0 ? null : best - value,
      bestValue: bestAt < 0 ? null : best,
      bestAt: bestAt < 0 ? null : time[bestAt],
      askedMs: asked,
      metShare: share((at) => met[index][at]),
      pendingShare: share((at) => Number.isNaN(x[at])),
      blockedAloneMs: time.reduce((sum, _, at) => sum + (alone[at] ? held(at) : 0), 0),
      blockedAloneAt: alone.includes(true) ? time[alone.lastIndexOf(true)] : null,
      wouldHave: Array.from({ length: 11 }, (_, step) => ({
        threshold: value - step * value * 0.05,
        times: times(value - step * value * 0.05),
      })).filter((rung) => rung.times > 0),
    }
  })
}

test('the account of every condition of a group equals one made of all instants at once', () => {
  const reading = fc.array(
    fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 40, max: 130 }) }, { weight: 1, arbitrary: fc.constant(none) }),
    {
      minLength: 40,
      maxLength: 40,
    },
  )
  fc.assert(
    fc.property(
      reading,
      reading,
      reading,
      fc.array(fc.integer({ min: 0, max: 2_500 }), { minLength: 40, maxLength: 40 }),
      fc.constantFrom(1, 7, 64),
      (a, b, c, pauses, stretch) => {
        let now = begin
        const script: Script = { time: pauses.map((pause) => (now += pause)), readings: { a, b, c } }
        const conditions = [
          { reading: 'a', value: 100 },
          { reading: 'b', value: 60 },
          { reading: 'c', value: 80 },
        ]
        const all = conditions.map((condition): Condition => ({ ...condition, is: 'gte' }))
        const { nearMisses } = judgeScript({ all }, script, stretch)
        naive(conditions, script).forEach((expected, index) => expect(nearMisses[index]).toMatchObject(expected))
      },
    ),
    { numRuns: 100 },
  )
})

describe('nested groups', () => {
  const is = (reading: string): Condition => ({ reading, is: 'gte', value: 1 })
  const blockers = (group: Group, readings: Record<string, number>): readonly string[] => {
    const script = {
      time: seconds(2),
      readings: Object.fromEntries(Object.entries(readings).map(([name, x]) => [name, [x, x]])),
    }
    return judgeScript(group, script, 7)
      .nearMisses.filter(({ blockedAloneMs }) => blockedAloneMs === 1_000)
      .map(({ reading }) => reading)
  }

  test('blame every condition that alone would flip the group', () => {
    const group: Group = { all: [is('a'), { any: [is('b'), { all: [is('c'), is('d')] }] }] }
    expect(blockers(group, { a: 1, b: 0, c: 1, d: 0 })).toEqual(['b', 'd'])
    expect(blockers(group, { a: 1, b: 0, c: 0, d: 0 })).toEqual(['b'])
    expect(blockers(group, { a: 0, b: 1, c: 0, d: 0 })).toEqual(['a'])
    expect(blockers(group, { a: 0, b: 0, c: 1, d: 1 })).toEqual(['a'])
    expect(blockers(group, { a: 0, b: 0, c: 0, d: 0 })).toEqual([])
    expect(blockers(group, { a: 1, b: 1, c: 1, d: 1 })).toEqual([])
  })

  test('blame whoever is missing from a count', () => {
    const group: Group = { atLeast: 2, of: [is('a'), is('b'), is('c')] }
    expect(blockers(group, { a: 1, b: 0, c: none })).toEqual(['b', 'c'])
    expect(blockers(group, { a: 0, b: 0, c: none })).toEqual([])
  })
})
