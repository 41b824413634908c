import { describe, expect, test } from 'vitest'
import { between, doge, exampleInstrument, exampleStrategy, pepe, second } from './example.ts'
import { orderId } from '#model/ids.ts'
import { ExampleFloor, holdingFloor } from './example-floor.ts'

/** The entry timed out, the venue said canceled, the instance cools down. */
function cooledFloor(...args: ConstructorParameters<typeof ExampleFloor>): ExampleFloor {
  const floor = new ExampleFloor(...args)
  floor.trade(1, 100)
  floor.trade(2, 100)
  floor.timer(62)
  floor.cancel(floor.last('entry'))
  expect(floor.phase()).toBe('cooling')
  return floor
}

describe('a fill after the order was over', () => {
  test('while cooling is closed at once, with a stop until then', () => {
    const floor = cooledFloor()
    const entry = floor.last('entry')
    floor.fill(entry, 3, 101)
    expect(floor.of('orderAnomaly')).toMatchObject([{ code: 'fillAfterTerminal' }])
    expect(floor.path().at(-1)).toBe('cooling → exiting (emergency)')
    expect(floor.last('exit')).toMatchObject({ quantity: 3, side: 'sell', reduceOnly: true, signalId: '7-s1' })
    expect(floor.last('stopLoss')).toMatchObject({ stopPrice: 95.95, side: 'sell' })
    floor.fill(floor.last('exit'), 3, 100)
    expect(floor.path().at(-1)).toBe('exiting → cooling (exitFilled)')
    expect(floor.canceled()).toContain(floor.last('stopLoss').orderId)
  })

  test('while watching again carries the signal it came from', () => {
    const floor = cooledFloor()
    floor.timer(92)
    expect(floor.phase()).toBe('watching')
    floor.fill(floor.last('entry'), 3, 101)
    expect(floor.path().at(-1)).toBe('watching → exiting (emergency)')
    expect(floor.orders().slice(-2)).toMatchObject([
      { purpose: 'stopLoss', signalId: '7-s1' },
      { purpose: 'exit', signalId: '7-s1', quantity: 3 },
    ])
    expect(floor.of('transitioned').at(-1)?.signalId).toBe('7-s1')
  })

  test('while holding is covered by the stop too', () => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    floor.trade(2, 100)
    const entry = floor.last('entry')
    floor.fill(entry, 4, 100)
    floor.cancel(entry)
    floor.accept(floor.last('stopLoss'))
    floor.command({ command: 'adjustStop', instanceId: floor.instance(), stopPrice: 96 })
    floor.accept(floor.last('stopLoss'))
    expect(floor.last('stopLoss')).toMatchObject({ quantity: 4, stopPrice: 96 })
    floor.fill(entry, 6, 100)
    expect(floor.phase()).toBe('holding')
    expect(floor.last('stopLoss')).toMatchObject({ quantity: 10, stopPrice: 96 })
  })
})

describe('a fill told twice', () => {
  test('changes nothing', () => {
    const floor = holdingFloor()
    const count = floor.outputs.length
    expect(floor.fill(floor.last('entry'), 10, 100, 't1')).toEqual([])
    expect(floor.outputs).toHaveLength(count)
    expect(floor.engine.positions()[0].quantity).toBe(10)
    floor.fill(floor.last('stopLoss'), 10, 95, 's1')
    expect(floor.fill(floor.last('stopLoss'), 10, 95, 's1')).toEqual([])
    expect(floor.closed()).toHaveLength(1)
  })
})

describe('events out of order', () => {
  test('a fill before the acceptance', () => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    floor.trade(2, 100)
    const entry = floor.last('entry')
    floor.fill(entry, 10, 100)
    floor.accept(entry)
    expect(floor.phase()).toBe('holding')
    expect(floor.orders('stopLoss')).toHaveLength(1)
  })

  test('a stop that fills for more than we know we have never makes us sell more', () => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    floor.trade(2, 100)
    const entry = floor.last('entry')
    floor.fill(entry, 4, 100)
    const stop = floor.last('stopLoss')
    floor.accept(stop)
    // the venue filled the rest of the entry, then the stop for all of it; the second came first
    floor.trade(3, 94)
    floor.fill(stop, 10, 94)
    expect(floor.of('orderAnomaly')).toMatchObject([{ code: 'flipped' }])
    const sold = floor.orders('exit').filter(({ side }) => side === 'sell')
    expect(sold).toEqual([])
    floor.fill(entry, 6, 100)
    expect(floor.engine.positions()).toEqual([])
    expect(floor.live('exit').every(({ orderId }) => floor.canceled().includes(orderId))).toBe(true)
    expect(floor.phase()).toBe('cooling')
    expect(floor.ledger()).toMatchObject({ unbalanced: 0, sum: 0n })
  })

  test('an exit that fills after the stop had closed everything is bought back', () => {
    const floor = holdingFloor({
      strategies: [
        exampleStrategy(
          { emergency: { when: { reading: 'alarm', is: 'gte', value: 1 } } },
          { alarm: between('alarm', 5) },
        ),
      ],
    })
    floor.timer(5)
    const exit = floor.last('exit')
    floor.fill(floor.last('stopLoss'), 10, 95)
    expect(floor.phase()).toBe('cooling')
    floor.fill(exit, 10, 95)
    expect(floor.of('orderAnomaly').map(({ code }) => code)).toContain('openedByExit')
    expect(floor.engine.positions()[0].quantity).toBe(-10)
    expect(floor.last('exit')).toMatchObject({ side: 'buy', quantity: 10, reduceOnly: true })
    floor.fill(floor.last('exit'), 10, 95)
    expect(floor.engine.positions()).toEqual([])
    expect(floor.phase()).toBe('cooling')
    expect(floor.live().every(({ orderId }) => floor.canceled().includes(orderId))).toBe(true)
  })
})

describe('an uncertain order', () => {
  test('counts as exposure, blocks its own instance only, and is resolved by evidence', () => {
    const floor = new ExampleFloor({
      instruments: [exampleInstrument(pepe), exampleInstrument(doge)],
      strategies: [exampleStrategy({}, { go: between('go', 2) })],
      limits: { ...new ExampleFloor().setup.limits, maxOpenPositions: 1 },
    })
    floor.trade(1, 100)
    floor.trade(2, 100)
    const entry = floor.last('entry')
    floor.uncertain(entry)
    floor.trade(3, 100, doge)
    expect(floor.of('orderDenied')).toMatchObject([
      { instrumentId: doge, reasons: [{ code: 'maxOpenPositions', value: 2 }] },
    ])
    floor.timer(62)
    expect(floor.canceled()).toEqual([entry.orderId])
    expect(floor.phase()).toBe('entering')
    floor.reject(entry)
    expect(floor.phase()).toBe('cooling')
  })

  test('that filled after all is protected like any other', () => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    floor.trade(2, 100)
    floor.uncertain(floor.last('entry'))
    floor.timer(20)
    floor.fill(floor.last('entry'), 10, 100)
    expect(floor.phase()).toBe('holding')
    expect(floor.live('stopLoss')).toHaveLength(1)
  })

  test('an uncertain stop does not stop the exit', () => {
    const floor = new ExampleFloor()
    floor.trade(1, 100)
    floor.trade(2, 100)
    floor.fill(floor.last('entry'), 10, 100)
    floor.uncertain(floor.last('stopLoss'))
    floor.trade(3, 95)
    floor.trade(5, 95)
    expect(floor.last('exit')).toMatchObject({ quantity: 10, decidedAt: second(5) })
  })
})

test('an event about an order of somebody else is an anomaly, nothing more', () => {
  const floor = holdingFloor()
  floor.reject({ ...floor.last('entry'), orderId: orderId('x-1') })
  expect(floor.of('orderAnomaly')).toMatchObject([{ code: 'unknownOrder' }])
  expect(floor.engine.positions()[0].quantity).toBe(10)
})
