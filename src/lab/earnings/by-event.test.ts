import { expect, test } from 'vitest'
import { instrumentId } from '#model/ids.ts'
import { toMoney } from '#model/money.ts'
import { sampleTrip } from '../metrics/sample-trips.ts'
import { earningsByPlace } from './by-event.ts'
import type { LabelledPump } from './labelled-pumps.ts'
import { episode, traded } from './sample-episodes.ts'

const minute = 60_000
const hour = 3_600_000
const pump = (eventId: string, onset: number, instrument = 'COIN_BTC'): LabelledPump => ({
  eventId,
  onset,
  instrumentId: instrumentId(instrument),
})

test('a signal from 2 minutes before to an hour after the onset is the pump, to 4 hours neither, else a false alarm', () => {
  const onset = 100 * hour
  const at = (time: number): string => {
    const { pumps, near, elsewhere } = earningsByPlace([episode(onset + time)], [pump('a', onset)])
    return `${pumps.signals}${near.signals}${elsewhere.signals}`
  }
  expect([-hour - 1, -hour, -2 * minute - 1, -2 * minute, 0, hour, hour + 1, 4 * hour, 4 * hour + 1].map(at)).toEqual([
    '001',
    '010',
    '010',
    '100',
    '100',
    '100',
    '010',
    '010',
    '001',
  ])
})

test('a pump of another instrument explains nothing', () => {
  const { pumps, elsewhere } = earningsByPlace([episode(5, 'OTHER_BTC')], [pump('a', 0)])
  expect([pumps.signals, elsewhere.signals]).toEqual([0, 1])
})

test('every event has what its own signals earned and how late the first came; where two overlap the later one counts', () => {
  const pumps = [pump('a', 0), pump('b', 20 * minute), pump('c', 50 * hour)]
  const { events } = earningsByPlace(
    [
      { ...episode(-minute), outcome: 'skipped' },
      traded(sampleTrip({ net: 5 }), 3_000),
      traded(sampleTrip({ id: '2', net: -2 }), 19 * minute),
      episode(25 * minute),
    ],
    pumps,
  )
  expect(events.map(({ eventId, signalDelayMs, figures }) => [eventId, signalDelayMs, figures.netProfit])).toEqual([
    ['a', 3_000, toMoney(5)],
    ['b', -minute, toMoney(-2)],
    ['c', null, 0n],
  ])
})

test('the three places together are all there is', () => {
  const episodes = Array.from({ length: 50 }, (_, index) =>
    traded(sampleTrip({ id: String(index), net: index - 20 }), index * 13 * minute),
  )
  const { pumps, near, elsewhere, events } = earningsByPlace(episodes, [pump('a', 2 * hour), pump('b', 8 * hour)])
  expect(pumps.trades + near.trades + elsewhere.trades).toBe(50)
  expect(pumps.netProfit + near.netProfit + elsewhere.netProfit).toBe(toMoney(225))
  expect(events.reduce((sum, { figures }) => sum + figures.netProfit, 0n)).toBe(pumps.netProfit)
})
