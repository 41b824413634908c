import { describe, expect, test } from 'vitest'
import { type Group, type StrategyDocument, strategySchema, type Variant } from '#model/strategy.ts'
import { resolveStrategy, type StrategyProblem } from './resolve.ts'

type Changes = Partial<Omit<StrategyDocument, 'schemaVersion'>>
const readings: StrategyDocument['readings'] = {
  price: { indicator: 'lastPrice' },
  twpa: { indicator: 'twpa', params: { fromMs: 30_000 } },
  pump: { indicator: 'pumpMagnitudePct' },
  flow: { indicator: 'orderFlowImbalance' },
  strength: { indicator: 'pumpStrengthScore', role: 'risk' },
  level: { indicator: 'minPrice', role: 'stopLoss' },
}

function resolved(changes: Changes, variants: readonly Variant[] = []): ReturnType<typeof resolveStrategy> {
  const document = strategySchema.parse({
    schemaVersion: 1,
    name: 'pump',
    direction: 'long',
    readings,
    signal: { when: { reading: 'pump', is: 'gte', value: 5 } },
    cancel: {},
    entry: { size: { notional: 100 } },
    protection: { stopLoss: { distancePct: 5 } },
    ...changes,
  })
  return resolveStrategy(document, 'f00d', variants)
}

function problemsOf(changes: Changes, variants: readonly Variant[] = []): readonly StrategyProblem[] {
  const result = resolved(changes, variants)
  return result.ok ? [] : result.problems
}
const found = (changes: Changes): readonly string[] => problemsOf(changes).map(({ path, code }) => `${path} ${code}`)
const when = (group: Group): Changes => ({ signal: { when: group } })

describe('a sound document', () => {
  test('has every reading looked up, the furthest look-back and the feeds it needs', () => {
    const result = resolved({})
    if (!result.ok) throw new Error('it has problems')
    const { strategy } = result
    expect([...strategy.readings.keys()]).toEqual(Object.keys(readings))
    expect(strategy.readings.get('twpa')?.parameters).toMatchObject({ fromMs: 30_000, toMs: 0 })
    expect(strategy.readings.get('level')?.role).toBe('stopLoss')
    expect(strategy.version).toBe('f00d')
    expect(strategy.lookbackMs).toBe(
      Math.max(
        ...[...strategy.readings.values()].map(({ definition, parameters }) => definition.lookbackMs(parameters)),
      ),
    )
    expect([...strategy.feeds].sort()).toEqual(['side', 'trade'])
  })

  test('may use a variant by name and version', () => {
    const variant: Variant = {
      name: 'slow-pump',
      version: 2,
      description: '',
      indicator: 'pumpMagnitudePct',
      params: { fromMs: 20_000 },
      role: 'general',
    }
    const result = resolved({ readings: { ...readings, pump: { variant: 'slow-pump@2' } } }, [variant])
    if (!result.ok) throw new Error('it has problems')
    expect(result.strategy.readings.get('pump')).toMatchObject({
      variant: 'slow-pump@2',
      parameters: { fromMs: 20_000 },
      definition: { id: 'pumpMagnitudePct' },
    })
  })
})

describe('readings', () => {
  test('of an unknown indicator or variant, with what it may have meant', () => {
    const problems = problemsOf({
      readings: { ...readings, pump: { indicator: 'pumpMagnitude' }, flow: { variant: 'fast-pump@1' } },
    })
    expect(problems).toMatchObject([
      {
        path: 'readings.pump.indicator',
        code: 'unknownIndicator',
        remedy: 'did you mean pumpMagnitudePct? See riptide indicators',
      },
      { path: 'readings.flow.variant', code: 'unknownVariant', message: 'there is no variant fast-pump@1' },
    ])
  })

  test('with a wrong parameter', () => {
    const paths = found({
      readings: { ...readings, pump: { indicator: 'pumpMagnitudePct', params: { fromMs: -5, colour: 1 } } },
    })
    expect(paths.map((path) => path.split(' ')[0]).sort()).toEqual([
      'readings.pump.params.colour',
      'readings.pump.params.fromMs',
    ])
  })

  test('with parameters that do not go together', () => {
    expect(
      found({ readings: { ...readings, twpa: { indicator: 'twpa', params: { fromMs: 1_000, toMs: 2_000 } } } }),
    ).toEqual(['readings.twpa.params parameterRule'])
  })

  test('in a role their unit does not allow', () => {
    expect(
      problemsOf({ readings: { ...readings, flow: { indicator: 'orderFlowImbalance', role: 'stopLoss' } } }),
    ).toEqual([
      {
        path: 'readings.flow.role',
        code: 'roleNotAllowed',
        message: 'orderFlowImbalance gives balance and cannot play the role stopLoss',
        remedy: 'allowed: general',
      },
    ])
  })
})

describe('conditions', () => {
  test.each(['pumpp', 'toString', 'constructor'])('on a reading that is not there: %s', (reading) => {
    const problems = problemsOf(when({ all: [{ any: [{ not: { reading, is: 'gte', value: 1 } }] }] }))
    expect(problems).toMatchObject([{ path: 'signal.when.all[0].any[0].not.reading', code: 'unknownReading' }])
    expect(problems[0].message).toBe(`there is no reading ${reading}`)
  })

  test('in every group', () => {
    const bad = { when: { reading: 'nope', is: 'gte', value: 1 } } as const
    expect(
      found({ signal: bad, cancel: bad, entry: { ...bad, size: { notional: 1 } }, exit: bad, emergency: bad }),
    ).toEqual(['signal', 'cancel', 'entry', 'exit', 'emergency'].map((group) => `${group}.when.reading unknownReading`))
  })

  test('with a threshold that can never be crossed', () => {
    expect(problemsOf(when({ reading: 'flow', is: 'gte', value: 101 }))).toEqual([
      {
        path: 'signal.when.value',
        code: 'thresholdOutOfRange',
        message: '101 is outside the range of orderFlowImbalance, -100 to 100 balance',
        remedy: 'a condition on it could never change',
      },
    ])
    expect(found(when({ reading: 'flow', is: 'between', value: [-101, 100] }))).toEqual([
      'signal.when.value thresholdOutOfRange',
    ])
    expect(found(when({ reading: 'flow', is: 'gte', value: 100 }))).toEqual([])
  })

  test.each([
    ['gte', [1, 2]],
    ['between', 1],
    ['between', [2, 1]],
    ['between', [1, 2, 3]],
    ['in', 1],
    ['between', { reading: 'price' }],
  ] as const)('with a value of the wrong shape: %s %j', (operator, value) => {
    const group = { reading: 'flow', is: operator, value } as Group
    expect(found(when(group))[0]).toBe('signal.when.value wrongValue')
  })

  test('between readings of different units', () => {
    expect(problemsOf(when({ reading: 'pump', is: 'gte', value: { reading: 'price' } }))).toMatchObject([
      { path: 'signal.when.value.reading', code: 'unitsDiffer', message: 'pump is in percent, price in price' },
    ])
    expect(found(when({ reading: 'price', is: 'gte', value: { reading: 'twpa' } }))).toEqual([])
    expect(found(when({ reading: 'price', is: 'gte', value: { reading: 'nope' } }))).toEqual([
      'signal.when.value.reading unknownReading',
    ])
  })

  test('of which more are asked for than there are', () => {
    expect(problemsOf(when({ atLeast: 3, of: [{ reading: 'pump', is: 'gte', value: 1 }] }))).toMatchObject([
      { path: 'signal.when.atLeast', code: 'impossibleCount', remedy: 'use 1 to 1' },
    ])
    expect(found(when({ atLeast: 1, of: [{ reading: 'nope', is: 'gte', value: 1 }] }))).toEqual([
      'signal.when.of[0].reading unknownReading',
    ])
  })
})

describe('evidence', () => {
  const signal = (changes: Partial<StrategyDocument['signal']>): Changes => ({
    signal: { when: { reading: 'pump', is: 'gte', value: 5 }, ...changes },
  })

  test('of readings there are goes with what is detected', () => {
    expect(found(signal({ detects: 'flashPump', evidence: ['flow', 'price'] }))).toEqual([])
    expect(found(signal({ detects: 'reversal' }))).toEqual([])
  })

  test('of a reading that does not exist is refused with the nearest', () => {
    expect(problemsOf(signal({ detects: 'flashPump', evidence: ['price', 'pumb'] }))).toEqual([
      {
        path: 'signal.evidence[1]',
        code: 'unknownReading',
        message: 'there is no reading pumb',
        remedy: 'did you mean pump? See the names under "readings"',
      },
    ])
  })

  test('of nothing that is detected is refused', () => {
    expect(found(signal({ evidence: ['price'] }))).toEqual(['signal.evidence evidenceUntold'])
  })

  test('of more than 16 readings is refused', () => {
    expect(() =>
      resolved(signal({ detects: 'flashPump', evidence: Array.from({ length: 17 }, () => 'price') })),
    ).toThrow('expected array to have <=16 items')
  })
})

describe('sizes and levels', () => {
  const scaling = { reading: 'flow', points: [[0, 1], [50, 2]] as [number, number][] } // prettier-ignore

  test('scaled by points out of order, out of range or of nothing', () => {
    const entry = (points: [number, number][], reading = 'flow'): Changes => ({
      entry: { size: { notional: 1, scaling: { reading, points } } },
    })
    expect(found(entry(scaling.points))).toEqual([])
    expect(found(entry([[50, 1], [50, 2]]))).toEqual(['entry.size.scaling.points pointsOrder']) // prettier-ignore
    expect(found(entry([[0, 1], [101, 2]]))).toEqual(['entry.size.scaling.points[1][0] thresholdOutOfRange']) // prettier-ignore
    expect(found(entry(scaling.points, 'nope'))).toEqual(['entry.size.scaling.reading unknownReading'])
  })

  test('scaled wherever a document may scale', () => {
    const bad = { ...scaling, reading: 'nope' }
    expect(
      found({
        exit: { order: { type: 'limit', scaling: bad } },
        protection: { stopLoss: { distancePct: 5, scaling: bad }, takeProfit: { distancePct: 5, scaling: bad } },
      }),
    ).toEqual([
      'exit.order.scaling.reading unknownReading',
      'protection.stopLoss.scaling.reading unknownReading',
      'protection.takeProfit.scaling.reading unknownReading',
    ])
  })

  test('at a price that is none, or that has another role', () => {
    expect(problemsOf({ protection: { stopLoss: { distancePct: 5, priceReading: 'twpa' } } })).toEqual([
      {
        path: 'protection.stopLoss.priceReading',
        code: 'roleNotAllowed',
        message: 'twpa has the role general',
        remedy: 'set "role": "stopLoss" on readings.twpa',
      },
    ])
    expect(found({ protection: { stopLoss: { distancePct: 5, priceReading: 'flow' } } })).toEqual([
      'protection.stopLoss.priceReading unitsDiffer',
    ])
    expect(found({ protection: { stopLoss: { distancePct: 5, priceReading: 'level' } } })).toEqual([])
    expect(
      found({
        entry: { order: { type: 'limit', priceReading: 'twpa' }, size: { notional: 1 } },
        exit: { order: { type: 'limit', priceReading: 'nope' } },
        protection: { stopLoss: { distancePct: 5 }, takeProfit: { distancePct: 5, priceReading: 'level' } },
      }),
    ).toEqual([
      'entry.order.priceReading roleNotAllowed',
      'exit.order.priceReading unknownReading',
      'protection.takeProfit.priceReading roleNotAllowed',
    ])
  })

  test('without a distance', () => {
    expect(problemsOf({ protection: { stopLoss: { priceReading: 'level' }, takeProfit: {} } })).toMatchObject([
      { path: 'protection.stopLoss', code: 'levelMissing' },
      { path: 'protection.takeProfit', code: 'levelMissing' },
    ])
  })
})

test('everything wrong is told at once, each with a remedy', () => {
  const problems = problemsOf({
    readings: { ...readings, pump: { indicator: 'nothing' } },
    signal: { when: { all: [{ reading: 'pump', is: 'gte', value: 1 }, { reading: 'flow', is: 'gte', value: 500 }] } }, // prettier-ignore
    protection: { stopLoss: {} },
  })
  expect(problems.map(({ code }) => code)).toEqual(['unknownIndicator', 'thresholdOutOfRange', 'levelMissing'])
  expect(problems.every(({ remedy, message }) => remedy !== '' && message !== '')).toBe(true)
})
