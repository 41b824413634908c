import { expect, test } from 'vitest'
import type { EngineOutput } from '#model/events.ts'
import { instanceId, instrumentId, orderId, signalId } from '#model/ids.ts'
import type { Order, OrderFilled } from '#model/order.ts'
import type { StoredRun } from '#model/run.ts'
import { sampleTrip } from '../metrics/sample-trips.ts'
import { sampleRun } from '../report/sample-run.ts'
import { episodesOf } from './episodes.ts'

const fact = {
  time: 0,
  instanceId: instanceId('s@00000000/COIN_BTC'),
  instrumentId: instrumentId('COIN_BTC'),
  strategy: 's',
  verdicts: [],
}
const id = (number: number) => signalId(`1-s${number}`)
const signal = (number: number, time: number, price = 100): EngineOutput => ({
  ...fact,
  type: 'signalDetected',
  signalId: id(number),
  time,
  price,
})
const skip = (time: number): EngineOutput => ({ ...fact, type: 'signalSkipped', time, reasons: ['instrumentLocked'] })
const denied = (number: number): EngineOutput => ({
  ...fact,
  type: 'orderDenied',
  signalId: id(number),
  purpose: 'entry',
  reasons: [],
})
const renewed = (number: number): EngineOutput => ({
  ...fact,
  type: 'entryAbandoned',
  signalId: id(number),
  code: 'renewed',
  price: 100,
})

const entry = (number: number, decisionPrice: number, quantity: number): Order => ({
  orderId: orderId(`1-o${number}`),
  instanceId: fact.instanceId,
  instrumentId: fact.instrumentId,
  signalId: id(number),
  purpose: 'entry',
  side: 'buy',
  type: 'market',
  timeInForce: 'gtc',
  quantity,
  reduceOnly: false,
  leverage: 1,
  decisionPrice,
  decidedAt: 0,
  status: 'filled',
  filledQuantity: quantity,
  averagePrice: decisionPrice,
  submittedAt: 0,
  updatedAt: 0,
  cancelRequested: false,
})
const fill = (number: number, price: number, quantity: number, delay: number): OrderFilled => ({
  type: 'orderFilled',
  orderId: orderId(`1-o${number}`),
  tradeId: `1-o${number}-${price}`,
  time: 0,
  price,
  quantity,
  liquidity: 'taker',
  fee: 0n,
  slippage: { delay, spread: 1, impact: 0 },
})
const runOf = (changes: Partial<StoredRun>): StoredRun => ({
  ...sampleRun(),
  decisions: [],
  orders: [],
  fills: [],
  roundTrips: [],
  ...changes,
})

test('a signal without a trade was denied, had an order that did not fill, or ended before one', () => {
  const episodes = episodesOf(
    runOf({
      decisions: [signal(1, 10), denied(1), signal(2, 20), signal(3, 30), skip(40)],
      orders: [entry(3, 100, 5)],
    }),
  )
  expect(episodes.map(({ time, outcome }) => [time, outcome])).toEqual([
    [10, 'denied'],
    [20, 'abandoned'],
    [30, 'unfilled'],
    [40, 'skipped'],
  ])
})

test('a signal that was renewed is told as the one that renewed it', () => {
  const episodes = episodesOf(runOf({ decisions: [signal(1, 10), renewed(1), signal(2, 25)] }))
  expect(episodes.map(({ time, outcome }) => [time, outcome])).toEqual([[25, 'abandoned']])
})

test('an entry in parts weighs delay and price by what filled, against decision and signal', () => {
  const [episode] = episodesOf(
    runOf({
      decisions: [signal(1, 10, 100)],
      orders: [entry(1, 102, 10)],
      fills: [fill(1, 104, 6, 1), fill(1, 109, 2, 5)],
      roundTrips: [sampleTrip({ net: -1 })],
    }),
  )
  expect(episode.outcome).toBe('traded')
  expect(episode.entryFilled).toBeCloseTo(0.8, 12)
  expect(episode.entryDelay).toBeCloseTo((6 * 1 + 2 * 5) / (8 * 102), 12)
  expect(episode.entryPaid).toBeCloseTo((6 * 104 + 2 * 109) / 8 / 100 - 1, 12)
})

test('what a short paid is positive when it sold below the signal', () => {
  const [episode] = episodesOf(
    runOf({
      decisions: [signal(1, 10, 100)],
      orders: [entry(1, 99, 10)],
      fills: [fill(1, 97, 10, 1)],
      roundTrips: [sampleTrip({ net: 1, side: 'short' })],
    }),
  )
  expect(episode.entryPaid).toBeCloseTo(0.03, 12)
})

test('of a whole run no trade is lost and every signal has one outcome', () => {
  const run = sampleRun({ days: 5 })
  const episodes = episodesOf(run)
  expect(episodes.flatMap(({ trips }) => trips).length).toBe(run.roundTrips.length)
  const signals = run.decisions.filter(({ type }) => type === 'signalDetected' || type === 'signalSkipped')
  expect(episodes.length).toBe(signals.length)
})
