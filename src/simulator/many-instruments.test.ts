import { describe, expect, test } from 'vitest'
import { instrumentId } from '#model/ids.ts'
import { toMoney } from '#model/money.ts'
import {
  answers,
  fillsOf,
  orderOf,
  perpetual,
  type PrintRow,
  pumpId,
  start,
  takeUntil,
  tradesOf,
  venueOf,
} from './fixtures.ts'

const otherId = instrumentId('OTHER_USDT')
const instruments = [perpetual, { ...perpetual, id: otherId }]
const other = (rows: readonly PrintRow[]) => ({ ...tradesOf(rows), instrumentId: otherId })

describe('several instruments', () => {
  test('are played in time order, whichever was loaded first', () => {
    const venue = venueOf({ instruments })
    venue.load(
      other([
        [0, 50, 500],
        [210, 51, 50],
        [410, 52, 50],
      ]),
    )
    venue.load(
      tradesOf([
        [0, 100, 500],
        [200, 101, 50],
        [400, 102, 50],
      ]),
    )
    venue.submit(orderOf('o1', { instrumentId: otherId, decisionPrice: 50 }), start)
    venue.submit(orderOf('o2'), start)
    expect(venue.nextTime(start + 1_000)).toBe(start + 100)
    const fills = fillsOf(takeUntil(venue, 1_000))
    expect(fills.map(({ orderId, time }) => [orderId, time - start])).toEqual([
      ['o2', 200],
      ['o1', 210],
      ['o2', 400],
      ['o1', 410],
    ])
  })

  test('share one wallet', () => {
    const venue = venueOf({ instruments, balance: toMoney(1_500) })
    venue.load(
      other([
        [0, 100, 500],
        [200, 100, 500],
      ]),
    )
    venue.load(tradesOf([[0, 100, 500]]))
    venue.submit(orderOf('o1', { instrumentId: otherId }), start)
    takeUntil(venue, 300)
    venue.submit(orderOf('o2'), start + 300)
    expect(answers(takeUntil(venue, 1_000))).toEqual(['orderRejected:insufficientMargin@400'])
  })
})

test('history further back than an hour is dropped as the market goes on, whether or not anything was traded', () => {
  const venue = venueOf({ fundingFeeds: [pumpId] })
  const minute = 60_000
  for (let block = 0; block < 300; block++) {
    venue.load(tradesOf(Array.from({ length: 100 }, (_, row): PrintRow => [block * minute + row * 600, 100, 10])))
    expect(venue.nextTime(start + block * minute + 59_999)).toBe(Infinity)
  }
  const kept = JSON.stringify(venue.snapshot(), (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  ).match(/"first":\d+/g)
  // One block a minute: the last hour, the block it begins in, and the newest two that may still be ahead.
  expect(kept?.length).toBeLessThanOrEqual(63)
})
