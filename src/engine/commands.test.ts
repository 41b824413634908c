import { describe, expect, test } from 'vitest'
import { orderId } from '#model/ids.ts'
import { between, doge, exampleInstrument, exampleStrategy, pepe, second } from './example.ts'
import { ExampleFloor, holdingFloor } from './example-floor.ts'

describe('emergency stop', () => {
  test('closes every position, cancels every entry, drops every signal, and halts', () => {
    const waiting = exampleStrategy(
      { name: 'waiting', entry: { when: { reading: 'never', is: 'gte', value: 1 }, size: { notional: 1_000 } } },
      { never: between('never', 1e6) },
    )
    const floor = holdingFloor({
      instruments: [exampleInstrument(pepe), exampleInstrument(doge)],
      strategies: [exampleStrategy(), waiting],
    })
    floor.trade(2.5, 100, doge)
    const entry = floor.last('entry', doge)
    expect(floor.phase(floor.instance(0, doge))).toBe('entering')
    floor.command({ command: 'emergencyStop' })
    expect(floor.of('tradingStateChanged')).toMatchObject([
      { from: 'active', to: 'halted', cause: 'emergencyStop by test' },
    ])
    expect(floor.canceled()).toEqual([entry.orderId])
    expect(floor.orders('exit')).toMatchObject([{ instrumentId: pepe, quantity: 10, type: 'market', reduceOnly: true }])
    floor.fill(floor.last('exit'), 10, 99)
    expect(floor.closed()).toMatchObject([{ exitReason: 'killSwitch' }])
    floor.fill(entry, 4, 100)
    expect(floor.last('exit', doge)).toMatchObject({ quantity: 4 })
    floor.cancel(entry)
    floor.fill(floor.last('exit', doge), 4, 100)
    expect(floor.engine.positions()).toEqual([])
    expect(floor.ledger()).toMatchObject({ unbalanced: 0, sum: 0n })
  })

  test('while halted still retries the exit that the venue refused', () => {
    const floor = holdingFloor()
    floor.command({ command: 'emergencyStop' })
    floor.reject(floor.last('exit'))
    floor.reject(floor.last('exit'))
    floor.timer(4)
    expect(floor.live('exit')).toHaveLength(1)
    floor.command({ command: 'emergencyStop' })
    expect(floor.live('exit')).toHaveLength(1)
  })

  test('does not wait for a stop that has filled in part, nor for one that was refused', () => {
    const floor = holdingFloor()
    floor.cancel(floor.last('stopLoss'))
    floor.timer(3)
    floor.fill(floor.last('stopLoss'), 1, 95)
    floor.command({ command: 'emergencyStop' })
    expect(floor.last('exit')).toMatchObject({ quantity: 9, type: 'market', decidedAt: second(3) })
  })

  test('turns a patient exit into one at market', () => {
    const floor = holdingFloor({
      strategies: [
        exampleStrategy(
          { exit: { when: { reading: 'out', is: 'gte', value: 1 }, order: { type: 'limit' } } },
          { out: between('out', 5) },
        ),
      ],
    })
    floor.timer(5)
    const patient = floor.last('exit')
    floor.command({ command: 'emergencyStop' })
    expect(floor.canceled()).toEqual([patient.orderId])
    expect(floor.last('exit').type).toBe('market')
  })
})

describe('closing by command', () => {
  test('one position', () => {
    const floor = holdingFloor()
    floor.command({ command: 'closePosition', instanceId: floor.instance() })
    floor.fill(floor.last('exit'), 10, 101)
    expect(floor.closed()).toMatchObject([{ exitReason: 'manual' }])
  })

  test('a position that is not there is refused', () => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    floor.command({ command: 'closePosition', instanceId: floor.instance() })
    expect(floor.of('commandRefused')).toMatchObject([{ code: 'notPossibleNow' }])
  })

  test('all positions, and entries go on', () => {
    const floor = holdingFloor({ strategies: [exampleStrategy({ exit: { cooldownMs: 0 } }, { go: between('go', 2) })] })
    floor.command({ command: 'closeAll' })
    floor.fill(floor.last('exit'), 10, 101)
    floor.timer(3)
    floor.trade(4, 100)
    expect(floor.orders('entry')).toHaveLength(2)
  })
})

describe('canceling an order by command', () => {
  test('an entry', () => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    floor.trade(2, 100)
    floor.command({ command: 'cancelOrder', orderId: floor.last('entry').orderId })
    expect(floor.of('cancelOrder')).toMatchObject([{ reason: 'command' }])
    floor.cancel(floor.last('entry'))
    expect(floor.of('entryAbandoned')).toMatchObject([{ code: 'command' }])
  })

  test('a stop, an unknown or a finished order is refused', () => {
    const floor = holdingFloor()
    floor.command({ command: 'cancelOrder', orderId: floor.last('stopLoss').orderId })
    floor.command({ command: 'cancelOrder', orderId: orderId('7-o99') })
    floor.command({ command: 'cancelOrder', orderId: floor.last('entry').orderId })
    expect(floor.of('commandRefused').map(({ code }) => code)).toEqual([
      'notPossibleNow',
      'unknownOrder',
      'notPossibleNow',
    ])
    expect(floor.canceled()).toEqual([])
  })
})

describe('an entry by command', () => {
  test('asks no group but every risk check', () => {
    const floor = new ExampleFloor({ strategies: [exampleStrategy({}, { go: between('go', 1e6) })] })
    floor.trade(1, 100)
    floor.command({ command: 'manualOrder', instanceId: floor.instance() })
    expect(floor.last('entry')).toMatchObject({ quantity: 10, decidedAt: second(1) })
    floor.command({ command: 'manualOrder', instanceId: floor.instance() })
    expect(floor.of('commandRefused')).toMatchObject([{ code: 'notPossibleNow' }])
    expect(floor.orders('entry')).toHaveLength(1)
  })

  test('is denied by a limit', () => {
    const { limits } = new ExampleFloor().setup
    const floor = new ExampleFloor({ limits: { ...limits, maxOpenPositions: 0 } })
    floor.trade(1, 100)
    floor.command({ command: 'manualOrder', instanceId: floor.instance() })
    expect(floor.orders()).toEqual([])
    expect(floor.of('orderDenied')[0].reasons).toMatchObject([{ code: 'maxOpenPositions' }])
  })

  test('before there was any market has no price, and is denied', () => {
    const floor = new ExampleFloor()
    floor.command({ command: 'manualOrder', instanceId: floor.instance() })
    expect(floor.orders()).toEqual([])
    expect(floor.of('orderDenied')[0].reasons.map(({ code }) => code)).toContain('unknownInput')
  })

  test('of nobody, or while paused, is refused', () => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    floor.command({ command: 'pauseEntries' })
    floor.command({ command: 'manualOrder', instanceId: floor.instance() })
    floor.command({ command: 'manualOrder', instanceId: floor.instance(0, doge) })
    expect(floor.of('commandRefused').map(({ code }) => code)).toEqual(['notPossibleNow', 'unknownInstance'])
  })
})

test('limits that change hold for the next entry, not for what was due before', () => {
  const floor = new ExampleFloor()
  floor.trade(1, 100)
  const { limits } = floor.setup
  floor.now = 2.5
  floor.send({
    type: 'limitsChanged',
    time: second(2.5),
    limits: { ...limits, maxOpenPositions: 0 },
    tradingState: 'active',
  })
  expect(floor.last('entry').decidedAt).toBe(second(2))
})
