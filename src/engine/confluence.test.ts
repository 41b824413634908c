import { expect, test } from 'vitest'
import type { ConfluentSignal } from '#model/events.ts'
import { signalId } from '#model/ids.ts'
import { Confluence } from './confluence.ts'
import { between, doge, exampleInstrument, exampleStrategy, pepe, second } from './example.ts'
import { ExampleFloor } from './example-floor.ts'

const signal = (strategy: string, time: number, id: string | null = `s${time}`): ConfluentSignal => ({
  signalId: id === null ? null : signalId(id),
  strategy,
  time,
  price: 100 + time,
})
const names = (signals: readonly ConfluentSignal[] | undefined): readonly string[] | undefined =>
  signals?.map(({ strategy, time }) => `${strategy} ${time}`)

test('two strategies within the window are told, and again when a third joins', () => {
  const confluence = new Confluence(60)
  expect(confluence.join(pepe, 'long', signal('a', 0))).toBeUndefined()
  expect(confluence.join(pepe, 'long', signal('b', 60))).toEqual([signal('a', 0), signal('b', 60)])
  expect(names(confluence.join(pepe, 'long', signal('c', 60)))).toEqual(['a 0', 'b 60', 'c 60'])
})

test('a signal of a strategy that is part of it already makes it no larger', () => {
  const confluence = new Confluence(60)
  confluence.join(pepe, 'long', signal('a', 0))
  confluence.join(pepe, 'long', signal('b', 10))
  expect(confluence.join(pepe, 'long', signal('a', 20))).toBeUndefined()
  expect(names(confluence.join(pepe, 'long', signal('c', 30)))).toEqual(['b 10', 'a 20', 'c 30'])
})

test('what is further apart than the window is not together', () => {
  const confluence = new Confluence(60)
  confluence.join(pepe, 'long', signal('a', 0))
  expect(confluence.join(pepe, 'long', signal('b', 61))).toBeUndefined()
  expect(names(confluence.join(pepe, 'long', signal('a', 100)))).toEqual(['b 61', 'a 100'])
})

test('other directions and other instruments are apart', () => {
  const confluence = new Confluence(60)
  confluence.join(pepe, 'long', signal('a', 0))
  expect(confluence.join(pepe, 'short', signal('b', 1))).toBeUndefined()
  expect(confluence.join(doge, 'long', signal('c', 2))).toBeUndefined()
})

test('a signal that is not taken counts from when it was first met for as long as it is met', () => {
  const confluence = new Confluence(60)
  for (const time of [0, 50, 100]) confluence.join(pepe, 'long', signal('a', time, null))
  expect(confluence.join(pepe, 'long', signal('b', 150))).toEqual([signal('a', 0, null), signal('b', 150)])
  expect(confluence.join(pepe, 'long', signal('a', 155))).toBeUndefined()
  expect(names(confluence.join(pepe, 'long', signal('c', 160)))).toEqual(['b 150', 'a 155', 'c 160'])
})

test('it goes on from its snapshot', () => {
  const confluence = new Confluence(60)
  confluence.join(pepe, 'long', signal('a', 0))
  const restored = new Confluence(60)
  restored.restore(structuredClone(confluence.snapshot()))
  expect(names(restored.join(pepe, 'long', signal('b', 30)))).toEqual(['a 0', 'b 30'])
})

test('strategies that find the same are told together, though only one of them may have the instrument', () => {
  const strategies = [
    exampleStrategy(),
    exampleStrategy({ name: 'other' }, { go: between('go2', 3, 8) }),
    exampleStrategy({ name: 'third' }, { go: between('go3', 70, 71) }),
    exampleStrategy({ name: 'fourth', direction: 'short' }, { go: between('go4', 4, 5) }),
  ]
  const floor = new ExampleFloor({ strategies, instruments: [exampleInstrument(pepe), exampleInstrument(doge)] })
  for (const at of [1, 2, 3, 4, 5]) floor.trade(at, 100 + at)
  expect(floor.of('confluenceDetected')).toEqual([
    {
      type: 'confluenceDetected',
      time: second(3),
      instrumentId: pepe,
      direction: 'long',
      signals: [
        { signalId: '7-s1', strategy: 'pump', time: second(2), price: 102 },
        { signalId: null, strategy: 'other', time: second(3), price: 103 },
      ],
    },
  ])
})

test('what is met on stale data or while warming up is no part of it', () => {
  const strategies = [exampleStrategy(), exampleStrategy({ name: 'other' }, { go: between('go2', 3, 4) })]
  const stale = new ExampleFloor({ strategies })
  stale.trade(2, 100)
  stale.send({ type: 'feedStale', instrumentId: pepe, time: second(2.5), stale: true })
  stale.trade(3, 100)
  expect(stale.of('signalSkipped')).toMatchObject([{ reasons: ['staleData', 'instrumentLocked'] }])
  expect(stale.of('confluenceDetected')).toEqual([])
})

test('the window is the setup’s', () => {
  const strategies = [exampleStrategy(), exampleStrategy({ name: 'other' }, { go: between('go2', 6, 7) })]
  const told = (confluenceWindowMs: number): number => {
    const floor = new ExampleFloor({ strategies, confluenceWindowMs })
    floor.trade(2, 100)
    floor.trade(6, 100)
    return floor.of('confluenceDetected').length
  }
  expect([told(3_999), told(4_000)]).toEqual([0, 1])
})
