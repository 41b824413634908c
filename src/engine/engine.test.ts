import { describe, expect, test } from 'vitest'
import type { EngineOutput } from '#model/events.ts'
import type { MarketBlock } from '#model/market.ts'
import { createEngine, type Engine } from './engine.ts'
import {
  between,
  doge,
  exampleInstrument,
  exampleSetup,
  exampleStrategy,
  lastPrice,
  pepe,
  scripted,
  second,
} from './example.ts'
import { ExampleFloor } from './example-floor.ts'

const tradesAt = (seconds: readonly number[], price = 100, instrumentId = pepe): MarketBlock => ({
  instrumentId,
  trades: {
    time: Float64Array.from(seconds, second),
    price: new Float64Array(seconds.length).fill(price),
    quantity: new Float64Array(seconds.length).fill(1),
    side: new Int8Array(seconds.length),
  },
})

function stepAll(engine: Engine): readonly EngineOutput[] {
  const outputs: EngineOutput[] = []
  while (engine.nextTime() < Infinity) outputs.push(...engine.step())
  return outputs
}

const never = exampleStrategy({}, { go: between('go', 1e6) })

describe('a replay', () => {
  test('goes only through the moments at which something can be decided', () => {
    const engine = createEngine(exampleSetup())
    engine.load(tradesAt([0.2, 0.7, 1.3, 2.1, 2.2, 9]))
    expect(engine.nextTime()).toBe(second(2))
    engine.step()
    // entering: every instant
    expect(engine.nextTime()).toBe(second(2.1))
    stepAll(engine)
    expect(engine.nextTime()).toBe(Infinity)
  })

  test('with nothing to decide takes one sweep, and says which instruments need more', () => {
    const engine = createEngine(
      exampleSetup({ strategies: [never], instruments: [exampleInstrument(pepe), exampleInstrument(doge)] }),
    )
    expect(engine.hungry()).toEqual([pepe, doge])
    engine.load(tradesAt([0.4, 1.4, 2.4]))
    expect(engine.nextTime()).toBe(Infinity)
    expect(engine.hungry()).toEqual([pepe, doge])
    // the three trades and the grid at 1 and 2
    expect(engine.instants()).toBe(5)
    expect(engine.step()).toEqual([])
  })

  test('of an instrument that waits for its moment needs no more of it', () => {
    const engine = createEngine(exampleSetup({ instruments: [exampleInstrument(pepe), exampleInstrument(doge)] }))
    engine.load(tradesAt([0.4, 2.4]))
    expect(engine.hungry()).toEqual([doge])
    stepAll(engine)
    expect(engine.hungry()).toEqual([pepe, doge])
  })

  test('goes through several instruments in the order of time, whatever was loaded first', () => {
    const both = [exampleInstrument(pepe), exampleInstrument(doge)]
    const engine = createEngine(exampleSetup({ instruments: both }))
    engine.load(tradesAt([2.5, 2.6], 50, doge))
    engine.load(tradesAt([0.4, 2.2, 2.4]))
    const signals = stepAll(engine).filter((output) => output.type === 'signalDetected')
    expect(signals.map(({ time, instrumentId }) => [time, instrumentId])).toEqual([
      [second(2), pepe],
      [second(2.5), doge],
    ])
  })

  test('lets a command know only the market that has happened', () => {
    const engine = createEngine(exampleSetup({ strategies: [never] }))
    const block = tradesAt([1, 2, 30, 40])
    block.trades?.price.set([100, 100, 200, 200])
    engine.load(block)
    const manual = { type: 'command', command: 'manualOrder', by: 'test', time: second(10) } as const
    const instanceId = new ExampleFloor({ strategies: [never] }).instance()
    const outputs = engine.process({ ...manual, instanceId })
    expect(outputs.find((output) => output.type === 'submitOrder')?.order.decisionPrice).toBe(100)
    // and what it has passed over is gone through again, now that there is an entry to look after
    expect(engine.nextTime()).toBe(second(11))
  })
})

describe('a snapshot', () => {
  test('is refused while loaded market waits', () => {
    const engine = createEngine(exampleSetup())
    engine.load(tradesAt([1, 2, 3]))
    expect(() => engine.snapshot()).toThrow('a snapshot is taken when all loaded market has happened')
    stepAll(engine)
    expect(() => engine.snapshot()).not.toThrow()
  })

  test('of other instruments is refused', () => {
    const both = createEngine(exampleSetup({ instruments: [exampleInstrument(pepe), exampleInstrument(doge)] }))
    expect(() => createEngine(exampleSetup(), both.snapshot())).toThrow(
      'the snapshot has other instruments than the setup',
    )
    const other = exampleSetup({ instruments: [exampleInstrument(doge)] })
    expect(() => createEngine(other, createEngine(exampleSetup()).snapshot())).toThrow(
      'the snapshot has other instruments than the setup',
    )
  })

  test('keeps commands, limits, stale feeds and changed instruments', () => {
    const always = exampleStrategy({}, { go: between('go', 2) })
    const floor = new ExampleFloor({ strategies: [always] })
    floor.trade(1, 100)
    floor.command({ command: 'pauseEntries' })
    floor.send({ type: 'feedStale', instrumentId: pepe, time: second(1.2), stale: true })
    floor.send({ type: 'instrumentChanged', time: second(1.3), instrument: exampleInstrument(pepe, { tickSize: 0.5 }) })
    floor.send({
      type: 'limitsChanged',
      time: second(1.4),
      limits: { ...floor.setup.limits, maxOpenPositions: 0 },
      tradingState: 'reducing',
    })
    floor.restart()
    floor.trade(2, 100)
    expect(floor.of('signalSkipped')[0].reasons).toEqual(['paused', 'staleData'])
    floor.command({ command: 'resumeEntries' })
    floor.send({ type: 'feedStale', instrumentId: pepe, time: second(2.2), stale: false })
    floor.trade(3, 100)
    expect(floor.of('orderDenied')[0].reasons.map(({ code }) => code)).toEqual(['tradingState', 'maxOpenPositions'])
    expect(floor.of('riskDecided')[0].sizing?.stopDistance).toBe(5)
  })
})

describe('a failing indicator', () => {
  test('costs the same instants live and in a replay', () => {
    const failing = scripted('failing', (ms) => {
      if (ms % 7_000 === 3_000 || (ms >= 21_000 && ms < 25_000)) throw new Error('no root of −1')
      return 0
    })
    const strategy = exampleStrategy(
      { signal: { when: { reading: 'bad', is: 'gte', value: 1 } } },
      { bad: failing, price: lastPrice },
    )
    const run = (stretch: number): unknown => {
      const engine = createEngine(exampleSetup({ strategies: [strategy], stretch }))
      engine.load(tradesAt([0.4, 150]))
      return { outputs: stepAll(engine), nearMisses: engine.nearMisses() }
    }
    const live = new ExampleFloor({ strategies: [strategy] })
    live.trade(0.4, 100)
    live.timer(149)
    live.trade(150, 100)
    const whole = run(2_048)
    expect(run(1)).toEqual(whole)
    expect(run(7)).toEqual(whole)
    expect(whole).toEqual({ outputs: live.outputs, nearMisses: live.engine.nearMisses() })
    expect(
      live.of('indicatorFailed').map(({ time, switchedOffUntil }) => [(time - second(0)) / 1_000, switchedOffUntil]),
    ).toEqual([
      ...[3, 10, 17, 21, 22].map((at) => [at, null]),
      [23, second(83)],
      ...[87, 94, 101, 108, 115, 122, 129, 136, 143].map((at) => [at, null]),
      [150, null],
    ])
  })
})

test('two engines of one setup say the same', () => {
  const run = (): readonly EngineOutput[] => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    floor.trade(2, 100)
    floor.fill(floor.last('entry'), 10, 100)
    floor.trade(3, 95)
    floor.trade(6, 95)
    floor.fill(floor.last('exit'), 10, 94)
    return floor.outputs
  }
  expect(run()).toEqual(run())
})

test('no output mutates what was told before', () => {
  const floor = new ExampleFloor()
  floor.trade(1, 100)
  floor.trade(2, 100)
  const told = structuredClone(floor.outputs)
  floor.fill(floor.last('entry'), 10, 100)
  floor.fill(floor.last('stopLoss'), 10, 95)
  expect(floor.outputs.slice(0, told.length)).toEqual(told)
})

test('near misses can be forgotten: what is told then is of the time since, and decisions stay as they were', () => {
  const dear = exampleStrategy({ signal: { when: { reading: 'price', is: 'gte', value: 200 } } }, { price: lastPrice })
  const run = (forgets: boolean): ExampleFloor => {
    const floor = new ExampleFloor({ strategies: [dear] })
    floor.trade(1, 150)
    floor.trade(10, 120)
    if (forgets) floor.engine.forgetNearMisses()
    floor.trade(20, 130)
    return floor
  }
  expect(run(false).engine.nearMisses()[0]).toMatchObject({ bestValue: 150, bestAt: second(1), askedMs: 19_000 })
  expect(run(true).engine.nearMisses()[0]).toMatchObject({
    bestMargin: -70,
    bestValue: 130,
    bestAt: second(20),
    askedMs: 10_000,
    blockedAloneMs: 10_000,
    metShare: 0,
  })
  expect(run(true).outputs).toEqual(run(false).outputs)
})
