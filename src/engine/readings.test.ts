import { expect, test } from 'vitest'
import { doge, exampleInstrument, exampleStrategy, lastPrice, pepe, scripted } from './example.ts'
import { ExampleFloor } from './example-floor.ts'

const strategies = [
  exampleStrategy(
    { signal: { when: { reading: 'go', is: 'gte', value: 1e9 } } },
    { go: scripted('go', (ms) => ms), price: lastPrice, never: scripted('never', () => Number.NaN) },
  ),
]

test('every reading is told at the last instant, asked or not, and why one has no value', () => {
  const floor = new ExampleFloor({ strategies })
  floor.trade(1, 100)
  floor.trade(2.4, 105)
  expect(floor.engine.readings(pepe).get(floor.instance())).toEqual([
    { reading: 'go', indicator: 'go', unit: 'ratio', value: 2_400 },
    { reading: 'price', indicator: 'lastPrice', unit: 'price', value: 105 },
    { reading: 'never', indicator: 'never', unit: 'ratio', value: null, pendingReason: 'undefined' },
  ])
})

test('with the clock they go on to the point of the timer it has come to', () => {
  const floor = new ExampleFloor({ strategies })
  floor.trade(1, 100)
  floor.timer(8.6)
  expect(floor.engine.readings(pepe).get(floor.instance())?.[0]).toMatchObject({ value: 8_000 })
})

test('an instrument on which nothing has happened yet reads nothing', () => {
  const instruments = [exampleInstrument(pepe), exampleInstrument(doge)]
  const floor = new ExampleFloor({ strategies, instruments })
  floor.trade(1, 100)
  const [readings] = floor.engine.readings(doge).values()
  expect(readings.map(({ value }) => value)).toEqual([null, null, null])
})
