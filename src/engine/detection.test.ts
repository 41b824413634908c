import { describe, expect, test } from 'vitest'
import { between, exampleStrategy, lastPrice, pepe, scripted, second } from './example.ts'
import { ExampleFloor } from './example-floor.ts'

const size = { notional: 1_000 }
const when = { reading: 'go', is: 'gte' as const, value: 1 }
const waits = { when: { reading: 'price', is: 'lte' as const, value: 1 }, size }

/** Trades at 100 for ten minutes; the signal comes at 105. */
function pumped(...strategies: NonNullable<ConstructorParameters<typeof ExampleFloor>[0]>['strategies'] & {}) {
  const floor = new ExampleFloor({ strategies })
  for (let at = -1_200; at < 0; at += 60) floor.trade(at, 100)
  floor.trade(2, 105)
  return floor
}

describe('a flash pump', () => {
  const strategy = exampleStrategy(
    { signal: { when, detects: 'flashPump', evidence: ['price', 'never', 'go'] }, entry: waits },
    { price: lastPrice, never: scripted('never', () => Number.NaN) },
  )

  test('is told after its signal, with its magnitude and the evidence', () => {
    const floor = pumped(strategy)
    expect(floor.outputs.slice(1).map(({ type }) => type)).toEqual([
      'signalDetected',
      'flashPumpDetected',
      'transitioned',
    ])
    const [{ verdicts }] = floor.of('signalDetected')
    const [fact] = floor.of('flashPumpDetected')
    expect(fact).toEqual({
      type: 'flashPumpDetected',
      time: second(2),
      instanceId: floor.instance(),
      instrumentId: pepe,
      signalId: '7-s1',
      strategy: 'pump',
      price: 105,
      direction: 'long',
      verdicts,
      evidence: [
        { reading: 'price', indicator: 'lastPrice', unit: 'price', value: 105 },
        { reading: 'never', indicator: 'never', unit: 'ratio', value: null, pendingReason: 'undefined' },
        { reading: 'go', indicator: 'go', unit: 'ratio', value: 1 },
      ],
      magnitudePct: expect.closeTo(5, 10),
    })
  })

  test('has no magnitude while the price before is not known', () => {
    const floor = new ExampleFloor({ strategies: [strategy] })
    floor.trade(1, 100)
    floor.trade(2, 105)
    expect(floor.of('flashPumpDetected')).toMatchObject([{ magnitudePct: null, price: 105 }])
  })

  test('is told anew when its signal is renewed', () => {
    const renewed = exampleStrategy(
      { signal: { when, detects: 'flashPump', renewAbovePct: 2 }, entry: waits },
      { go: between('go', 2), price: lastPrice },
    )
    const floor = pumped(renewed)
    floor.trade(3, 110)
    expect(floor.of('flashPumpDetected')).toMatchObject([
      { signalId: '7-s1', magnitudePct: expect.closeTo(5, 10), evidence: [] },
      { signalId: '7-s2', magnitudePct: expect.closeTo(10, 10) },
    ])
  })

  test('is not what an operator enters by hand', () => {
    const floor = new ExampleFloor({ strategies: [exampleStrategy({ signal: { when, detects: 'flashPump' } })] })
    floor.trade(1, 100)
    floor.command({ command: 'manualOrder', instanceId: floor.instance() })
    expect(floor.of('signalDetected')).toHaveLength(1)
    expect(floor.of('flashPumpDetected')).toEqual([])
  })
})

describe('a reversal', () => {
  const retraced = { ...scripted('retracementPct', () => 24), id: 'retracementPct' }
  const detect = (evidence: readonly string[], valueAt = () => 24): ExampleFloor =>
    pumped(
      exampleStrategy(
        { direction: 'short', signal: { when, detects: 'reversal', evidence: [...evidence] }, entry: waits },
        { price: lastPrice, retraced: { ...retraced, create: scripted('retracementPct', valueAt).create } },
      ),
    )

  test('tells which share of the rise was given back, by the evidence that measures it', () => {
    expect(detect(['price', 'retraced']).of('reversalDetected')).toMatchObject([
      { direction: 'short', retracementPct: 24, signalId: '7-s1' },
    ])
  })

  test('does not tell it without such evidence, or while that is pending', () => {
    expect(detect(['price']).of('reversalDetected')).toMatchObject([{ retracementPct: null }])
    expect(detect(['retraced'], () => Number.NaN).of('reversalDetected')).toMatchObject([{ retracementPct: null }])
  })
})

test('a strategy that does not say what it detects tells its signal only', () => {
  const floor = pumped(exampleStrategy({ entry: waits }, { price: lastPrice }))
  expect(floor.outputs.slice(1).map(({ type }) => type)).toEqual(['signalDetected', 'transitioned'])
})
