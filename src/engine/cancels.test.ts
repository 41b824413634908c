import { expect, test } from 'vitest'
import { between, exampleStrategy, lastPrice, second } from './example.ts'
import { ExampleFloor, holdingFloor } from './example-floor.ts'

const asked = (floor: ExampleFloor): readonly unknown[] =>
  floor.of('cancelOrder').map(({ time, orderId, attempt }) => [(time - second(0)) / 1_000, orderId, attempt])

/** The entry timed out at second 62; the venue does not answer the cancel. */
function deafFloor(): ExampleFloor {
  const floor = new ExampleFloor()
  floor.trade(1, 100)
  floor.trade(2, 100)
  floor.accept(floor.last('entry'))
  floor.timer(62)
  return floor
}

test('a cancel without an answer is asked again, each time after twice the pause, at most half a minute', () => {
  const floor = deafFloor()
  const { orderId } = floor.last('entry')
  for (let at = 63; at <= 160; at++) floor.timer(at)
  expect(asked(floor)).toEqual([
    [62, orderId, undefined],
    [64, orderId, 2],
    [68, orderId, 3],
    [76, orderId, 4],
    [92, orderId, 5],
    [122, orderId, 6],
    [152, orderId, 7],
  ])
  expect(floor.phase()).toBe('entering')
})

test('it is given up after ten times, and that is told', () => {
  const floor = deafFloor()
  for (let at = 63; at <= 1_000; at++) floor.timer(at)
  expect(asked(floor)).toHaveLength(10)
  expect(floor.of('orderAnomaly')).toEqual([
    {
      type: 'orderAnomaly',
      time: second(272),
      orderId: floor.last('entry').orderId,
      code: 'cancelUnanswered',
      detail: 'asked 10 times to cancel (timeout)',
    },
  ])
})

test('the answer ends it', () => {
  const floor = deafFloor()
  floor.timer(65)
  floor.cancel(floor.last('entry'))
  floor.timer(300)
  expect(asked(floor)).toHaveLength(2)
})

test('an operator’s cancel is asked again like any other', () => {
  const floor = new ExampleFloor()
  floor.trade(1, 100)
  floor.trade(2, 100)
  floor.command({ command: 'cancelOrder', orderId: floor.last('entry').orderId })
  floor.timer(4)
  expect(floor.of('cancelOrder')).toMatchObject([{ reason: 'command' }, { reason: 'command', attempt: 2 }])
})

test('orders left behind by a closed position are asked for while cooling and while watching', () => {
  const out = exampleStrategy(
    { exit: { when: { reading: 'out', is: 'gte', value: 1 }, cooldownMs: 3_000 } },
    { out: between('out', 5, 6), price: lastPrice },
  )
  const floor = holdingFloor({ strategies: [out] })
  const stop = floor.last('stopLoss')
  floor.trade(5, 100)
  floor.fill(floor.last('exit'), 10, 100)
  expect(floor.phase()).toBe('cooling')
  for (let at = 6; at <= 20; at++) floor.timer(at)
  expect(floor.phase()).toBe('watching')
  expect(asked(floor)).toEqual([
    [5, stop.orderId, undefined],
    [7, stop.orderId, 2],
    [11, stop.orderId, 3],
    [19, stop.orderId, 4],
  ])
})

test('it is asked at the same moments by an engine made anew from its snapshot', () => {
  const floor = deafFloor()
  floor.timer(65)
  floor.restart()
  for (let at = 66; at <= 80; at++) floor.timer(at)
  expect(
    asked(floor)
      .slice(1)
      .map((entry) => (entry as number[])[0]),
  ).toEqual([64, 68, 76])
})
