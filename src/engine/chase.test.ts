import { expect, test } from 'vitest'
import { exampleStrategy } from './example.ts'
import { ExampleFloor } from './example-floor.ts'

const chasing = exampleStrategy({ entry: { maxChasePct: 2, size: { notional: 1_000 } } })

test('an entry that is still working stops buying once the price has run past the chase limit', () => {
  const floor = new ExampleFloor({ strategies: [chasing] })
  floor.trade(1, 100)
  floor.trade(2, 100)
  const entry = floor.last('entry')
  floor.accept(entry)
  floor.trade(3, 102)
  expect(floor.of('cancelOrder')).toEqual([])
  floor.trade(4, 102.5)
  expect(floor.of('cancelOrder')).toMatchObject([{ orderId: entry.orderId, reason: 'maxChase' }])
  floor.trade(5, 103)
  expect(floor.of('cancelOrder')).toHaveLength(1)
})

test('a chase that bought nothing is a setup given up, one that bought a part is a position', () => {
  const left = new ExampleFloor({ strategies: [chasing] })
  left.trade(1, 100)
  left.trade(2, 100)
  left.trade(3, 103)
  left.cancel(left.last('entry'))
  expect(left.of('entryAbandoned')).toMatchObject([{ code: 'maxChase' }])
  expect(left.phase()).toBe('cooling')

  const caught = new ExampleFloor({ strategies: [chasing] })
  caught.trade(1, 100)
  caught.trade(2, 100)
  caught.fill(caught.last('entry'), 4, 101)
  caught.trade(3, 103)
  caught.cancel(caught.last('entry'))
  expect(caught.phase()).toBe('holding')
  expect(caught.of('positionOpened')[0].position.quantity).toBe(4)
})
